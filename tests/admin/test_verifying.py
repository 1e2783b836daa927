"""Staff decide about doctors in the admin site, one at a time."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from phr.audit.models import AccessEntry, Basis
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorVerification
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification
from tests.cast import with_permissions
from tests.factories import DoctorFactory, DoctorVerificationFactory
from tests.rows import all_rows, nothing_written

LICENSES = "/admin/care/doctorverification/"


def decision_page(doctor):
    return reverse("admin:care_doctorprofile_decide", args=[doctor.pk])


def change_page(doctor):
    return reverse("admin:care_doctorprofile_change", args=[doctor.pk])


def verify(client, doctor, **values):
    """Send the form as it comes, with the day that stands in it."""
    form = client.get(decision_page(doctor)).context["form"]
    shown = {name: form[name].value() or "" for name in form.fields}
    body = shown | {"decision": "VERIFY"} | values
    return client.post(decision_page(doctor), body)


def refuse(client, doctor, reason="The number is not in the register.", **values):
    return verify(client, doctor, decision="REFUSE", reason=reason, **values)


def test_verifying_notes_who_checked_and_until_when(dr_dan, rita, browser, deliver):
    waiting = DoctorVerificationFactory(doctor=dr_dan)

    response = verify(browser(rita), dr_dan)
    deliver()

    assert response.status_code == 302
    assert response.headers["Location"] == change_page(dr_dan)
    dr_dan.refresh_from_db()
    waiting.refresh_from_db()
    in_a_year = timezone.now().date() + timedelta(days=365)
    assert dr_dan.is_verified
    assert dr_dan.verified_by == rita
    assert dr_dan.verified_until == datetime.combine(in_a_year, time(23, 59, 59), UTC)
    assert (waiting.status, waiting.decided_by) == (VerificationStatus.VERIFIED, rita)
    line = AccessEntry.objects.get(action="care.doctor_verified")
    assert (line.actor_id, line.basis, line.object_ids) == (
        rita.pk,
        Basis.STAFF,
        [dr_dan.pk],
    )
    told = Notification.objects.get(notification_type="VERIFICATION")
    assert told.recipient == dr_dan.user


def test_the_day_of_the_end_is_the_one_that_staff_gave(dr_dan, rita, browser):
    day = timezone.now().date() + timedelta(days=10)

    verify(browser(rita), dr_dan, valid_until=day.isoformat())

    dr_dan.refresh_from_db()
    assert dr_dan.verified_until == datetime.combine(day, time(23, 59, 59), UTC)


def test_a_refusal_tells_the_doctor_why(dr_dan, rita, browser, api):
    DoctorVerificationFactory(doctor=dr_dan)

    response = refuse(browser(rita), dr_dan)

    assert response.status_code == 302
    own = api("dr_dan").get("/api/care/verification/").json()
    assert own["is_verified"] is False
    assert own["latest"]["status"] == "REFUSED"
    assert own["latest"]["reason"] == "The number is not in the register."


def test_a_verification_is_taken_back_by_a_refusal(dr_bob, rita, browser):
    refuse(browser(rita), dr_bob)

    dr_bob.refresh_from_db()
    assert not dr_bob.is_verified
    refused = DoctorVerification.objects.get(doctor=dr_bob)
    assert refused.status == VerificationStatus.REFUSED


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"decision": ""}, "decision"),
        ({"decision": "MAYBE"}, "decision"),
        ({"valid_until": ""}, "valid_until"),
        ({"valid_until": "soon"}, "valid_until"),
        ({"reason": "Looks well"}, "reason"),
        ({"decision": "REFUSE"}, "reason"),
        ({"decision": "REFUSE", "reason": "   "}, "reason"),
        ({"decision": "REFUSE", "reason": "x" * 501}, "reason"),
    ],
)
def test_a_form_that_is_not_whole_decides_nothing(dr_dan, rita, browser, values, field):
    client = browser(rita)

    with nothing_written():
        response = verify(client, dr_dan, **values)

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]


@pytest.mark.parametrize("days", [-1, 4000])
def test_a_day_out_of_range_is_an_error_of_the_form(dr_dan, rita, browser, days):
    client, day = browser(rita), timezone.now().date() + timedelta(days=days)

    with nothing_written():
        response = verify(client, dr_dan, valid_until=day.isoformat())

    assert "at most ten years ahead" in response.content.decode()


def test_a_licence_of_another_verified_doctor_is_an_error_of_the_form(
    dr_dan, rita, browser
):
    DoctorFactory(verified=True, license_number=dr_dan.license_number)
    client = browser(rita)

    with nothing_written():
        response = verify(client, dr_dan)

    assert "A verified doctor holds this licence number." in response.content.decode()


def test_a_number_that_was_changed_meanwhile_is_not_verified(
    dr_dan, rita, browser, api
):
    client = browser(rita)
    before = dr_dan.license_number
    api("dr_dan").patch("/api/auth/profile/", {"license_number": "MED-OTHER"})

    with nothing_written():
        response = verify(client, dr_dan, license_number=before)

    assert "licence number has changed" in response.content.decode()


def test_refusing_where_nothing_waits_is_an_error_of_the_form(dr_dan, rita, browser):
    client = browser(rita)

    with nothing_written():
        response = refuse(client, dr_dan)

    assert (
        "No licence is waiting, and the doctor is not verified."
    ) in response.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_deciding_needs_the_permission_to_change_doctors(dr_dan, nina, browser, method):
    with_permissions(nina, "view_doctorprofile", "change_doctorverification")
    client = browser(nina)

    with nothing_written():
        response = getattr(client, method)(
            decision_page(dr_dan), {"decision": "VERIFY", "valid_until": "2030-01-01"}
        )

    assert response.status_code == 403
    content = client.get(change_page(dr_dan)).content.decode()
    assert decision_page(dr_dan) not in content


def test_a_doctor_who_is_none_is_not_found(rita, browser):
    page = reverse("admin:care_doctorprofile_decide", args=[uuid7()])

    assert browser(rita).get(page).status_code == 404


def test_deciding_needs_the_token_of_the_form(dr_dan, rita, browser):
    client = browser(rita)
    client.handler.enforce_csrf_checks = True
    before = all_rows()

    response = client.post(decision_page(dr_dan), {"decision": "VERIFY"})

    assert response.status_code == 403
    assert all_rows() == before
    assert not OutboxEvent.objects.exists()


def test_the_way_leads_from_a_licence_that_waits_to_its_doctor(rita, browser):
    waiting = DoctorVerificationFactory(
        authority="Chamber of Physicians", document_reference="Register 12, page 7"
    )
    decided = DoctorVerificationFactory(status=VerificationStatus.REFUSED)
    client = browser(rita)

    listed = client.get(LICENSES, {"state": "PENDING"}).content.decode()
    assert str(waiting.pk) in listed
    assert str(decided.pk) not in listed
    page = client.get(f"{LICENSES}{waiting.pk}/change/").content.decode()
    assert decision_page(waiting.doctor) in page
    page = client.get(f"{LICENSES}{decided.pk}/change/").content.decode()
    assert decision_page(decided.doctor) not in page
    facts = client.get(decision_page(waiting.doctor)).content.decode()
    for fact in ("Chamber of Physicians", "Register 12, page 7"):
        assert fact in facts
    profile = client.get(change_page(waiting.doctor)).content.decode()
    assert decision_page(waiting.doctor) in profile
