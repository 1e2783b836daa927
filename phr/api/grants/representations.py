"""Grants, previews and explanations in the API's answers."""

from datetime import date, datetime
from typing import Annotated, NotRequired, TypedDict
from uuid import UUID

from django.utils import timezone

from phr.accounts.models import User, UserType
from phr.api.accounts.representations import (
    DoctorJson,
    NameJson,
    represent_doctor,
    represent_name,
)
from phr.api.answer_types import Count, Keywords, Link
from phr.care.choices import OPEN, GrantOrigin, GrantStatus, RecordType
from phr.care.closed_grants import CLOSED, names_patient_to
from phr.care.end_reasons import end_reason_in_words
from phr.care.models import CareGrant
from phr.health_records.access_explanation import SENTENCES, Explanation
from phr.health_records.grant_preview import Preview
from phr.health_records.models import HealthRecord


class GrantPatientJson(TypedDict):
    """The patient; a doctor reads the name only while the grant is open."""

    id: UUID
    user: NameJson | None


class GrantJson(TypedDict):
    """Why, how far and how long a doctor may read; no record types means all."""

    id: UUID
    patient: GrantPatientJson
    doctor: DoctorJson
    status: Annotated[str, GrantStatus]
    origin: Annotated[str, GrantOrigin]
    is_primary: bool
    record_types: list[Annotated[str, RecordType]]
    records_since: date | None
    starts_at: datetime
    expires_at: datetime | None
    requested_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None
    # Left out for staff: patient and doctor speak to each other in them.
    reason: NotRequired[str]
    decision_reason: NotRequired[str]
    end_reason: NotRequired[str]


class HiddenJson(TypedDict):
    """Why records are not shown: the grant opens nothing, or not these."""

    closed: Annotated[str, Keywords(enum=[str(why) for why in CLOSED])] | None
    other_types: Count
    earlier_visits: Count


class RecordSummaryJson(TypedDict):
    id: UUID
    record_type: Annotated[str, RecordType]
    title: str
    visit_date: datetime


class FiguresJson(TypedDict):
    visible: Count
    total: Count
    hidden: HiddenJson
    because: str


class PreviewJson(FiguresJson):
    """A page of exactly the records that the doctor can see, and the figures."""

    next: Link | None
    previous: Link | None
    results: list[RecordSummaryJson]


class ExplanationJson(TypedDict):
    """Whether a doctor can see a record, and why, in a sentence and in data."""

    doctor: UUID
    record: UUID
    can_see: bool
    code: Annotated[str, Keywords(enum=list(SENTENCES))]
    sentence: str
    grant: GrantJson | None


def represent_grant(grant: CareGrant, reader: User) -> GrantJson:
    """A grant as one of its sides, or staff, see it.

    Staff do not read the reasons, in which patient and doctor speak to each other.
    """
    now = timezone.now()
    state = grant.state(now)
    named = names_patient_to(reader, grant, now)
    shown: GrantJson = {
        "id": grant.id,
        "patient": {
            "id": grant.patient_id,
            "user": represent_name(grant.patient.user) if named else None,
        },
        "doctor": represent_doctor(grant.doctor),
        "status": state,
        "origin": grant.origin,
        "is_primary": grant.is_primary and state in OPEN,
        "record_types": grant.record_types,
        "records_since": grant.records_since,
        "starts_at": grant.starts_at,
        "expires_at": grant.expires_at,
        "requested_at": grant.requested_at,
        "decided_at": grant.decided_at,
        "ended_at": grant.ended_at,
    }
    if reader.user_type == UserType.ADMIN:
        return shown
    return {
        **shown,
        "reason": grant.reason,
        "decision_reason": grant.decision_reason,
        "end_reason": end_reason_in_words(grant),
    }


def represent_preview(found: Preview) -> FiguresJson:
    return {
        "visible": found.visible,
        "total": found.total,
        "hidden": {
            "closed": found.closed or None,
            "other_types": found.other_types,
            "earlier_visits": found.earlier_visits,
        },
        "because": found.because,
    }


def represent_record_summary(record: HealthRecord) -> RecordSummaryJson:
    return {
        "id": record.id,
        "record_type": record.record_type,
        "title": record.title,
        "visit_date": record.visit,
    }


def represent_explanation(found: Explanation, reader: User) -> ExplanationJson:
    return {
        "doctor": found.doctor.id,
        "record": found.record_id,
        "can_see": found.can_see,
        "code": found.code,
        "sentence": found.sentence,
        "grant": represent_grant(found.grant, reader) if found.grant else None,
    }
