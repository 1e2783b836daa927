"""A doctor's licence in the portal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.care.models import DoctorVerification
from tests.access.browsers import browser_of
from tests.factories import DoctorVerificationFactory
from tests.rows import nothing_written

PAGE = "/licence/"
LICENCE = {
    "license_number": "MED-77",
    "authority": "Medical Board",
    "first_name": "Dan",
    "last_name": "Okoro",
}


def test_who_has_handed_in_nothing_reads_what_is_missing(dr_dan):
    page = browser_of(dr_dan.user).get(PAGE).content.decode()

    assert "Staff have not verified you yet." in page
    assert "Missing: your licence." in page


def test_a_licence_is_handed_in_and_waits(dr_dan):
    doctor = browser_of(dr_dan.user)

    response = doctor.post(PAGE, LICENCE)

    assert response.headers["Location"] == PAGE
    assert DoctorVerification.objects.get().license_number == "MED-77"
    assert "Your licence MED-77 of" in doctor.get(PAGE).content.decode()


def test_a_reason_for_a_refusal_is_read_and_the_licence_handed_in_again(dr_dan):
    refused = DoctorVerificationFactory(doctor=dr_dan)
    refused.status, refused.reason = "REFUSED", "Not in <b>the</b> register."
    refused.save()

    page = browser_of(dr_dan.user).get(PAGE).content.decode()

    assert "Not in &lt;b&gt;the&lt;/b&gt; register." in page
    assert "Hand in again" in page


@pytest.mark.parametrize(
    ("days", "said"),
    [(30, "This counts until"), (-1, "Your verification has run out on")],
)
def test_until_when_it_counts_is_said(dr_bob, days, said):
    dr_bob.verified_until = timezone.now() + timedelta(days=days)
    dr_bob.save()

    assert said in browser_of(dr_bob.user).get(PAGE).content.decode()


def test_a_licence_of_another_verified_doctor_is_refused_beside_its_field(
    dr_bob, dr_dan
):
    dr_bob.license_number = "MED-77"
    dr_bob.save()
    doctor = browser_of(dr_dan.user)

    with nothing_written():
        response = doctor.post(PAGE, LICENCE)

    assert response.status_code == 400
    assert 'id="id_license_number_error"' in response.content.decode()
