"""Assigning doctors, in both settings of CARE_CONSENT."""

from collections.abc import Callable
from typing import Any

import pytest

from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from tests.conftest import Api
from tests.rows import nothing_written

URL = "/api/auth/assign-doctor/"
GRANTS = "/api/care/grants/"

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


@pytest.fixture
def asked(alice, dr_hal):
    """Dr. Hal's request, which Alice has not answered."""
    return grant_between(alice, dr_hal)


@pytest.fixture
def do(api, alice):
    """Send a verb, or "change", for a grant, as Alice unless another is named."""
    clients = {"alice": api("alice")}

    def send(verb, grant, who="alice", **body):
        client = clients.get(who) or api(who)
        url = f"{GRANTS}{getattr(grant, 'pk', grant)}/"
        if verb == "change":
            return client.patch(url, body)
        return client.post(f"{url}{verb}/", body)

    return send


@pytest.fixture
def ask(api):
    doctor = api("dr_dan")

    def send(patient, **words):
        return doctor.post(GRANTS, {"patient_id": str(patient.pk), **words})

    return send
