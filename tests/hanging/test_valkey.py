"""A Valkey that hangs: nobody waits for it, and nothing is unlimited meanwhile."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from rest_framework.test import APIClient
from structlog.testing import capture_logs

from phr.care.models import PatientProfile
from phr.core import rate_limit_fallback, redis_client
from phr.core.errors import TooMany
from phr.core.models import AttemptCount
from phr.core.rate_limits import Limit
from phr.core.tasks import forget_ended_counts
from phr.identity.sign_in import start_session
from tests.at_once import all_at_once
from tests.conftest import Api
from tests.factories import PASSWORD
from tests.hanging.conftest import Frozen
from tests.waiting import wait_until

LOGIN, REFRESH = "/api/auth/login/", "/api/auth/token/refresh/"
PROFILE = "/api/auth/profile/"
THREE = Limit("test:three", times=3, window=timedelta(minutes=5))


def log_in(password: str = "not it") -> Any:
    return APIClient().post(LOGIN, {"username": "alice", "password": password})


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


@pytest.mark.django_db(transaction=True)
def test_sign_in_works_and_stays_limited(
    alice: PatientProfile, valkey_hangs: Frozen
) -> None:
    with valkey_hangs():
        assert log_in(PASSWORD).status_code == 200
        wrong = all_at_once([log_in] * 25)
        right = log_in(PASSWORD)

    assert statuses(wrong) == [401] * 10 + [429] * 15
    assert right.status_code == 429
    assert 0 < int(right.headers["Retry-After"]) <= 15 * 60


@pytest.mark.django_db(transaction=True)
def test_one_request_waits_and_no_other(
    alice: PatientProfile, api: Api, valkey_hangs: Frozen
) -> None:
    tokens = start_session(user=alice.user, at=timezone.now())
    junk = partial(APIClient().post, REFRESH, {"refresh": "x"})

    with valkey_hangs(), capture_logs() as logged:
        assert statuses([junk() for _ in range(30)]) == [401] * 30
        refreshed = APIClient().post(REFRESH, {"refresh": tokens.refresh})
        assert refreshed.status_code == 200
        assert api("alice").get(PROFILE).status_code == 200

    assert waits_in(logged) == 1


@pytest.mark.django_db
def test_no_request_waits_to_find_out_whether_it_is_back(
    valkey_hangs: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    breaker, tries = redis_client.connection().breaker, Counter[bool]()

    def count(answers: Callable[[], bool] = breaker.answers) -> bool:
        found = answers()
        tries[found] += 1
        return found

    def ask_again() -> bool:
        THREE.take(str(uuid4()))
        return tries[False] >= 3

    monkeypatch.setattr(breaker, "answers", count)
    with valkey_hangs(), capture_logs() as logged:
        wait_until(ask_again)

    assert waits_in(logged) == 1
    wait_until(lambda: not breaker.is_open)
    assert tries[True] == 1


def waits_in(logged: list[Any]) -> int:
    return sum(line["event"] == "redis_does_not_answer" for line in logged)


@pytest.mark.django_db(transaction=True)
def test_refreshes_with_junk_stay_limited(valkey_hangs: Frozen) -> None:
    with valkey_hangs():
        answers = [APIClient().post(REFRESH, {"refresh": "x"}) for _ in range(125)]

    assert statuses(answers) == [401] * 120 + [429] * 5


@pytest.mark.django_db(transaction=True)
def test_when_it_answers_again_it_counts_again(valkey_hangs: Frozen) -> None:
    with valkey_hangs():
        THREE.take("alice")  # Valkey finds it among what it was sent, and counts too
        THREE.take("alice")
    wait_until(lambda: not redis_client.connection().breaker.is_open)

    THREE.take("alice")

    assert redis_client.connection().get(THREE.key("alice")) == b"2"


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_by_a_transaction_stays_counted(
    valkey_hangs: Frozen,
) -> None:
    def attempt() -> None:
        with transaction.atomic():
            THREE.take("alice")
            raise DatabaseError

    with valkey_hangs():
        for _ in range(3):
            with pytest.raises(DatabaseError):
                attempt()
        with pytest.raises(TooMany):
            attempt()


@pytest.mark.django_db(transaction=True)
def test_the_database_counts_as_redis_does(valkey_hangs: Frozen) -> None:
    with valkey_hangs():
        THREE.take("alice", units=2)
        with pytest.raises(TooMany):
            THREE.take("alice", units=2)
        THREE.give_back("alice", units=5)
        THREE.take("alice", units=3)
        THREE.take("carol")
        with pytest.raises(TooMany) as refused:
            THREE.take("alice")

    assert 0 < refused.value.retry_after <= 300
    assert "alice" not in str(list(AttemptCount.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_a_window_that_has_ended_begins_anew_and_is_forgotten(
    valkey_hangs: Frozen,
) -> None:
    with valkey_hangs():
        for _ in range(3):
            THREE.take("alice")
        AttemptCount.objects.update(ends_at=timezone.now())
        THREE.take("alice")
        assert AttemptCount.objects.get().counted == 1

    assert forget_ended_counts() == 0
    AttemptCount.objects.update(ends_at=timezone.now())
    assert forget_ended_counts() == 1
    assert rate_limit_fallback.forget_ended() == 0
