"""Steps that do not fit, or are not one's own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.choices import GrantOrigin
from phr.core.ids import uuid7
from tests.factories import CareGrantFactory
from tests.problem_answers import problem_of
from tests.rows import nothing_written

GRANTS = "/api/care/grants/"
RECORDS = "/api/health-records/"
VERBS = ("accept", "decline", "end")


ILLEGAL = [
    (verb, trait, code, present)
    for trait, present in (
        ("primary", "ACTIVE"),
        ("declined", "DECLINED"),
        ("ended", "ENDED"),
        ("expired", "EXPIRED"),
    )
    for verb, code in (
        ("accept", "grant_not_pending"),
        ("decline", "grant_not_pending"),
        ("end", "grant_not_open"),
        ("change", "grant_not_open"),
    )
    if (present, code) != ("ACTIVE", "grant_not_open")
]


@pytest.mark.parametrize(("verb", "trait", "code", "present"), ILLEGAL)
def test_an_illegal_step_is_a_conflict_that_says_the_present_state(
    alice, do, verb, trait, code, present
):
    grant = CareGrantFactory(patient=alice, **{trait: True})

    with nothing_written():
        body = {"is_primary": True} if verb == "change" else {}
        problem = problem_of(do(verb, grant, **body), 409, code)

    assert problem["present"] == present


def test_a_request_that_has_run_out_cannot_be_accepted(alice, do):
    grant = CareGrantFactory(patient=alice, pending=True, expired=True)

    with nothing_written():
        problem = problem_of(do("accept", grant), 409, "grant_not_pending")

    assert problem["present"] == "EXPIRED"


@pytest.mark.parametrize("verb", VERBS)
def test_doing_it_twice_is_a_conflict(do, asked, verb):
    assert do(verb, asked).status_code == 200

    with nothing_written():
        assert do(verb, asked).status_code == 409


def test_an_emergency_access_is_ended_but_never_changed(alice, do, dr_dan):
    grant = CareGrantFactory(
        patient=alice,
        doctor=dr_dan,
        origin=GrantOrigin.EMERGENCY,
        expires_at=timezone.now() + timedelta(hours=1),
    )

    with nothing_written():
        problem_of(
            do("change", grant, record_types=["CHECKUP"]),
            409,
            "emergency_grant_is_fixed",
        )
    assert do("end", grant).json()["status"] == "ENDED"


@pytest.mark.parametrize("verb", ["accept", "decline", "change"])
def test_a_doctor_does_not_answer_for_the_patient(api, do, asked, verb):
    doctor = api("dr_hal")
    url = f"{GRANTS}{asked.pk}/"

    with nothing_written():
        if verb == "change":
            refused = doctor.patch(url, {"record_types": []})
        else:
            refused = doctor.post(f"{url}{verb}/", {})
        problem_of(refused, 403, "not_allowed")
    line = AccessEntry.objects.get(outcome="REFUSED")
    assert (line.patient_id, line.object_ids) == (asked.patient_id, [asked.pk])


@pytest.mark.parametrize("who", ["dr_hal", "sam"])
def test_the_doctor_and_staff_end_it_too(do, asked, who, request):
    request.getfixturevalue(who)

    assert do("end", asked, who=who).json()["status"] == "ENDED"


@pytest.mark.parametrize("verb", [*VERBS, "change"])
@pytest.mark.parametrize("who", ["carol", "dr_dan"])
def test_grants_of_others_are_not_there(api, bobs_grant, request, who, verb):
    request.getfixturevalue(who)
    client = api(who)

    def send(grant_id):
        url = f"{GRANTS}{grant_id}/"
        if verb == "change":
            return client.patch(url, {"is_primary": True})
        return client.post(f"{url}{verb}/", {})

    with nothing_written():
        hidden = problem_of(send(bobs_grant.pk), 404, "not_found")
        missing = problem_of(send(uuid7()), 404, "not_found")
    ids = {"instance", "request_id"}
    assert {k: hidden[k] for k in hidden.keys() - ids} == {
        k: missing[k] for k in missing.keys() - ids
    }
