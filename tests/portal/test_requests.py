"""A doctor asks for access, takes over, hands over and ends, in the portal."""

import pytest

from phr.care.models import CareGrant
from phr.notifications.models import Notification
from tests.access.browsers import SIX_MINUTES, browser_of
from tests.factories import CareGrantFactory, PatientFactory
from tests.rows import nothing_written

REQUESTS = "/requests/"


def ask(client, patient, reason=""):
    body = {"patient_id": str(patient.pk), "reason": reason}
    return client.post(f"{REQUESTS}ask/", body)


def test_a_patient_is_asked_and_the_doctor_sees_no_name_until_the_answer(
    alice, dr_dan, deliver
):
    doctor = browser_of(dr_dan.user)
    assert ask(doctor, alice, "You come on Monday").headers["Location"] == REQUESTS
    deliver()

    page = doctor.get(REQUESTS).content.decode()
    assert "The patient has not answered yet." in page
    assert "You come on Monday" in page
    assert "Moreau" not in page
    assert Notification.objects.get().recipient == alice.user


def test_once_let_in_the_name_leads_to_the_chart(alice, dr_bob):
    page = browser_of(dr_bob.user).get(REQUESTS).content.decode()

    assert f'href="/patients/{alice.pk}/">Alice Moreau' in page


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        ("dr_ira", "The patient has said no."),
        ("dr_eve", "It was ended."),
        ("dr_gil", "Its time is over."),
    ],
)
def test_what_became_of_a_request_is_said(alice, request, who, sentence):
    doctor = request.getfixturevalue(who)

    page = browser_of(doctor.user).get(REQUESTS).content.decode()

    assert sentence in page
    assert "Moreau" not in page


def test_a_code_that_is_none_is_said_beside_its_field(dr_dan):
    doctor = browser_of(dr_dan.user)

    with nothing_written():
        response = doctor.post(
            f"{REQUESTS}ask/", {"patient_id": "alice", "reason": "Why not"}
        )

    assert response.status_code == 400
    assert "A code has 32 letters and digits" in response.content.decode()
    assert "Why not" in response.content.decode()


def test_the_code_of_nobody_is_a_404_on_the_same_page(dr_dan):
    response = ask(browser_of(dr_dan.user), PatientFactory.build())

    assert response.status_code == 404
    assert "does not exist, or you may not see" in response.content.decode()


def test_with_consent_who_is_not_verified_is_told_so(alice, dr_dan, settings):
    settings.CARE_CONSENT_REQUIRED = True

    response = ask(browser_of(dr_dan.user), alice)

    assert response.status_code == 403
    assert "Submit your licence" in response.content.decode()


def test_a_request_is_withdrawn(alice, dr_hal):
    grant = CareGrant.objects.get(doctor=dr_hal)
    doctor = browser_of(dr_hal.user)
    assert "Withdraw" in doctor.get(REQUESTS).content.decode()

    doctor.post(f"{REQUESTS}{grant.pk}/end/", {"reason": "Asked by mistake"})

    grant.refresh_from_db()
    assert (grant.status, grant.end_reason) == ("ENDED", "Asked by mistake")


def test_a_doctor_ends_the_own_access_and_sees_nothing_from_then_on(
    alice, bobs_grant, dr_bob
):
    doctor = browser_of(dr_bob.user)
    assert doctor.get(f"/patients/{alice.pk}/").status_code == 200

    doctor.post(f"{REQUESTS}{bobs_grant.pk}/end/")

    assert doctor.get(f"/patients/{alice.pk}/").status_code == 404


def test_a_patient_without_a_main_doctor_is_taken_over(carol, dr_dan):
    doctor = browser_of(dr_dan.user)

    response = doctor.post(f"{REQUESTS}take-over/", {"patient_id": str(carol.pk)})

    assert response.headers["Location"] == f"/patients/{carol.pk}/"
    chart = doctor.get(f"/patients/{carol.pk}/").content.decode()
    assert "You are the main doctor" in chart
    assert CareGrant.objects.get(patient=carol).is_primary


def test_with_consent_nobody_is_offered_to_take_over(dr_bob, settings):
    link = 'href="/requests/take-over/"'
    assert link in browser_of(dr_bob.user).get(f"{REQUESTS}ask/").content.decode()
    settings.CARE_CONSENT_REQUIRED = True

    assert link not in browser_of(dr_bob.user).get(f"{REQUESTS}ask/").content.decode()


def test_the_main_doctor_hands_over_to_one_of_the_directory(alice, dr_bob, dr_eve):
    doctor, page = browser_of(dr_bob.user), f"/patients/{alice.pk}/hand-over/"
    found = doctor.get(f"{page}?q=lind").content.decode()
    assert f'value="{dr_eve.pk}"' in found
    assert f'value="{dr_bob.pk}"' not in found

    doctor.post(page, {"doctor_id": str(dr_eve.pk)})

    main = CareGrant.objects.get(patient=alice, is_primary=True)
    assert main.doctor == dr_eve


def test_handing_over_asks_again_who_one_is(alice, dr_bob, dr_eve):
    late = browser_of(dr_bob.user, proof=SIX_MINUTES)

    with nothing_written():
        response = late.post(
            f"/patients/{alice.pk}/hand-over/", {"doctor_id": str(dr_eve.pk)}
        )

    assert "Is it you?" in response.content.decode()


def test_the_list_of_requests_goes_on_behind_its_first_page(dr_dan):
    for _ in range(23):
        CareGrantFactory(doctor=dr_dan, pending=True)
    doctor = browser_of(dr_dan.user)

    page = doctor.get(REQUESTS).content.decode()

    assert page.count("has not answered yet") == 20
    assert 'rel="next"' in page
