"""The API says what is wrong in the language that somebody has chosen."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.utils import timezone, translation

from phr.accounts.models import User
from phr.health_records.models import HealthRecord
from tests.at_once import all_at_once
from tests.conftest import Api, user_of
from tests.problem_answers import problem_of

PROFILE, RECORDS = "/api/auth/profile/", "/api/health-records/"
REQUIRED = {
    "en": "This field is required.",
    "de": "Dieses Feld ist zwingend erforderlich.",
}


def choose(somebody: Any, **choices: str) -> None:
    User.objects.filter(pk=user_of(somebody).pk).update(**choices)


def said_by(response: Any) -> set[str]:
    problem = problem_of(response, 400, "invalid_input")
    return {fault["message"] for fault in problem["errors"]}


@pytest.mark.parametrize(
    ("chosen", "asked", "spoken"),
    [("", "", "en"), ("", "de", "de"), ("en", "de", "en"), ("de", "en", "de")],
)
def test_ones_own_choice_comes_before_what_the_program_asks(
    api: Api, alice: Any, chosen: str, asked: str, spoken: str
) -> None:
    choose(alice, language=chosen)

    response = api("alice").put(PROFILE, {}, headers={"accept-language": asked})

    assert said_by(response) == {REQUIRED[spoken]}
    assert response.headers["Content-Language"] == spoken
    assert translation.get_language() == "en"


def test_times_are_in_utc_for_everybody(
    api: Api, alice: Any, alices_record: Any
) -> None:
    choose(alice, time_zone="Asia/Kathmandu")
    HealthRecord.objects.filter(pk=alices_record.pk).update(
        created_at=datetime(2026, 5, 3, 20, tzinfo=UTC)
    )

    record = api("alice").get(f"{RECORDS}{alices_record.pk}/").json()

    assert record["created_at"] == "2026-05-03T20:00:00Z"
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_each_read_their_own_language(
    api: Api, alice: Any, carol: Any
) -> None:
    choose(alice, language="de")
    choose(carol, language="en")
    clients = {"de": api("alice"), "en": api("carol")}

    def ask(language: str) -> set[str]:
        answers = [clients[language].put(PROFILE, {}) for _ in range(10)]
        return set().union(*map(said_by, answers))

    assert all_at_once([partial(ask, "de"), partial(ask, "en")]) == [
        {REQUIRED["de"]},
        {REQUIRED["en"]},
    ]
