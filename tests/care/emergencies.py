"""Asking for emergency access, and moving its time."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from phr.care.models import CareGrant, PatientProfile
from tests.problem_answers import problem_of
from tests.rows import nothing_written

URL = "/api/care/emergency/"
BORN = date(1987, 4, 12)
REASON: dict[str, Any] = {
    "reason_code": "UNCONSCIOUS",
    "reason": "Found unconscious in the street.",
}


def by_id(client: APIClient, patient: Any, **values: Any) -> Any:
    return client.post(URL, REASON | {"patient_id": str(patient.pk)} | values)


def by_name(client: APIClient, username: str, born: object = BORN) -> Any:
    body = REASON | {"username": username, "date_of_birth": str(born)}
    return client.post(URL, body)


def let_time_pass(patient: PatientProfile, minutes: float) -> None:
    """Move what the patient's emergency grants say of time into the past."""
    past = timedelta(minutes=minutes)
    CareGrant.objects.filter(patient=patient, origin="EMERGENCY").update(
        starts_at=F("starts_at") - past,
        expires_at=F("expires_at") - past,
        updated_at=timezone.now(),
    )


def refused(client: APIClient, patient: Any, status: int, code: str) -> str | None:
    """Ask in vain; gives the present state that a conflict names."""
    with nothing_written():
        response = by_id(client, patient)
    assert patient.user.last_name not in response.content.decode()
    present: str | None = problem_of(response, status, code).get("present")
    return present
