"""Assigning doctors, in both settings of CARE_CONSENT."""

from collections.abc import Callable
from typing import Any

import pytest

from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from tests.conftest import Api
from tests.rows import nothing_written

URL = "/api/auth/assign-doctor/"

Assign = Callable[..., Any]


@pytest.fixture
def assign(api: Api) -> Assign:
    """Ask as somebody for a patient, and for a doctor or for oneself."""

    def post(
        who: str, patient: PatientProfile, doctor: DoctorProfile | None = None
    ) -> Any:
        return api(who).post(URL, body_for(patient, doctor), format="json")

    return post


@pytest.fixture
def refused(api: Api) -> Assign:
    """Ask the same, and see that nothing is written."""

    def post(
        who: str, patient: PatientProfile, doctor: DoctorProfile | None = None
    ) -> Any:
        client = api(who)
        with nothing_written():
            return client.post(URL, body_for(patient, doctor), format="json")

    return post


def body_for(patient: PatientProfile, doctor: DoctorProfile | None) -> dict[str, str]:
    ids = {"patient_id": str(patient.pk)}
    return ids | ({"doctor_id": str(doctor.pk)} if doctor else {})


@pytest.fixture
def consent_required(settings: Any) -> None:
    settings.CARE_CONSENT_REQUIRED = True


def grant_between(patient: PatientProfile, doctor: DoctorProfile) -> CareGrant:
    """The newest grant of the two."""
    grants = CareGrant.objects.filter(patient=patient, doctor=doctor)
    return grants.latest("created_at")
