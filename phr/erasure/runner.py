"""Carrying out what is due: each step is one transaction that may be killed.

Where an erasure stands is in its row, and what is left to do in everybody else's rows.
A step that ran twice, or in two workers, finds less to do and changes nothing else.
"""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from phr.accounts.addresses import confirmed_addresses_of
from phr.accounts.mail_outbox import queue_mail
from phr.accounts.models import Mail, User, UserType
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.redaction import redact_lines
from phr.audit.services import Access
from phr.care.account_ledger import patient_id_of
from phr.core.row_locks import lock_rows
from phr.erasure import deactivation, deletion
from phr.erasure.common import end_sessions
from phr.erasure.models import Erasure
from phr.erasure.services import mark_cancelled

log = structlog.get_logger(__name__)

ERASED = "erasure.account_erased"  # a kind of mail
MOST_STRAGGLERS = 500
# How long after the end somebody looks for what came too late, or could not leave.
STRAGGLERS_COME_WITHIN = timedelta(days=1)
MAIL_MAY_TAKE = timedelta(days=7)


def run_erasure(*, erasure_id: UUID, at: datetime, at_most: int) -> int:
    """Take steps until one account is gone.

    A step that fails is undone and logged; the next run begins with the first stage
    again, for whatever has come in between.

    :returns: how many steps were taken; fewer than `at_most` were all, for now.
    """
    steps = 0
    try:
        while steps < at_most and take_step(erasure_id=erasure_id, at=at):
            steps += 1
    except Exception:
        Erasure.objects.filter(pk=erasure_id).update(stage=0)
        log.exception("account_not_erased", erasure_id=str(erasure_id))
    return steps


@transaction.atomic
def take_step(*, erasure_id: UUID, at: datetime) -> bool:
    """Take one step, unless another worker has the erasure in hand.

    :returns: whether there was one to take.
    """
    due = Erasure.objects.due(at).select_for_update(skip_locked=True)
    erasure = due.filter(pk=erasure_id).first()
    if erasure is None:
        return False
    user = User.objects.get(pk=erasure.user_id)
    if erasure.begun_at is None:
        begin(erasure, user, at)
    else:
        run_stage(erasure, user, at)
    erasure.save()
    return True


def begin(erasure: Erasure, user: User, at: datetime) -> None:
    """The point of no return: nobody signs in any more, and nobody is signed in."""
    if is_last_superuser(user):
        mark_cancelled(erasure, at)  # the others have left since this one asked
        note_by_server(Action.ERASURE_CANCELLED, user)
        return
    User.objects.filter(pk=user.pk).update(is_active=False, updated_at=at)
    erasure.count(end_sessions(user, at))
    erasure.begun_at = at
    note_by_server(Action.ERASURE_BEGUN, user)


def is_last_superuser(user: User) -> bool:
    superusers = User.objects.filter(is_superuser=True, is_active=True)
    locked = lock_rows(superusers).order_by("pk")
    return list(locked.values_list("pk", flat=True)) == [user.pk]


def run_stage(erasure: Erasure, user: User, at: datetime) -> None:
    is_patient = user.user_type == UserType.PATIENT
    stages = deletion.STAGES if is_patient else deactivation.STAGES
    if erasure.stage == len(stages):
        finish(erasure, user, at)
        return
    gone = stages[erasure.stage](user, at)
    erasure.count(gone)
    if not gone.total():
        erasure.stage += 1


def finish(erasure: Erasure, user: User, at: datetime) -> None:
    """Remove the account, or close it; what is left to say goes by mail."""
    known = [address for _, address in confirmed_addresses_of([user])]
    if user.user_type == UserType.PATIENT:
        note_by_server(Action.ACCOUNT_ERASED, user)
        erasure.count(deletion.remove_account(user))
    else:
        note_by_server(Action.ACCOUNT_CLOSED, user)
        erasure.count(deactivation.close_account(user))
    erasure.erased_at = at
    for address in known:
        queue_mail(user=None, address=address, kind=ERASED, about_id=erasure.pk)
    # A backup that is restored would bring the account back: the log is kept elsewhere.
    known_by = {"erasure_id": str(erasure.pk), "user_id": str(erasure.user_id)}
    transaction.on_commit(lambda: log.info("account_erased", **known_by), robust=True)


def note_by_server(action: Action, user: User) -> None:
    """Add the line of what the server does by itself."""
    patient_id = patient_id_of(user)
    done = Access(patient_id, "account", [user.pk], basis=Basis.NONE)
    audit.note(None, action, done)


def clean_up_after(*, at: datetime) -> None:
    """Forget what came too late: lines of requests that were under way, an address.

    The mail that says that all is gone has to keep the address until it has left.
    """
    since = at - STRAGGLERS_COME_WITHIN
    for erasure in Erasure.objects.gone().filter(erased_at__gte=since):
        redact_stragglers(erasure, at)
    mails = Mail.objects.filter(user=None, kind=ERASED)  # by the index of users
    late = mails.filter(created_at__lt=at - MAIL_MAY_TAKE)
    (mails.settled() | late).delete()


@transaction.atomic
def redact_stragglers(erasure: Erasure, at: datetime) -> None:
    redacted = redact_lines(actor_id=erasure.user_id, at=at, at_most=MOST_STRAGGLERS)
    if redacted:
        locked = Erasure.objects.select_for_update().get(pk=erasure.pk)
        locked.count(Counter(ledger_lines_redacted=redacted))
        locked.save(update_fields=["counts", "updated_at"])
