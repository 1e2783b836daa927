"""Asking for one's account to be closed for good, and taking that back."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.events import AccountEvent
from phr.accounts.models import User
from phr.audit.actions import Action
from phr.care.account_ledger import note_account_change
from phr.core import events
from phr.core.errors import Conflict, NotFound
from phr.core.rate_limits import Limit
from phr.core.row_locks import lock_rows
from phr.erasure.events import ErasureAsked, ErasureCancelled
from phr.erasure.models import Erasure, ErasureState

TIME_TO_RECONSIDER = timedelta(days=7)
ERASURES = Limit("erasure:ask", times=5, window=timedelta(days=1))


class ErasureOpen(Conflict):
    code, title = "erasure_open", _("The erasure of this account was already requested")
    advice = _("You can cancel the erasure until it is due.")


class ErasureBegun(Conflict):
    code, title = "erasure_begun", _("The erasure has begun")
    advice = _("You can no longer cancel it.")


class LastSuperuser(Conflict):
    code, title = "last_superuser", _("You are the last active superuser")
    advice = _("Make somebody else a superuser first.")


@transaction.atomic
def request_erasure(*, actor: User, at: datetime) -> Erasure:
    """Have the actor's account closed for good, in some days.

    :raises ErasureOpen: they have asked already.
    :raises LastSuperuser: no other superuser stays.
    :raises TooMany: they change their mind all day.
    """
    if actor.is_superuser and not another_superuser_stays(actor):
        raise LastSuperuser
    erasure = Erasure(user_id=actor.pk, requested_at=at, due_at=at + TIME_TO_RECONSIDER)
    try:
        with transaction.atomic():  # a savepoint: let the constraint decide
            erasure.save(force_insert=True)
    except IntegrityError as error:
        raise ErasureOpen(present=ErasureState.WAITING) from error
    ERASURES.take(str(actor.pk))
    note_and_emit(actor, Action.ERASURE_REQUESTED, ErasureAsked)
    return erasure


def another_superuser_stays(actor: User) -> bool:
    """Whether there is another superuser who has not asked to leave.

    All of them are locked, so that of the last two only one can ask.
    """
    active = User.objects.filter(is_superuser=True, is_active=True)
    locked = lock_rows(active).order_by("pk")
    others = set(locked.values_list("pk", flat=True)) - {actor.pk}
    leaving = Erasure.objects.open().filter(user_id__in=others)
    return bool(others - set(leaving.values_list("user_id", flat=True)))


def find_erasure(*, actor: User) -> Erasure:
    """What the actor has asked for and has not taken back.

    :raises NotFound: nothing.
    """
    erasure = Erasure.objects.visible_to(actor).open().first()
    if erasure is None:
        raise NotFound(_("No erasure of this account was requested."))
    return erasure


@transaction.atomic
def cancel_erasure(*, actor: User, at: datetime) -> Erasure:
    """Keep the account after all.

    :raises NotFound: the actor has not asked for it to be erased.
    :raises ErasureBegun: it is too late.
    """
    mine = Erasure.objects.visible_to(actor).open()
    erasure = mine.select_for_update().first()
    if erasure is None:
        raise NotFound(_("No erasure of this account was requested."))
    if erasure.begun_at is not None:
        raise ErasureBegun(present=erasure.state)
    mark_cancelled(erasure, at)
    note_and_emit(actor, Action.ERASURE_CANCELLED, ErasureCancelled)
    return erasure


def mark_cancelled(erasure: Erasure, at: datetime) -> None:
    erasure.cancelled_at = at
    erasure.save(update_fields=["cancelled_at", "updated_at"])


def note_and_emit(actor: User, action: Action, event_type: type[AccountEvent]) -> None:
    """Add the line in the ledger, and the event."""
    note_account_change(actor, action)
    events.emit(event_type(user_id=actor.pk))


def find_receipt(*, erasure_id: UUID) -> Erasure:
    """The receipt for an account that is gone; to know its id is all it takes.

    :raises NotFound: it does not exist, or nothing has been erased yet.
    """
    receipt = Erasure.objects.erased().filter(pk=erasure_id).first()
    if receipt is None:
        raise NotFound(_("This receipt does not exist."))
    return receipt
