"""What waits for the second half of something: for minutes, and for one taker."""

from datetime import timedelta
from functools import partial

import pytest

from phr.core import ephemeral_store, redis_client
from phr.core.errors import Unavailable
from tests.at_once import all_at_once
from tests.broker import closed_address

A_MINUTE = timedelta(minutes=1)


def test_what_is_kept_is_looked_at_often_and_taken_once():
    ephemeral_store.set("x", {"a": [1]}, lifetime=A_MINUTE)

    assert ephemeral_store.get("x") == ephemeral_store.get("x") == {"a": [1]}
    assert ephemeral_store.pop("x") == {"a": [1]}
    assert ephemeral_store.pop("x") is ephemeral_store.get("x") is None


def test_it_ends_by_itself():
    ephemeral_store.set("x", 1, lifetime=A_MINUTE)

    assert 50 < redis_client.connection().ttl("pending:x") <= 60


@pytest.mark.django_db(transaction=True)
def test_of_ten_takers_at_once_one_gets_it():
    ephemeral_store.set("x", "it", lifetime=A_MINUTE)

    taken = all_at_once([partial(ephemeral_store.pop, "x")] * 10)

    assert [value for value in taken if value] == ["it"]


@pytest.mark.parametrize(
    "call",
    [
        partial(ephemeral_store.set, "x", 1, lifetime=A_MINUTE),
        partial(ephemeral_store.get, "x"),
        partial(ephemeral_store.pop, "x"),
    ],
)
def test_without_redis_it_says_so(settings, call):
    settings.REDIS_URL = closed_address()

    with pytest.raises(Unavailable):
        call()
