"""Erasing a patient: stage by stage, a bounded number of rows in each transaction."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from phr.accounts.models import LoginSession, Mail, User
from phr.audit.redaction import redact_lines
from phr.care.models import CareGrant, EmergencyAccess
from phr.core.idempotency import forget_person
from phr.erasure.common import count_removed, forget_in_journal, remove_ways_in
from phr.health_records.record_deletion import purge_of_patient
from phr.notifications.models import Notification

RECORDS_AT_ONCE = 200
ROWS_AT_ONCE = 500
# What goes with the account itself, and what the receipt calls it.
WITH_THE_ACCOUNT = {"accounts.LoginSession": "sessions", "archive.Export": "exports"}


def remove_grants(user: User, at: datetime) -> Counter[str]:
    """Before all else, so that no doctor reads or writes what is about to go."""
    own = CareGrant.objects.filter(patient=user.patient_profile)
    own = own.order_by("-requested_at", "-pk")  # as an index has them
    ids = list(own.values_list("pk", flat=True)[:ROWS_AT_ONCE])
    emergencies = EmergencyAccess.objects.filter(grant__in=ids)
    forget_in_journal([*ids, *emergencies.values_list("pk", flat=True)])
    gone = Counter(emergency_accesses=count_removed(emergencies))
    gone["grants"] = count_removed(CareGrant.objects.filter(pk__in=ids))
    return gone


def remove_records(user: User, at: datetime) -> Counter[str]:
    patient = user.patient_profile
    return purge_of_patient(patient_id=patient.pk, at_most=RECORDS_AT_ONCE)


def remove_notifications(user: User, at: datetime) -> Counter[str]:
    """What the patient was told, and what others were told about the patient."""
    about = Notification.objects.filter(about_patient=user.patient_profile)
    return Counter(
        notifications=remove_some(Notification.objects.filter(recipient=user)),
        notifications_of_others=remove_some(about.exclude(recipient=user)),
    )


def remove_some(rows: "QuerySet[Any]") -> int:
    """Remove some rows in the order of an index; what somebody has in hand, later.

    An order of our own could have PostgreSQL walk through the rows of everybody.
    """
    chosen = rows.order_by().select_for_update(skip_locked=True, of=("self",))
    ids = list(chosen.values_list("pk", flat=True)[:ROWS_AT_ONCE])
    return count_removed(rows.model.objects.filter(pk__in=ids))


def remove_sign_ins(user: User, at: datetime) -> Counter[str]:
    """Sign-ins and mails: an account of many years has thousands."""
    return Counter(
        sessions=remove_some(LoginSession.objects.of(user)),
        mails=remove_some(Mail.objects.filter(user=user)),
    )


def redact_ledger(user: User, at: datetime) -> Counter[str]:
    redacted = redact_lines(actor_id=user.pk, at=at, at_most=ROWS_AT_ONCE)
    return Counter(ledger_lines_redacted=redacted)


STAGES = (
    remove_grants,
    remove_records,
    remove_notifications,
    remove_sign_ins,
    redact_ledger,
)


def remove_account(user: User) -> Counter[str]:
    """Remove profile and account, when nothing else is left that needs them.

    :raises ProtectedError, IntegrityError: something has come in between.
    """
    gone = remove_ways_in(user)
    ids = user.pk, user.patient_profile.pk
    forget_in_journal(ids)
    forget_person(*ids)
    user.patient_profile.delete()
    _, by_table = user.delete()
    for table, kind in WITH_THE_ACCOUNT.items():
        gone[kind] += by_table.get(table, 0)
    return gone
