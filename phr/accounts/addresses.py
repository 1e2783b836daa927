"""E-mail addresses: anybody can enter one, a link in a mail confirms it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from phr.accounts import mail_outbox
from phr.accounts.events import AddressToConfirm, EmailChanged, EmailChangedByStaff
from phr.accounts.models import User
from phr.core import events
from phr.core.mail_addresses import comparable
from phr.core.rate_limits import Limit

CONFIRMATIONS_PER_ACCOUNT = Limit("confirm-email", 5, timedelta(hours=1))


def has_confirmed_address(user: User) -> bool:
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


def confirmed_addresses_of(users: Iterable[User]) -> list[tuple[User, str]]:
    """Each address that these accounts have confirmed, by one query."""
    people = {user.pk: user for user in users}
    confirmed = EmailAddress.objects.filter(user__in=people, verified=True)
    found = confirmed.order_by("pk").values_list("user_id", "email")
    return [(people[user_id], email) for user_id, email in found]


def claim_address(user: User) -> EmailAddress:
    """Note the account's address as the one that counts, and ask to confirm it.

    An address that was confirmed before stays so until the new one is confirmed, so
    somebody who mistypes the new one can still be reached.

    :raises RuntimeError: there is no transaction.
    """
    address, others = comparable(user.email), EmailAddress.objects.filter(user=user)
    others.exclude(email=address).filter(verified=False).delete()
    others.exclude(email=address).update(primary=False)
    claimed, _ = others.update_or_create(
        email=address, defaults={"user": user, "primary": True}
    )
    if not claimed.verified:
        events.emit(AddressToConfirm(user_id=user.pk))
    return claimed


def change_address(user: User, *, old: str) -> None:
    """Follow a change of the address: tell a confirmed old one, confirm the new one.

    :param user: saved with the new address.
    :raises RuntimeError: there is no transaction.
    :raises TooMany: so many mails to addresses of one's choice are no change of mind.
    """
    if comparable(user.email) == comparable(old):
        return
    CONFIRMATIONS_PER_ACCOUNT.take(str(user.pk))
    note_set_by_staff(user, None)  # the owner's own again
    changed = events.emit(EmailChanged(user_id=user.pk))
    known = EmailAddress.objects.filter(user=user, email=comparable(old), verified=True)
    if known.exists():  # now: it may be gone when the others are told
        mail_outbox.queue_mail(
            user=user, address=comparable(old), kind=changed.kind, event=changed
        )
    claim_address(user)


def change_address_by_staff(user: User, *, old: str, at: datetime) -> None:
    """Record a change of the address by staff, which gives them no control of the
    account.

    Nobody can confirm it, for nothing is sent there, until the owner, signed in, has
    taken it on with `resend_confirmation`. An address that was confirmed before stays
    the one that links for a new password go to, and is told of it.

    :param user: saved with the new address.
    :raises RuntimeError: there is no transaction.
    """
    if comparable(user.email) == comparable(old):
        return
    mine = EmailAddress.objects.filter(user=user)
    mine.filter(verified=False).delete()
    mine.update(primary=False)
    back = mine.filter(email=comparable(user.email)).update(primary=True)
    note_set_by_staff(user, None if back else at)
    events.emit(EmailChangedByStaff(user_id=user.pk))


def note_set_by_staff(user: User, set_by_staff_at: datetime | None) -> None:
    """Note whether staff have entered the present address, and when."""
    if user.address_set_by_staff_at != set_by_staff_at:
        user.address_set_by_staff_at = set_by_staff_at
        user.save(update_fields=["address_set_by_staff_at"])


def addresses_for_reset() -> QuerySet[EmailAddress]:
    """Confirmed addresses to which links for a new password may go.

    An address that staff entered cannot be used for this for some days, even if
    confirmed.
    """
    since = Now() - timedelta(days=settings.ADDRESS_COOLING_DAYS)
    confirmed: QuerySet[EmailAddress] = EmailAddress.objects.filter(
        verified=True, user__is_active=True
    )
    return confirmed.exclude(primary=True, user__address_set_by_staff_at__gt=since)
