"""Nobody fills the lists and inboxes of people with whom they have never dealt."""

from functools import partial

import pytest
from rest_framework.test import APIClient

from phr.care.models import CareGrant
from tests.at_once import all_at_once
from tests.conftest import sign_in
from tests.factories import CareGrantFactory, DoctorFactory, PatientFactory
from tests.problem_answers import problem_of
from tests.rows import nothing_written

GRANTS = "/api/care/grants/"
ASSIGN = "/api/auth/assign-doctor/"


def client_of(profile):
    client = APIClient()
    sign_in(client, profile.user)
    return client


def invite(client, doctor):
    return client.post(GRANTS, {"doctor_id": str(doctor.pk)}, format="json")


def end(client, answer):
    client.post(f"{GRANTS}{answer.json()['id']}/end/", {}, format="json")


def test_a_doctor_is_not_invited_and_turned_away_without_end(api, alice, dr_dan):
    client = api("alice")
    for _ in range(5):
        end(client, invite(client, dr_dan))

    with nothing_written():
        problem_of(invite(client, dr_dan), 429, "too_many_requests")


def test_a_patient_invites_twenty_doctors_a_day(api, alice):
    client = api("alice")

    answers = [invite(client, DoctorFactory()).status_code for _ in range(22)]

    assert answers == [201] * 20 + [429] * 2


def test_fifty_strangers_a_day_get_into_a_doctors_list(api, alice, dr_dan):
    clients = [client_of(PatientFactory()) for _ in range(52)]

    answers = [invite(client, dr_dan).status_code for client in clients]

    assert answers == [201] * 50 + [429] * 2
    assert CareGrant.objects.filter(doctor=dr_dan).count() == 50


def test_one_account_is_one_stranger_however_often_it_comes(dr_dan):
    for _ in range(49):
        client = client_of(PatientFactory())
        for _ in range(2):
            end(client, invite(client, dr_dan))

    clients = [client_of(PatientFactory()) for _ in range(2)]
    assert [invite(client, dr_dan).status_code for client in clients] == [201, 429]


def test_one_doctor_who_asks_and_withdraws_is_one_stranger_to_a_patient(alice):
    for _ in range(10):
        client = client_of(DoctorFactory(verified=True))
        for _ in range(5):
            end(client, client.post(GRANTS, {"patient_id": str(alice.pk)}))

    one_more = client_of(DoctorFactory(verified=True))
    asked = one_more.post(GRANTS, {"patient_id": str(alice.pk)})
    assert asked.status_code == 201


def test_what_is_refused_as_a_conflict_counts_for_nobody(api, alice, dr_dan):
    client = api("dr_dan")
    wanted = {"patient_id": str(alice.pk)}
    for _ in range(4):
        asked = client.post(GRANTS, wanted)
        for _ in range(3):
            problem_of(client.post(GRANTS, wanted), 409, "already_requested")
        end(client, asked)

    assert client.post(GRANTS, wanted).status_code == 201


def test_what_is_refused_as_too_much_counts_for_nobody_either(api, alice, dr_dan):
    for _ in range(50):
        invite(client_of(PatientFactory()), dr_dan)
    client = api("alice")
    for _ in range(6):
        problem_of(invite(client, dr_dan), 429, "too_many_requests")
    CareGrantFactory(patient=alice, doctor=dr_dan, ended=True, requested_by=dr_dan.user)

    assert invite(client, dr_dan).status_code == 201


def test_strangers_do_not_keep_out_whom_the_doctor_knows(api, alice, dr_bob, dr_dan):
    for _ in range(52):
        invite(client_of(PatientFactory()), dr_dan)
    CareGrantFactory(
        patient=alice, doctor=dr_dan, ended=True, requested_by=dr_dan.user
    )  # who had asked her once

    assert invite(api("alice"), dr_dan).status_code == 201


def test_strangers_at_once_are_counted_one_by_one(transactional_db, dr_dan):
    clients = [client_of(PatientFactory()) for _ in range(60)]
    for client in clients[:45]:
        invite(client, dr_dan)

    answers = all_at_once([partial(invite, client, dr_dan) for client in clients[45:]])

    assert sum(answer.status_code == 201 for answer in answers) == 5
    assert CareGrant.objects.filter(doctor=dr_dan).count() == 50


@pytest.mark.parametrize(("required", "status"), [(True, 202), (False, 200)])
def test_fifty_unknown_doctors_a_day_reach_a_patient(alice, settings, required, status):
    """Without consent each takes care at once, and leaves again."""
    settings.CARE_CONSENT_REQUIRED = required
    answers = []
    for _ in range(52):
        client = client_of(DoctorFactory(verified=True))
        answer = client.post(ASSIGN, {"patient_id": str(alice.pk)}, format="json")
        answers.append(answer.status_code)
        CareGrant.objects.filter(patient=alice, is_primary=True).update(
            is_primary=False
        )

    assert answers == [status] * 50 + [429] * 2


def test_a_doctor_takes_over_a_hundred_patients_a_day(api, dr_dan):
    client = api("dr_dan")

    answers = [
        client.post(ASSIGN, {"patient_id": str(PatientFactory().pk)}).status_code
        for _ in range(102)
    ]

    assert [answers[0]] * 100 + [429] * 2 == answers
    assert answers[0] < 300
