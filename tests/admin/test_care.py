"""Care in the admin site: the same services, events and lines as through the API."""

import pytest
from django.urls import reverse

from phr.audit.models import AccessEntry, Basis
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.models import CareGrant
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification
from tests.cast import with_permissions
from tests.factories import DoctorFactory

ADD = "/admin/care/caregrant/add/"
GRANTS = "/admin/care/caregrant/"


def assign(client, patient, doctor):
    return client.post(ADD, {"patient": patient.pk, "doctor": doctor.pk})


def effects(patient, doctor):
    """What an assignment leaves behind, without ids and times."""
    grant = CareGrant.objects.get(patient=patient, doctor=doctor)
    line = AccessEntry.objects.get(object_kind="grant", patient_id=patient.pk)
    event = OutboxEvent.objects.get(payload__grant_id=str(grant.pk))
    told = Notification.objects.filter(event=event)
    return {
        "grant": (grant.status, grant.origin, grant.is_primary, grant.requested_by),
        "line": (line.action, line.actor_id, line.basis, line.outcome, line.grant_id),
        "event": (event.kind, event.payload),
        "told": set(told.values_list("recipient", "notification_type", "title")),
    }


def test_assigning_here_does_what_the_api_does(
    carol, alice, rita, api, browser, deliver
):
    doctor = DoctorFactory(verified=True)
    assert assign(browser(rita), alice, doctor).status_code == 302
    body = {"patient_id": str(carol.pk), "doctor_id": str(doctor.pk)}
    answer = api("rita").post("/api/auth/assign-doctor/", body, format="json")
    assert answer.status_code == 200
    deliver()

    here, there = effects(alice, doctor), effects(carol, doctor)

    assert here["grant"] == there["grant"]
    assert here["grant"] == (GrantStatus.ACTIVE, GrantOrigin.STAFF, True, rita)
    assert here["line"][:4] == there["line"][:4]
    assert here["line"][2] == Basis.STAFF
    assert here["event"][0] == there["event"][0] == "care.doctor_assigned"
    assert {told[1:] for told in here["told"]} == {told[1:] for told in there["told"]}
    assert {told[0] for told in here["told"]} == {alice.user_id, doctor.user_id}


@pytest.mark.parametrize(
    ("who", "message"),
    [
        ("dr_dan", "Staff have not verified this doctor"),
        ("dr_bob", "This doctor already has access"),
    ],
)
def test_what_the_service_refuses_stands_in_the_form(
    request, who, message, alice, dr_bob, rita, browser
):
    doctor = request.getfixturevalue(who)
    before = list(CareGrant.objects.values())

    response = assign(browser(rita), alice, doctor)

    assert response.status_code == 200
    assert message in response.content.decode()
    assert list(CareGrant.objects.values()) == before
    assert not OutboxEvent.objects.exists()
    assert not AccessEntry.objects.filter(object_kind="grant").exists()


def test_an_id_of_nobody_is_an_error_of_the_form(alice, rita, browser):
    response = browser(rita).post(ADD, {"patient": alice.pk, "doctor": alice.pk})

    assert response.status_code == 200
    assert "doctor" in response.context["adminform"].form.errors


def test_patients_and_doctors_are_found_while_typing(alice, dr_bob, nina, browser):
    client = browser(
        with_permissions(
            nina, "add_caregrant", "view_patientprofile", "view_doctorprofile"
        )
    )
    where = {"app_label": "care", "model_name": "caregrant"}

    def found(field, term):
        query = {**where, "field_name": field, "term": term}
        answer = client.get("/admin/autocomplete/", query)
        return [row["id"] for row in answer.json()["results"]]

    assert found("patient", "moreau") == [str(alice.pk)]
    assert found("doctor", "stone") == [str(dr_bob.pk)]


def test_staff_without_the_permission_assign_nobody(alice, dr_eve, nina, browser):
    with_permissions(nina, "view_caregrant")

    response = assign(browser(nina), alice, dr_eve)

    assert response.status_code == 403
    assert not CareGrant.objects.filter(status=GrantStatus.ACTIVE).exists()


def test_ending_grants_closes_them_and_tells_both(
    alice, dr_bob, bobs_grant, rita, browser, api, deliver
):
    body = {"action": "end", "_selected_action": [bobs_grant.pk]}

    response = browser(rita).post(GRANTS, body, follow=True)
    deliver()

    assert "Grants ended: 1." in response.content.decode()
    bobs_grant.refresh_from_db()
    assert (bobs_grant.status, bobs_grant.ended_by) == (GrantStatus.ENDED, rita)
    line = AccessEntry.objects.get(action="care.grant_ended")
    assert (line.actor_id, line.basis) == (rita.pk, Basis.STAFF)
    told = Notification.objects.values_list("recipient", flat=True)
    assert set(told) == {alice.user_id, dr_bob.user_id}
    patients = api("dr_bob").get("/api/health-records/my-patients/").json()
    assert patients["results"] == []


def test_ending_an_ended_grant_is_said_and_changes_nothing(dr_eve, rita, browser):
    grant = CareGrant.objects.get(doctor=dr_eve)
    body = {"action": "end", "_selected_action": [grant.pk]}

    response = browser(rita).post(GRANTS, body, follow=True)

    assert "This grant is already closed" in response.content.decode()
    assert CareGrant.objects.get(doctor=dr_eve).ended_at == grant.ended_at
    assert not OutboxEvent.objects.exists()


def test_who_may_only_look_ends_nothing(bobs_grant, nina, browser):
    with_permissions(nina, "view_caregrant")
    body = {"action": "end", "_selected_action": [bobs_grant.pk]}

    browser(nina).post(GRANTS, body)

    bobs_grant.refresh_from_db()
    assert bobs_grant.status == GrantStatus.ACTIVE


def change_doctor(client, doctor, **values):
    body = {
        "specialization": doctor.specialization,
        "license_number": doctor.license_number,
        "years_of_experience": doctor.years_of_experience,
        **values,
    }
    page = reverse("admin:care_doctorprofile_change", args=[doctor.pk])
    return client.post(page, body)


def test_a_new_specialization_is_found_in_the_directory(dr_bob, rita, browser, api):
    response = change_doctor(browser(rita), dr_bob, specialization="Neurology")

    assert response.status_code == 302
    dr_bob.refresh_from_db()
    assert dr_bob.is_verified
    found = api("dr_bob").get("/api/auth/doctors/?search=neurology").json()
    assert [doctor["id"] for doctor in found["results"]] == [str(dr_bob.pk)]


def test_another_licence_number_is_unverified_again(dr_bob, rita, browser):
    response = change_doctor(browser(rita), dr_bob, license_number="NEW-1")

    assert response.status_code == 302
    dr_bob.refresh_from_db()
    assert (dr_bob.license_number, dr_bob.is_verified) == ("NEW-1", False)


def test_a_licence_that_is_taken_is_an_error_of_the_form(dr_bob, dr_eve, rita, browser):
    response = change_doctor(
        browser(rita), dr_bob, license_number=dr_eve.license_number
    )

    assert response.status_code == 200
    assert "A verified doctor holds this licence number." in response.content.decode()
    dr_bob.refresh_from_db()
    assert dr_bob.is_verified


def test_impossible_years_are_an_error_of_the_form(dr_bob, rita, browser):
    response = change_doctor(browser(rita), dr_bob, years_of_experience=81)

    assert response.status_code == 200
