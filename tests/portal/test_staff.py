"""The staff's dashboard in the portal, as far as one's rights go."""

import re
from datetime import date, timedelta
from html import unescape
from uuid import UUID

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.models import CareGrant
from phr.core.models import OutboxEvent
from tests.access.browsers import browser_of
from tests.cast import with_permissions
from tests.factories import DoctorVerificationFactory, EmergencyAccessFactory
from tests.rows import nothing_written

PAGE = "/staff/"


def decide(doctor):
    return f"{PAGE}doctors/{doctor.pk}/decide/"


def hidden_in(page):
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if "csrf" not in name}


def test_the_first_page_of_staff_is_the_dashboard(sam):
    assert browser_of(sam).get("/").headers["Location"] == PAGE


def test_what_waits_leads_to_where_it_is_decided(sam, dr_dan):
    DoctorVerificationFactory(doctor=dr_dan)
    emergency = EmergencyAccessFactory()

    page = browser_of(sam).get(PAGE).content.decode()

    assert decide(dr_dan) in page
    assert f"{PAGE}emergencies/{emergency.pk}/review/" in page


def test_without_rights_the_dashboard_shows_nothing_of_anybody(nina, dr_dan):
    DoctorVerificationFactory(doctor=dr_dan)
    EmergencyAccessFactory()

    page = browser_of(nina).get(PAGE).content.decode()

    assert "Okoro" not in page
    assert "/decide/" not in page
    assert "/review/" not in page
    assert f"{PAGE}assign/" not in page


def test_undelivered_events_are_counted_for_who_may_see_them(nina, alice, dr_bob):
    OutboxEvent.objects.create(kind="care.grant_ended", payload={}, attempts=2)
    OutboxEvent.objects.create(kind="care.grant_ended", payload={})
    assert "not delivered yet" not in browser_of(nina).get(PAGE).content.decode()
    OutboxEvent.objects.create(
        kind="care.grant_ended", payload={}, attempts=9, set_aside_at=timezone.now()
    )
    rita = with_permissions(nina, "view_outboxevent")

    page = browser_of(rita).get(PAGE).content.decode()

    assert "2 are not delivered yet." in page
    assert "1 has failed before" in page
    assert "1 has failed too often" in page
    assert "?delivered=set_aside" in page


def test_a_doctor_is_verified(sam, dr_dan):
    DoctorVerificationFactory(doctor=dr_dan, first_name="Dan", last_name="Okoro")
    staff = browser_of(sam)
    seen = hidden_in(staff.get(decide(dr_dan)).content.decode())
    day = timezone.localdate() + timedelta(days=300)

    response = staff.post(
        decide(dr_dan), seen | {"decision": "VERIFY", "valid_until": str(day)}
    )

    assert response.headers["Location"] == PAGE
    dr_dan.refresh_from_db()
    assert dr_dan.is_verified
    assert dr_dan.verified_until.date() == day


def test_a_doctor_is_refused_with_a_reason_and_not_without(sam, dr_dan):
    licence = DoctorVerificationFactory(doctor=dr_dan)
    staff = browser_of(sam)
    seen = hidden_in(staff.get(decide(dr_dan)).content.decode())
    refusal = seen | {"decision": "REFUSE", "valid_until": ""}
    with nothing_written():
        assert staff.post(decide(dr_dan), refusal).status_code == 400

    staff.post(decide(dr_dan), refusal | {"reason": "Not in the register."})

    licence.refresh_from_db()
    assert (licence.status, licence.reason) == ("REFUSED", "Not in the register.")


def test_what_was_handed_in_meanwhile_is_not_verified_unseen(sam, dr_dan):
    DoctorVerificationFactory(doctor=dr_dan)
    staff = browser_of(sam)
    seen = hidden_in(staff.get(decide(dr_dan)).content.decode())
    dr_dan.verifications.update(license_number="OTHER-1")

    with nothing_written():
        response = staff.post(
            decide(dr_dan), seen | {"decision": "VERIFY", "valid_until": "2027-06-01"}
        )

    assert response.status_code == 409
    assert "licence number has changed" in response.content.decode()


@pytest.mark.parametrize("day", [date(2020, 1, 1), date(9999, 12, 31)])
def test_a_day_that_makes_no_sense_is_said_beside_its_field(sam, dr_dan, day):
    DoctorVerificationFactory(doctor=dr_dan)
    staff = browser_of(sam)
    seen = hidden_in(staff.get(decide(dr_dan)).content.decode())

    with nothing_written():
        response = staff.post(
            decide(dr_dan), seen | {"decision": "VERIFY", "valid_until": str(day)}
        )

    assert response.status_code == 400
    assert 'id="id_valid_until_error"' in response.content.decode()


def test_an_emergency_that_was_not_justified_ends(sam):
    emergency = EmergencyAccessFactory()
    staff = browser_of(sam)
    page = f"{PAGE}emergencies/{emergency.pk}/review/"
    assert "Found unconscious in the street." in staff.get(page).content.decode()

    staff.post(page, {"verdict": "UNJUSTIFIED", "note": "A neighbour."})

    emergency.refresh_from_db()
    emergency.grant.refresh_from_db()
    assert (emergency.verdict, emergency.reviewed_by) == ("UNJUSTIFIED", sam)
    assert emergency.grant.status == "ENDED"
    again = staff.post(page, {"verdict": "JUSTIFIED"})
    assert again.status_code == 409


def test_a_doctor_is_assigned(sam, carol, dr_eve):
    staff = browser_of(sam)
    found = staff.get(f"{PAGE}assign/?q=lind").content.decode()
    assert f'value="{dr_eve.pk}"' in found

    body = {"patient_id": str(carol.pk), "doctor_id": str(dr_eve.pk)}
    assert staff.post(f"{PAGE}assign/", body).status_code == 302

    assert CareGrant.objects.get(patient=carol).doctor == dr_eve
    said = "Dr. Eve Lind is assigned to Carol Novak. Both are told."
    assert said in staff.get(PAGE).content.decode()


def test_who_may_look_patients_up_reads_a_name_beside_the_code(nina, carol):
    asked = f"{PAGE}assign/?patient_id={carol.pk}"
    name = str(carol.user)
    with_permissions(nina, "add_caregrant")
    assert name not in browser_of(nina).get(asked).content.decode()

    staff = browser_of(with_permissions(nina, "view_patientprofile"))

    assert name in staff.get(asked).content.decode()
    assert name in staff.get(f"{asked}&q=lind").content.decode()
    sent = {"patient_id": str(carol.pk)}  # and no doctor
    assert name in staff.post(f"{PAGE}assign/", sent).content.decode()
    link = f'href="{asked}"'
    patient = f"/admin/care/patientprofile/{carol.pk}/change/"
    assert link in staff.get(patient).content.decode()


@pytest.mark.parametrize("code", ["", "x", "\0", "9" * 400, str(UUID(int=7))])
def test_a_code_that_is_nobodys_names_nobody(sam, code):
    page = browser_of(with_permissions(sam, "view_patientprofile")).get(
        f"{PAGE}assign/", {"patient_id": code}
    )

    assert page.status_code == 200
    assert "This is the code of" not in page.content.decode()


def test_a_doctor_whom_nobody_has_verified_is_not_assigned(sam, carol, dr_dan):
    staff = browser_of(sam)
    body = {"patient_id": str(carol.pk), "doctor_id": str(dr_dan.pk)}

    with nothing_written():
        response = staff.post(f"{PAGE}assign/", body)

    assert response.status_code == 409
    assert "Staff have not verified this doctor" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("doctors/{}/decide/", "care.doctor_decided"),
        ("emergencies/{}/review/", "care.emergency_reviewed"),
    ],
)
def test_who_has_no_right_is_refused_and_it_is_entered(nina, dr_dan, path, action):
    response = browser_of(nina).post(PAGE + path.format(dr_dan.pk))

    assert response.status_code == 403
    assert AccessEntry.objects.get(actor_id=nina.pk).action == action


def test_readiness_tells_of_what_was_set_aside(sam):
    OutboxEvent.objects.create(
        kind="care.grant_ended", payload={}, attempts=9, set_aside_at=timezone.now()
    )

    page = browser_of(sam).get(f"{PAGE}readiness/").content.decode()

    assert "Messages to deliver" in page
    assert "Some were set aside" in page
    assert "Does not answer" not in page


def test_readiness_names_each_part(sam):
    page = browser_of(sam).get(f"{PAGE}readiness/").content.decode()

    assert "All that the server needs is there." in page
    assert page.count("There\n") + page.count("There<") == 6
