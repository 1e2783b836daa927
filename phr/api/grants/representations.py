"""Grants, previews and explanations in the API's answers."""

from django.utils import timezone

from phr.accounts.models import User, UserType
from phr.api.accounts.representations import represent_doctor, represent_name
from phr.api.json import JsonObject
from phr.care.choices import OPEN
from phr.care.closed_grants import names_patient_to
from phr.care.models import CareGrant
from phr.health_records.access_explanation import Explanation
from phr.health_records.grant_preview import Preview
from phr.health_records.models import HealthRecord


def represent_grant(grant: CareGrant, reader: User) -> JsonObject:
    """A grant as one of its sides, or staff, see it.

    Staff do not read the reasons, in which patient and doctor speak to each other.
    """
    now = timezone.now()
    state = grant.state(now)
    named = names_patient_to(reader, grant, now)
    shown = {
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
    return shown | {
        "reason": grant.reason,
        "decision_reason": grant.decision_reason,
        "end_reason": grant.end_reason,
    }


def represent_preview(found: Preview) -> JsonObject:
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


def represent_record_summary(record: HealthRecord) -> JsonObject:
    return {
        "id": record.id,
        "record_type": record.record_type,
        "title": record.title,
        "visit_date": record.visit,
    }


def represent_explanation(found: Explanation, reader: User) -> JsonObject:
    return {
        "doctor": found.doctor.id,
        "record": found.record_id,
        "can_see": found.can_see,
        "code": found.code,
        "sentence": found.sentence,
        "grant": represent_grant(found.grant, reader) if found.grant else None,
    }
