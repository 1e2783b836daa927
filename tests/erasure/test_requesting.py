"""Whoever asks has a week to change their mind, and nobody asks by accident."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from phr.accounts.models import LoginSession, User
from phr.accounts.reauthentication import PROOF_COUNTS_FOR
from phr.core.models import OutboxEvent
from phr.erasure import tasks
from phr.erasure.models import Erasure
from phr.erasure.services import ErasureBegun, cancel_erasure
from tests.at_once import all_at_once
from tests.audit.conftest import from_there, line, lines
from tests.erasure.conftest import CANCEL, DELETE, asked
from tests.factories import PASSWORD, StaffFactory
from tests.problem_answers import problem_of
from tests.rows import nothing_written


@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_everybody_may_ask_and_has_a_week(request, api, who):
    client = api(who)

    answer = client.post(DELETE)

    assert answer.status_code == 202
    body = answer.json()
    erasure = Erasure.objects.get()
    assert body.keys() == {
        *("id", "requested_at", "due_at"),
        *("cancelled_at", "erased_at"),
    }
    assert body["id"] == str(erasure.pk)
    assert erasure.due_at - erasure.requested_at == timedelta(days=7)
    assert (body["cancelled_at"], body["erased_at"]) == (None, None)
    assert client.get(DELETE).json() == body


def test_asking_is_entered_and_announced(api, alice):
    from_there(client := api("alice")).post(DELETE)

    expected = line(
        alice,
        "erasure.asked",
        object_kind="account",
        object_ids=[alice.user_id],
        patient_id=alice.pk,
    )
    assert lines() == [expected]
    event = OutboxEvent.objects.get(kind="erasure.asked")
    assert event.payload == {"user_id": str(alice.user_id)}
    client.post(CANCEL)
    assert lines()[1:] == [expected | {"action": "erasure.cancelled"}]
    cancelled = OutboxEvent.objects.get(kind="erasure.cancelled")
    assert cancelled.payload == event.payload


def test_asking_wants_a_fresh_proof_and_taking_back_does_not(api, alice):
    client = api("alice")
    client.post(DELETE)
    LoginSession.objects.update(proved_at=timezone.now() - PROOF_COUNTS_FOR * 2)

    assert client.get(DELETE).status_code == 200
    assert client.post(CANCEL).status_code == 200
    with nothing_written():
        problem_of(client.post(DELETE), 403, "step_up_required")


def test_who_has_asked_cannot_ask_again_until_it_is_taken_back(api, alice):
    client = api("alice")
    client.post(DELETE)

    with nothing_written():
        body = problem_of(client.post(DELETE), 409, "erasure_open")
    assert body["present"] == "WAITING"
    client.post(CANCEL)
    assert client.post(DELETE).status_code == 202
    assert Erasure.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_with_one_account_one_does(api, alice):
    clients = [api("alice"), api("alice")]

    answers = all_at_once([partial(c.post, DELETE) for c in clients])

    assert sorted(a.status_code for a in answers) == [202, 409]


def test_what_others_have_asked_for_is_not_seen(api, alice, carol):
    asked(alice, ago=timedelta(0))
    client = api("carol")

    problem_of(client.get(DELETE), 404, "not_found")
    problem_of(client.post(CANCEL), 404, "not_found")
    assert Erasure.objects.get().cancelled_at is None


def test_nobody_sees_an_erasure_without_signing_in(api, alice):
    asked(alice)

    assert not Erasure.objects.visible_to(AnonymousUser()).exists()
    for answer in (api("nobody").get(DELETE), api("nobody").post(CANCEL)):
        problem_of(answer, 401, "not_authenticated")


def test_during_the_week_nothing_changes(api, alice, alices_record):
    erasure = asked(alice, ago=timedelta(days=6, hours=23))

    assert tasks.erase_due_accounts() == 0

    client = api("nobody")
    body = {"username": "alice", "password": PASSWORD}
    answer = client.post("/api/auth/login/", body)
    assert answer.status_code == 200
    token = answer.json()["tokens"]["access"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.get(f"/api/health-records/{alices_record.pk}/").status_code == 200
    assert client.post(CANCEL).json()["id"] == str(erasure.pk)


def test_what_was_taken_back_never_happens(api, alice, alices_record):
    asked(alice, ago=timedelta(days=6))
    client = api("alice")
    client.post(CANCEL)

    with time_machine.travel(timezone.now() + timedelta(days=30)):
        assert tasks.erase_due_accounts() == 0

    assert client.get(f"/api/health-records/{alices_record.pk}/").status_code == 200
    problem_of(client.get(DELETE), 404, "not_found")


def test_once_begun_it_cannot_be_taken_back(alice):
    erasure = asked(alice)
    Erasure.objects.filter(pk=erasure.pk).update(begun_at=timezone.now())

    with nothing_written(), pytest.raises(ErasureBegun) as refused:
        cancel_erasure(actor=alice.user, at=timezone.now())
    assert refused.value.present == "BEGUN"


def test_a_request_under_way_when_it_begins_is_told_so(api, alice):
    """Later ones are not signed in any more."""
    erasure = asked(alice)
    client = api("alice")
    Erasure.objects.filter(pk=erasure.pk).update(begun_at=timezone.now())

    body = problem_of(client.post(CANCEL), 409, "erasure_begun")

    assert body["present"] == "BEGUN"


# The last superuser


@pytest.fixture
def rita(db):
    return StaffFactory(username="rita", is_superuser=True)


@pytest.fixture
def ruth(db):
    return StaffFactory(username="ruth", is_superuser=True)


def test_the_last_superuser_cannot_leave(api, rita, sam):
    StaffFactory(is_superuser=True, is_active=False)

    client = api("rita")

    with nothing_written():
        problem_of(client.post(DELETE), 409, "last_superuser")


def test_of_two_superusers_only_one_leaves(api, rita, ruth):
    assert api("rita").post(DELETE).status_code == 202

    problem_of(api("ruth").post(DELETE), 409, "last_superuser")


@pytest.mark.django_db(transaction=True)
def test_of_two_superusers_who_ask_at_once_one_may(api, rita, ruth):
    clients = [api("rita"), api("ruth")]

    answers = all_at_once([partial(c.post, DELETE) for c in clients])

    assert sorted(a.status_code for a in answers) == [202, 409]


def test_whoever_has_become_the_last_superuser_meanwhile_stays(rita, ruth):
    erasure = asked(rita)
    User.objects.filter(pk=ruth.pk).update(is_active=False)

    tasks.erase_due_accounts()

    erasure.refresh_from_db()
    assert erasure.cancelled_at is not None
    rita.refresh_from_db()
    assert rita.is_active
    assert [one["action"] for one in lines()] == ["erasure.cancelled"]


def test_nobody_changes_their_mind_all_day(api, alice):
    client = api("alice")
    for _ in range(5):
        client.post(DELETE)
        client.post(CANCEL)

    with nothing_written():
        problem_of(client.post(DELETE), 429, "too_many_requests")
