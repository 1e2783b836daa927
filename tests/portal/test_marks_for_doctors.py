"""Marks in every text that somebody writes are text on doctors' and staff's pages."""

import pytest

from phr.care.models import CareGrant
from phr.health_records.models import HealthRecord
from tests.access.browsers import browser_of
from tests.factories import (
    DoctorCommentFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    HealthRecordFactory,
)

MARK = "<b title='x' onclick=\"y\">&amp;{{ 7|add:1 }}</b>"


@pytest.fixture
def marked(alice, dr_bob, dr_eve):
    """Alice, her record and her grants, a licence and an emergency, all with marks."""
    for user in (alice.user, dr_bob.user, dr_eve.user):
        user.first_name, user.last_name = MARK, MARK
        user.save()
    alice.allergies = alice.emergency_contact = MARK
    alice.save()
    dr_bob.specialization = dr_eve.specialization = MARK
    dr_bob.save()
    dr_eve.save()
    CareGrant.objects.update(reason=MARK, decision_reason=MARK, end_reason=MARK)
    record = HealthRecordFactory(
        patient=alice, title=MARK, description=MARK, diagnosis=MARK
    )
    DoctorCommentFactory(health_record=record, doctor=dr_bob, comment=MARK)
    DoctorVerificationFactory(
        doctor=dr_eve,
        first_name=MARK,
        last_name=MARK,
        authority=MARK,
        document_reference=MARK,
    )
    return alice


def assert_escaped(response):
    page = response.content.decode()
    assert response.status_code < 500
    assert "<b title" not in page
    assert "onclick=&quot;y&quot;" in page
    assert "{{ 7|add:1 }}" in page


def test_on_doctors_pages(marked, dr_bob, bobs_grant):
    doctor = browser_of(dr_bob.user)
    record = HealthRecord.objects.get(patient=marked)
    comment = record.doctor_comments.get()
    chart = f"/patients/{marked.pk}/"
    pages = ["/patients/", "/requests/", f"/requests/{bobs_grant.pk}/end/", chart]
    pages += [f"{chart}hand-over/", f"/records/{record.pk}/"]
    comments = f"/records/{record.pk}/comments/"
    pages += [f"{comments}{comment.pk}/", f"{comments}{comment.pk}/delete/"]

    for page in pages:
        assert_escaped(doctor.get(page))


def test_on_staffs_pages(marked, sam, dr_eve):
    emergency = EmergencyAccessFactory(
        grant__patient=marked, grant__doctor=dr_eve, grant__reason=MARK
    )
    staff = browser_of(sam)

    for page in (
        "",
        "assign/",
        f"doctors/{dr_eve.pk}/decide/",
        f"emergencies/{emergency.pk}/review/",
    ):
        assert_escaped(staff.get(f"/staff/{page}"))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/patients/", "q"),
        ("/patients/{patient}/", "words"),
        ("/patients/{patient}/hand-over/", "q"),
    ],
)
def test_in_what_is_looked_for(marked, dr_bob, path, name):
    address = path.format(patient=marked.pk)

    assert_escaped(browser_of(dr_bob.user).get(address, {name: MARK}))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/requests/ask/", {"patient_id": MARK, "reason": MARK}),
        ("/requests/take-over/", {"patient_id": MARK}),
        ("/emergency/", {"username": MARK, "reason": MARK}),
        ("/licence/", {"license_number": "", "authority": MARK}),
    ],
)
def test_in_what_comes_back_to_be_mended(dr_bob, settings, path, body):
    settings.EMERGENCY_ACCESS = True
    doctor = browser_of(dr_bob.user, second_factor=True)

    response = doctor.post(path, body)

    assert response.status_code == 400
    assert_escaped(response)
