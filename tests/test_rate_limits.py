"""Counters with a window, asked directly: what they count, and what they give back."""

from datetime import timedelta

import pytest

from phr.core.errors import TooMany
from phr.core.rate_limits import Limit

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
