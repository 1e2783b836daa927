"""Grants that several people decide about at the same moment."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.grants import end_grant
from phr.care.models import CareGrant
from tests.at_once import all_at_once
from tests.care.conftest import grant_between
from tests.care.steps import assert_done
from tests.factories import CareGrantFactory
from tests.problem_answers import problem_of
from tests.waiting import started_and_waiting

pytestmark = pytest.mark.django_db(transaction=True)

GRANTS = "/api/care/grants/"
EMERGENCY = "/api/care/emergency/"
ROUNDS = 3


@pytest.fixture
def asked(alice, dr_hal):
    """Dr. Hal's request, which Alice has not answered."""
    return grant_between(alice, dr_hal)


@pytest.fixture
def post(api):
    """A request to be sent later, by a client that is signed in already."""

    def prepared(who: str, url: str, body: Any = None) -> Callable[[], Any]:
        return partial(api(who).post, url, body or {})

    return prepared


def of_grant(grant, verb):
    return f"{GRANTS}{grant.pk}/{verb}/"


def losers_were_told(answers, code, present, winning=200):
    """See that one succeeded, and that the others were told the present state."""
    losers = [one for one in answers if one.status_code != winning]
    assert len(losers) == len(answers) - 1
    for loser in losers:
        assert problem_of(loser, 409, code)["present"] == present


@pytest.mark.parametrize("verb", ["accept", "decline"])
def test_of_the_same_answer_given_twice_at_once_one_counts(post, asked, verb):
    calls = [post("alice", of_grant(asked, verb)) for _ in range(4)]

    answers = all_at_once(calls)

    state = GrantStatus.ACTIVE if verb == "accept" else GrantStatus.DECLINED
    asked.refresh_from_db()
    assert asked.status == state
    losers_were_told(answers, "grant_not_pending", state)
    assert_done(**{"grant_accepted" if verb == "accept" else "grant_declined": 1})


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_yes_and_no_at_once_one_counts(post, asked, turn):
    calls = [post("alice", of_grant(asked, verb)) for verb in ("accept", "decline")]

    yes, no = all_at_once(calls)

    asked.refresh_from_db()
    accepted = yes.status_code == 200
    assert {yes.status_code, no.status_code} == {200, 409}
    assert asked.status == (GrantStatus.ACTIVE if accepted else GrantStatus.DECLINED)
    loser = no if accepted else yes
    assert problem_of(loser, 409, "grant_not_pending")["present"] == asked.status
    assert_done(grant_accepted=int(accepted), grant_declined=int(not accepted))


@pytest.mark.parametrize("who", ["alice", "dr_hal", "sam"])
@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_request_that_is_accepted_and_ended_at_once_is_ended(
    post, request, asked, who, turn
):
    """Whichever comes first: what is accepted can be ended, what has ended stays so."""
    request.getfixturevalue(who)
    calls = [
        post("alice", of_grant(asked, "accept")),
        post(who, of_grant(asked, "end")),
    ]

    accepting, ending = all_at_once(calls)

    asked.refresh_from_db()
    assert ending.status_code == 200
    assert asked.status == GrantStatus.ENDED
    if accepting.status_code != 200:
        problem = problem_of(accepting, 409, "grant_not_pending")
        assert problem["present"] == GrantStatus.ENDED
    assert_done(grant_accepted=int(accepting.status_code == 200), grant_ended=1)


def test_an_answer_that_waits_for_the_end_is_refused(post, dr_hal, asked):
    accept = post("alice", of_grant(asked, "accept"))

    with transaction.atomic():
        end_grant(actor=dr_hal.user, grant_id=asked.pk, at=timezone.now())
        accepting = started_and_waiting(accept)
    answer = accepting.result(timeout=30)

    asked.refresh_from_db()
    assert problem_of(answer, 409, "grant_not_pending")["present"] == "ENDED"
    assert (asked.status, asked.decided_at) == (GrantStatus.ENDED, None)
    assert_done(grant_ended=1)


def test_of_ends_at_once_one_counts(post, alice, dr_bob, bobs_grant, sam):
    people = ("alice", "dr_bob", "sam", "alice")
    calls = [post(who, of_grant(bobs_grant, "end")) for who in people]

    answers = all_at_once(calls)

    bobs_grant.refresh_from_db()
    winner = next(
        who for who, one in zip(people, answers, strict=True) if one.status_code == 200
    )
    assert bobs_grant.ended_by.username == winner
    losers_were_told(answers, "grant_not_open", "ENDED")
    assert_done(grant_ended=1)


def test_of_invitations_of_one_doctor_at_once_one_counts(post, alice, dr_dan):
    body = {"doctor_id": str(dr_dan.pk)}
    calls = [post("alice", GRANTS, body | {"is_primary": n % 2 == 0}) for n in range(4)]

    answers = all_at_once(calls)

    assert CareGrant.objects.filter(patient=alice, doctor=dr_dan).count() == 1
    losers_were_told(answers, "already_in_care", "ACTIVE", winning=201)
    assert_done(doctor_invited=1)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_an_invitation_and_a_request_at_once_one_counts(post, alice, dr_dan, turn):
    calls = [
        post("alice", GRANTS, {"doctor_id": str(dr_dan.pk)}),
        post("dr_dan", GRANTS, {"patient_id": str(alice.pk)}),
    ]

    invitation, question = all_at_once(calls)

    grant = CareGrant.objects.get(patient=alice, doctor=dr_dan)
    if grant.origin == GrantOrigin.PATIENT:
        assert invitation.status_code == 201
        assert problem_of(question, 409, "already_in_care")["present"] == "ACTIVE"
        assert_done(doctor_invited=1)
    else:
        assert question.status_code == 201
        problem = problem_of(invitation, 409, "already_requested")
        assert problem["present"] == "PENDING"
        assert_done(access_requested=1)


def test_two_doctors_who_ask_at_once_have_both_asked(post, alice, dr_dan, dr_eve):
    body = {"patient_id": str(alice.pk)}

    answers = all_at_once([post(who, GRANTS, body) for who in ("dr_dan", "dr_eve")])

    pending = CareGrant.objects.filter(patient=alice, status=GrantStatus.PENDING)
    assert [one.status_code for one in answers] == [201, 201]
    assert {grant.doctor_id for grant in pending} == {dr_dan.pk, dr_eve.pk}
    assert_done(access_requested=2)


def test_a_doctor_who_asks_several_times_at_once_has_asked_once(post, alice, dr_dan):
    body = {"patient_id": str(alice.pk)}

    answers = all_at_once([post("dr_dan", GRANTS, body) for _ in range(4)])

    assert grant_between(alice, dr_dan).status == GrantStatus.PENDING
    losers_were_told(answers, "already_requested", "PENDING", winning=201)
    assert_done(access_requested=1)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_two_made_primary_at_once_one_is(api, alice, dr_bob, dr_eve, dr_fay, turn):
    """Neither is refused: the one who comes later has the place."""
    grants: list[CareGrant] = [
        CareGrantFactory(patient=alice, doctor=dr_eve),
        grant_between(alice, dr_fay),
    ]
    calls = [
        partial(api("alice").patch, f"{GRANTS}{grant.pk}/", {"is_primary": True})
        for grant in grants
    ]

    answers = all_at_once(calls)

    primary = CareGrant.objects.get(
        patient=alice, status=GrantStatus.ACTIVE, is_primary=True
    )
    assert [one.status_code for one in answers] == [200, 200]
    assert primary.pk in {grant.pk for grant in grants}
    assert alice.care_grants.filter(status=GrantStatus.ACTIVE).count() == 3
    assert_done(grant_changed=2)


def test_of_two_invited_as_primary_at_once_one_is(post, alice, dr_bob, dr_dan, dr_eve):
    calls = [
        post("alice", GRANTS, {"doctor_id": str(doctor.pk), "is_primary": True})
        for doctor in (dr_dan, dr_eve)
    ]

    answers = all_at_once(calls)

    active = CareGrant.objects.filter(patient=alice, status=GrantStatus.ACTIVE)
    assert [one.status_code for one in answers] == [201, 201]
    assert active.get(is_primary=True).doctor_id in {dr_dan.pk, dr_eve.pk}
    assert active.count() == 3
    assert_done(doctor_invited=2)


def test_of_emergency_accesses_at_once_one_is_opened(
    post, settings, alice, dr_eve, alices_record
):
    settings.EMERGENCY_ACCESS = True
    body = {
        "patient_id": str(alice.pk),
        "reason_code": "UNCONSCIOUS",
        "reason": "Found in the street.",
    }

    answers = all_at_once([post("dr_eve", EMERGENCY, body) for _ in range(4)])

    opened = CareGrant.objects.filter(origin=GrantOrigin.EMERGENCY)
    assert opened.get().status == GrantStatus.ACTIVE
    losers_were_told(answers, "emergency_access_open", "ACTIVE", winning=201)
    assert_done(emergency_access=1)
