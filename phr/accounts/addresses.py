"""E-mail addresses: claimed by whoever enters them, confirmed by a link in a mail."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import ceil

from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from phr.accounts import mail, mailboxes
from phr.accounts.models import User
from phr.core import events
from phr.core.counters import Limit
from phr.core.errors import Conflict, NotAllowed, TooMany
from phr.core.mail_addresses import comparable
from phr.core.signed import UNREADABLE

EMAIL_CHANGED = "accounts.email_changed"
CHANGED_BY_STAFF = "accounts.email_changed_by_staff"
CONFIRMATIONS_PER_ACCOUNT = Limit("confirm-email", 5, timedelta(hours=1))


class InvalidLink(NotAllowed):
    code, title = "invalid_link", "This link is not valid, or not any more"
    advice = "Ask for another link: one is good for an hour, and once."


class AddressTaken(Conflict):
    code, title = "address_taken", "Another account has confirmed this address"
    advice = "Use another address, or the account that has confirmed this one."


class AddressConfirmed(Conflict):
    code, title = "address_confirmed", "This address is confirmed already"
    advice = "Nothing is left to do."


def is_confirmed(user: User) -> bool:
    """Whether the account's present address is known to be its owner's."""
    mine = EmailAddress.objects.filter(user=user, email=comparable(user.email))
    return bool(mine.filter(verified=True).exists())


def with_confirmed_address(users: Iterable[User]) -> list[User]:
    """Those whose account's present address is known to be theirs, by one query."""
    candidates = list(users)
    confirmed = set(
        EmailAddress.objects.filter(user__in=candidates, verified=True).values_list(
            "user_id", "email"
        )
    )
    return [
        user for user in candidates if (user.pk, comparable(user.email)) in confirmed
    ]


def confirmed_of(users: Iterable[User]) -> list[tuple[User, str]]:
    """Each address that these accounts have confirmed, by one query."""
    people = {user.pk: user for user in users}
    confirmed = EmailAddress.objects.filter(user__in=people, verified=True)
    found = confirmed.order_by("pk").values_list("user_id", "email")
    return [(people[user_id], email) for user_id, email in found]


def claim(user: User) -> EmailAddress:
    """Note the account's address as the one that counts, and ask to confirm it.

    An address that was confirmed before stays so until the new one is: whoever mistypes
    the new one can still be reached.

    :raises RuntimeError: there is no transaction.
    """
    address, others = comparable(user.email), EmailAddress.objects.filter(user=user)
    others.exclude(email=address).filter(verified=False).delete()
    others.exclude(email=address).update(primary=False)
    claimed, _ = others.update_or_create(
        email=address, defaults={"user": user, "primary": True}
    )
    if not claimed.verified:
        events.emit("accounts.address_to_confirm", user_id=user.pk)
    return claimed


def change(user: User, *, old: str) -> None:
    """Follow a change of the address: tell a confirmed old one, confirm the new one.

    :param user: saved with the new address.
    :raises RuntimeError: there is no transaction.
    :raises TooMany: so many mails to addresses of one's choice are no change of mind.
    """
    if comparable(user.email) == comparable(old):
        return
    CONFIRMATIONS_PER_ACCOUNT.take(str(user.pk))
    note_whose(user, None)  # the owner's own again
    changed = events.emit(EMAIL_CHANGED, user_id=user.pk)
    known = EmailAddress.objects.filter(user=user, email=comparable(old), verified=True)
    if known.exists():  # now: it may be gone when the others are told
        mail.post(user=user, address=comparable(old), kind=EMAIL_CHANGED, event=changed)
    claim(user)


def change_by_staff(user: User, *, old: str, at: datetime) -> None:
    """Follow a change of the address by staff, whom it gives no hold on the account.

    Nobody can confirm it, for nothing is sent there, until the owner, signed in, has
    taken it on with `ask_again`. An address that was confirmed before stays the one
    that links for a new password go to, and is told of it.

    :param user: saved with the new address.
    :raises RuntimeError: there is no transaction.
    """
    if comparable(user.email) == comparable(old):
        return
    mine = EmailAddress.objects.filter(user=user)
    mine.filter(verified=False).delete()
    mine.update(primary=False)
    back = mine.filter(email=comparable(user.email)).update(primary=True)
    note_whose(user, None if back else at)
    events.emit(CHANGED_BY_STAFF, user_id=user.pk)


def note_whose(user: User, set_by_staff_at: datetime | None) -> None:
    """Note whether staff have entered the present address, and when."""
    if user.address_set_by_staff_at != set_by_staff_at:
        user.address_set_by_staff_at = set_by_staff_at
        user.save(update_fields=["address_set_by_staff_at"])


def that_reset() -> QuerySet[EmailAddress]:
    """Confirmed addresses to which links for a new password may go.

    One that staff have entered is none for a while, whoever has confirmed it.
    """
    since = Now() - timedelta(days=settings.ADDRESS_COOLING_DAYS)
    confirmed: QuerySet[EmailAddress] = EmailAddress.objects.filter(
        verified=True, user__is_active=True
    )
    return confirmed.exclude(primary=True, user__address_set_by_staff_at__gt=since)


@transaction.atomic
def ask_again(*, actor: User) -> None:
    """Have the mail with the link sent once more.

    Of an address that staff have entered it is the first: its owner takes it on, and
    has shown for it who they are.

    :raises AddressConfirmed: there is nothing to confirm.
    :raises TooMany: it was sent often enough, or the mailbox has had its links.
    """
    if is_confirmed(actor):
        raise AddressConfirmed
    refuse_full_mailbox(actor.email)
    CONFIRMATIONS_PER_ACCOUNT.take(str(actor.pk))
    claim(actor)


def refuse_full_mailbox(address: str) -> None:
    """:raises TooMany: a link to confirm it would be dropped, whoever had others."""
    now, mailbox = timezone.now(), mailboxes.mailbox_of(address)
    later = mailboxes.has_room_at(mailbox, mailboxes.VERIFY_EMAIL, now=now)
    if later is not None:
        raise TooMany(
            "This mailbox has been sent as many links as it gets for now.",
            retry_after=max(1, ceil((later - now).total_seconds())),
        )


def confirmation_key(user: User, address: str) -> str:
    """The key of the link to confirm an address with, signed and good for an hour.

    :param address: one that the user has claimed.
    :raises EmailAddress.DoesNotExist: they have not, or not any more.
    """
    claimed = EmailAddress.objects.get(user=user, email=comparable(address))
    return str(EmailConfirmationHMAC(claimed).key)


def confirm(*, key: str) -> User:
    """Note that whoever has the link reads the mail of its address; it works once.

    :raises InvalidLink: forged, too old, used, or the account has another address now.
    :raises AddressTaken: another account was first.
    """
    try:
        named = EmailConfirmationHMAC.from_key(key)
    except UNREADABLE as error:
        raise InvalidLink(field="key") from error
    if named is None:
        raise InvalidLink(field="key")
    try:
        with transaction.atomic():
            return confirm_claimed(named.email_address.pk)
    except IntegrityError as error:
        if "unique_verified_email" not in str(error):
            raise
        raise AddressTaken from None


def confirm_claimed(pk: int) -> User:
    claims = EmailAddress.objects.select_for_update(no_key=True, of=("self",))
    claimed = claims.select_related("user").filter(pk=pk, verified=False).first()
    if claimed is None or not claimed.primary or not claimed.user.is_active:
        raise InvalidLink(field="key")
    claimed.verified = True
    claimed.save(update_fields=["verified"])
    EmailAddress.objects.filter(user=claimed.user).exclude(pk=pk).delete()
    events.emit("accounts.email_confirmed", user_id=claimed.user_id)
    if not claimed.user.has_usable_password():  # staff have made the account
        events.emit("accounts.password_reset_asked", user_id=claimed.user_id)
    user: User = claimed.user
    return user
