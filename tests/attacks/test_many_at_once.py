"""A hundred sign-ins at the same moment, from many places."""

from collections import Counter
from functools import partial

import pytest

from phr.accounts.models import LoginSession
from phr.care.models import PatientProfile
from tests.at_once import all_at_once
from tests.attacks.acting import log_in
from tests.problem_answers import problem_of

A_HUNDRED, AT_ONCE = 100, 25  # threads, as each has a connection to PostgreSQL
pytestmark = pytest.mark.django_db(transaction=True)


def in_rounds(calls: list[partial[object]]) -> Counter[int]:
    """Make the calls, so many at once as the database has connections for."""
    answers = [
        answer
        for first in range(0, len(calls), AT_ONCE)
        for answer in all_at_once(calls[first : first + AT_ONCE])
    ]
    return Counter(answer.status_code for answer in answers)  # type: ignore[attr-defined] # a response


def test_of_a_hundred_wrong_passwords_ten_are_tried_from_wherever_they_come(
    alice: PatientProfile, carol: PatientProfile
) -> None:
    guesses = [
        partial(log_in, "alice", f"guess {number}", address=f"198.51.100.{number}")
        for number in range(A_HUNDRED)
    ]

    assert in_rounds(guesses) == {401: 10, 429: 90}
    assert not LoginSession.objects.exists()
    problem_of(log_in("alice", address="192.0.2.1"), 429, "too_many_requests")
    assert log_in("carol", address="192.0.2.1").status_code == 200


def test_the_right_password_among_a_hundred_wrong_ones_is_no_way_around_the_limit(
    alice: PatientProfile,
) -> None:
    """It is one of the ten, or it waits like the others."""
    guesses = [partial(log_in, "alice", f"guess {number}") for number in range(24)]

    statuses = in_rounds([*guesses, partial(log_in, "alice")])

    assert statuses[401] + statuses[200] <= 11  # the right one is given back
    assert statuses[200] <= 1
    assert statuses[200] == LoginSession.objects.count()


def test_a_hundred_right_passwords_sign_in_or_wait_and_lock_nobody_out(
    alice: PatientProfile,
) -> None:
    calls = [
        partial(log_in, "alice", address=f"198.51.100.{number}")
        for number in range(A_HUNDRED)
    ]

    statuses = in_rounds(calls)

    assert set(statuses) <= {200, 429}
    assert statuses[200] >= A_HUNDRED // AT_ONCE * 10
    assert LoginSession.objects.count() == statuses[200]
    assert log_in("alice").status_code == 200, "each success was given back"
