"""Rate limits: what they count, what they give back, and without Redis."""

import time
from datetime import timedelta

import pytest
import redis
from django.db import connection
from pytest_django import Settings

from dev.valkey import free_port
from phr.core import redis_client
from phr.core.errors import TooMany, Unavailable
from phr.core.rate_limits import Limit
from tests.at_once import all_at_once
from tests.broker import closed_address

TEN_A_MINUTE = Limit("tests", 10, timedelta(minutes=1))


KEY = "alice@example.org"


def attempt(limit: Limit = TEN_A_MINUTE, key: str = KEY) -> bool:
    """Whether an attempt gets past."""
    try:
        limit.take(key)
    except TooMany:
        return False
    return True


@pytest.fixture
def no_redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counters' Redis is away."""
    settings.REDIS_URL = closed_address()


def test_a_limit_lets_exactly_its_number_of_attempts_past() -> None:
    assert [attempt() for _ in range(12)] == [True] * 10 + [False] * 2


@pytest.mark.django_db(transaction=True)
def test_a_limit_holds_against_attempts_at_once() -> None:
    assert sum(all_at_once([attempt] * 30)) == 10


def test_a_limit_counts_each_key_and_each_limit_alone() -> None:
    for _ in range(10):
        attempt()

    assert not attempt()
    assert attempt(key="bob@example.org")
    assert attempt(Limit("tests:other", 10, timedelta(minutes=1)))


def test_a_refusal_says_how_long_to_wait() -> None:
    for _ in range(10):
        attempt()

    with pytest.raises(TooMany) as refusal:
        TEN_A_MINUTE.take(KEY)

    assert 50 <= refusal.value.retry_after <= 60


def test_refused_attempts_do_not_make_the_wait_longer() -> None:
    limit = Limit("tests:short", 1, timedelta(seconds=1))
    assert attempt(limit)
    for _ in range(3):
        assert not attempt(limit)

    time.sleep(1.2)

    assert attempt(limit)


def test_an_attempt_that_is_given_back_can_be_made_again() -> None:
    for _ in range(10):
        attempt()

    TEN_A_MINUTE.give_back(KEY)

    assert [attempt(), attempt()] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_giving_back_after_the_window_leaves_no_counter_without_an_end() -> None:
    TEN_A_MINUTE.give_back(KEY)

    assert redis_client.connection().keys("limit:*") == []


def test_the_counters_hold_no_key_in_the_clear() -> None:
    attempt()

    assert len(redis_client.connection().keys("limit:*")) == 1
    assert "alice" not in str(redis_client.connection().keys("*"))


@pytest.mark.django_db(transaction=True)
def test_without_redis_attempts_are_counted_in_the_database(no_redis: None) -> None:
    assert [attempt() for _ in range(11)] == [True] * 10 + [False]
    TEN_A_MINUTE.give_back(KEY)
    assert [attempt(), attempt()] == [True, False]
    with pytest.raises(redis.RedisError):
        redis_client.check()


@pytest.mark.django_db(transaction=True)
def test_without_redis_and_database_attempts_are_refused(
    no_redis: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(free_port()))

    with pytest.raises(Unavailable):
        TEN_A_MINUTE.take(KEY)
    with pytest.raises(Unavailable):
        TEN_A_MINUTE.give_back(KEY)


BYTES = Limit("test:bytes", times=1_000, window=timedelta(minutes=1))


def test_an_attempt_counts_for_as_much_as_it_is_worth() -> None:
    BYTES.take("alice", units=600)
    with pytest.raises(TooMany):
        BYTES.take("alice", units=401)
    BYTES.take("alice", units=400)  # what was refused is not counted
    with pytest.raises(TooMany):
        BYTES.take("alice")
    BYTES.take("carol", units=1_000)


def test_nothing_worth_more_than_the_whole_limit_gets_past() -> None:
    with pytest.raises(TooMany):
        BYTES.take("alice", units=1_001)


def test_no_more_is_given_back_than_the_window_holds() -> None:
    BYTES.take("alice", units=300)
    BYTES.give_back("alice", units=700)
    BYTES.take("alice", units=1_000)
    with pytest.raises(TooMany):
        BYTES.take("alice")
