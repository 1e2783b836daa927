"""Confirming an e-mail address, by a link in a mail."""

from datetime import datetime
from math import ceil

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.accounts import mailbox_limits
from phr.accounts.addresses import (
    CONFIRMATIONS_PER_ACCOUNT,
    claim_address,
    has_confirmed_address,
)
from phr.accounts.events import EmailConfirmed, PasswordResetAsked
from phr.accounts.links import InvalidLink, read_confirmation_key
from phr.accounts.models import User
from phr.accounts.presence import Presence
from phr.accounts.reauthentication import insist_on_proof
from phr.audit.actions import Action
from phr.care.account_ledger import note_account_change
from phr.core import events
from phr.core.errors import Conflict, TooMany
from phr.core.metrics import THROTTLED
from phr.core.row_locks import lock_rows


class AddressTaken(Conflict):
    code, title = (
        "address_taken",
        _("Another account has already confirmed this address"),
    )
    advice = _(
        "Use another address, or sign in to the account that has confirmed this one."
    )


class AddressConfirmed(Conflict):
    code, title = "address_confirmed", _("This address is already confirmed")
    advice = _("You do not need to do anything.")


@transaction.atomic
def resend_confirmation(session: Presence, *, at: datetime) -> None:
    """Send the mail with the link again.

    Of an address that staff have entered it is the first: its owner takes it on, and
    must have shown lately who they are.

    :raises StepUpRequired: they have not.
    :raises AddressConfirmed: there is nothing to confirm.
    :raises TooMany: it was sent often enough, or the mailbox has had its links.
    """
    actor = session.user
    if actor.address_set_by_staff_at:
        insist_on_proof(session, at=at)
    if has_confirmed_address(actor):
        raise AddressConfirmed
    refuse_full_mailbox(actor.email)
    CONFIRMATIONS_PER_ACCOUNT.take(str(actor.pk))
    claim_address(actor)


def refuse_full_mailbox(address: str) -> None:
    """:raises TooMany: the mailbox is at its limit, so the link would be dropped."""
    now, mailbox = timezone.now(), mailbox_limits.mailbox_of(address)
    later = mailbox_limits.has_room_at(mailbox, mailbox_limits.VERIFY_EMAIL, now=now)
    if later is not None:
        THROTTLED.labels("confirm-email:mailbox").inc()
        raise TooMany(
            _("Too many links were sent to this address. Please try again later."),
            retry_after=max(1, ceil((later - now).total_seconds())),
        )


def confirm_email(*, key: str) -> User:
    """Confirm an address: whoever has the link reads its mail. It works once.

    :raises InvalidLink: forged, too old, used, or the account has another address now.
    :raises AddressTaken: another account was first.
    """
    claimed = read_confirmation_key(key)
    try:
        with transaction.atomic():
            return confirm_claimed(claimed.pk)
    except IntegrityError as error:
        if "unique_verified_email" not in str(error):
            raise
        raise AddressTaken from None


def confirm_claimed(pk: int) -> User:
    claims = lock_rows(EmailAddress.objects.all())
    claimed = claims.select_related("user").filter(pk=pk, verified=False).first()
    if claimed is None or not claimed.primary or not claimed.user.is_active:
        raise InvalidLink(field="key")
    claimed.verified = True
    claimed.save(update_fields=["verified"])
    EmailAddress.objects.filter(user=claimed.user).exclude(pk=pk).delete()
    events.emit(EmailConfirmed(user_id=claimed.user_id))
    if not claimed.user.has_usable_password():  # staff have made the account
        events.emit(PasswordResetAsked(user_id=claimed.user_id))
    user: User = claimed.user
    note_account_change(user, Action.EMAIL_CONFIRMED)
    return user
