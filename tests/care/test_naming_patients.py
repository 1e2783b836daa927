"""How a doctor names the patient in an emergency, and that guessing tells nothing."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from phr.audit.models import AccessEntry, CountedRefusal, Outcome
from phr.care.emergency_access import NamedPatient, open_emergency_access
from phr.core import redis_client
from phr.core.errors import NotFound
from tests.care.emergencies import BORN, REASON, URL, by_id, by_name
from tests.conftest import user_of
from tests.factories import PatientFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

WRONG = date(1987, 4, 13)


@pytest.fixture(autouse=True)
def _switched_on(settings):
    settings.EMERGENCY_ACCESS = True


@pytest.fixture
def alice(alice):
    alice.user.date_of_birth = BORN
    alice.user.save()
    return alice


@pytest.fixture
def blocked(carol):
    carol.user.date_of_birth, carol.user.is_active = BORN, False
    carol.user.save()
    return carol


@pytest.fixture
def namings(alice, blocked, dr_bob, dr_eve, sam):
    """Every way to name nobody, by what is wrong with it."""
    for user in (dr_bob.user, sam):
        user.date_of_birth = BORN
        user.save()
    return {
        "a wrong date of birth": lambda client: by_name(client, "alice", WRONG),
        "nobody's name": lambda client: by_name(client, "nobody"),
        "a doctor": lambda client: by_name(client, "dr_bob"),
        "oneself": lambda client: by_name(client, "dr_eve"),
        "staff": lambda client: by_name(client, "sam"),
        "somebody blocked": lambda client: by_name(client, "carol"),
        "an e-mail address": lambda client: by_name(client, "alice@example.org"),
        "a pattern": lambda client: by_name(client, "alic%"),
        "an id of somebody blocked": lambda client: by_id(client, blocked),
        "an id of nobody": lambda client: by_id(client, PatientFactory.build()),
        "the id of an account": lambda client: by_id(client, alice.user),
        "the id of a doctor": lambda client: by_id(client, dr_bob),
    }


def test_all_that_is_nobody_is_answered_alike_at_the_same_cost(api, namings):
    client, answers, costs = api("dr_eve"), {}, {}

    for what, send in namings.items():
        redis_client.connection().flushdb()  # else the eleventh is a 429
        CountedRefusal.objects.all().delete()  # and gets no line, whoever it names
        with nothing_written(), CaptureQueriesContext(connection) as queries:
            response = send(client)
        body = problem_of(response, 404, "not_found")
        answers[what] = (body | {"request_id": ""}, sorted(response.headers))
        costs[what] = len(queries)

    assert answers == dict.fromkeys(answers, answers["nobody's name"])
    assert set(costs.values()) == {costs["nobody's name"]}, costs


def lines():
    attempts = AccessEntry.objects.filter(action="care.emergency_access")
    return [(line.outcome, line.actor_id, line.patient_id) for line in attempts]


def test_a_wrong_date_of_birth_is_entered_with_the_patient_who_was_meant(
    api, alice, dr_eve
):
    response = by_name(api("dr_eve"), "Alice", WRONG)

    assert lines() == [(Outcome.REFUSED, dr_eve.user_id, alice.pk)]
    assert str(alice.pk) not in response.content.decode()
    entries = api("alice").get("/api/access-log/").json()["results"]
    assert [(line["action"], line["outcome"]) for line in entries] == [
        ("care.emergency_access", "REFUSED")
    ]
    assert str(alice.pk) not in api("dr_eve").get("/api/access-log/").content.decode()


def test_an_attempt_on_nobody_is_entered_as_nobodys(api, alice, dr_eve):
    by_name(api("dr_eve"), "nobody")

    assert lines() == [(Outcome.REFUSED, dr_eve.user_id, None)]


def test_not_knowing_a_date_of_birth_is_no_proof(alice, carol, dr_eve):
    """Carol has given none: a name alone must not find her."""
    assert carol.user.date_of_birth is None

    with nothing_written(), pytest.raises(NotFound):
        open_emergency_access(
            actor=user_of(dr_eve),
            named=NamedPatient(username="carol"),
            at=timezone.now(),
            **REASON,
        )


NAMED = {"username": "alice", "date_of_birth": str(BORN)}


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, {("patient_id", "required")}),
        (
            NAMED | {"patient_id": "{alice}"},
            {("username", "not_with_this"), ("date_of_birth", "not_with_this")},
        ),
        (
            {"username": "alice", "patient_id": "{alice}"},
            {("username", "not_with_this")},
        ),
        (NAMED | {"patient_id": None}, {("username", "not_with_this")}),
        ({"username": "alice"}, {("date_of_birth", "required")}),
        ({"date_of_birth": str(BORN)}, {("username", "required")}),
        (NAMED | {"date_of_birth": None}, {("date_of_birth", "null")}),
        (NAMED | {"date_of_birth": "1987-02-30"}, {("date_of_birth", "invalid")}),
        (NAMED | {"username": " "}, {("username", "blank")}),
        (NAMED | {"username": "a\0"}, {("username", "null_characters_not_allowed")}),
        (NAMED | {"reason": " "}, {("reason", "blank")}),
        (NAMED | {"reason": None}, {("reason", "null")}),
        (NAMED | {"reason": "x" * 501}, {("reason", "max_length")}),
        (NAMED | {"reason_code": "BORED"}, {("reason_code", "invalid_choice")}),
        (NAMED | {"reason_code": ""}, {("reason_code", "invalid_choice")}),
        (NAMED | {"is_primary": True}, {("is_primary", "unknown_field")}),
        (NAMED | {"expires_at": "2030-01-01T00:00:00Z"}, None),
    ],
)
def test_a_naming_or_reason_that_is_not_whole_opens_nothing(
    api, alice, dr_eve, body, faults
):
    client = api("dr_eve")
    sent = REASON | {
        name: str(alice.pk) if value == "{alice}" else value
        for name, value in body.items()
    }

    with nothing_written():
        response = client.post(URL, sent, format="json")

    expected = faults or {("expires_at", "unknown_field")}
    assert expected <= faults_of(response)
    assert lines() == []


@pytest.mark.parametrize("missing", ["reason", "reason_code"])
def test_a_reason_is_needed_in_words_and_as_a_code(api, alice, dr_eve, missing):
    client = api("dr_eve")
    body = {name: value for name, value in REASON.items() if name != missing}

    with nothing_written():
        response = client.post(URL, body | NAMED, format="json")

    assert faults_of(response) == {(missing, "required")}
