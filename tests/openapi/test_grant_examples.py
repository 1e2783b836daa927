"""The examples of grants are what the server really answers."""

import pytest

from phr.accounts.models import User
from phr.api.openapi.examples import cast
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.models import CareGrant
from tests.openapi.sending import (
    NEW_WHEN_MADE,
    OPERATIONS,
    answer_example,
    client_of,
    request_example,
    without,
)
from tests.openapi.world import populate

CAST = cast()
pytestmark = pytest.mark.django_db

GRANTS = "/api/care/grants/"
NEW = NEW_WHEN_MADE | {"requested_at", "decided_at", "ended_at"}


@pytest.fixture
def world() -> dict[str, User]:
    return populate()


@pytest.fixture
def asked(world: dict[str, User]) -> None:
    """Dr. Bob has asked, and Alice has not answered."""
    CareGrant.objects.update(
        status=GrantStatus.PENDING,
        origin=GrantOrigin.DOCTOR,
        is_primary=False,
        decided_at=None,
    )


@pytest.mark.parametrize(
    ("who", "sent", "answered"),
    [("patient", "a_patient", "to_a_patient"), ("doctor", "a_doctor", "to_a_doctor")],
)
def test_the_new_grants_of_the_examples_are_made(
    world: dict[str, User], who: str, sent: str, answered: str
) -> None:
    if who == "doctor":
        CareGrant.objects.all().delete()

    answer = client_of(world[who]).post(GRANTS, request_example("create_grant", sent))

    assert answer.status_code == 201
    expected = answer_example("create_grant", 201, answered)
    assert without(NEW, answer.json()) == without(NEW, expected)


@pytest.mark.parametrize(
    ("verb", "sent", "answered"),
    [
        ("accept", "narrower", "accepted"),
        ("decline", "with_a_reason", "declined"),
        ("end", "with_a_reason", "ended"),
    ],
)
def test_the_answers_of_the_examples_are_given(
    world: dict[str, User],
    request: pytest.FixtureRequest,
    verb: str,
    sent: str,
    answered: str,
) -> None:
    if verb != "end":
        request.getfixturevalue("asked")
    operation, url = f"{verb}_grant", f"{GRANTS}{CAST['grant']['id']}/{verb}/"

    answer = client_of(world["patient"]).post(url, request_example(operation, sent))

    assert answer.status_code == 200
    expected = answer_example(operation, 200, answered)
    assert without(NEW, answer.json()) == without(NEW, expected)
    assert answer.json()["id"] == CAST["grant"]["id"]


@pytest.mark.parametrize("verb", ["accept", "decline", "end"])
def test_no_words_are_needed(world: dict[str, User], asked: None, verb: str) -> None:
    examples = OPERATIONS[f"{verb}_grant"][2]["requestBody"]["content"]
    empty = [
        example["value"]
        for example in examples["application/json"]["examples"].values()
        if not example["value"]
    ]
    url = f"{GRANTS}{CAST['grant']['id']}/{verb}/"

    assert empty == [{}]
    assert client_of(world["patient"]).post(url, {}).status_code == 200


def test_the_explanation_of_the_example_is_given(world: dict[str, User]) -> None:
    question = {"doctor": CAST["dr_bob"]["id"], "record": CAST["record"]["id"]}

    for who in ("patient", "doctor"):
        answer = client_of(world[who]).get("/api/care/explain/", question)
        assert answer.json() == answer_example("explain_access", 200, "can_see")
