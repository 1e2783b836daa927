"""Days and times that are impossible, without a zone or out of range."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.accounts.bodies import patient_body
from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import (
    ONE_RECORD,
    PERSON,
    PROFILE,
    RECORD,
    RECORDS,
    REGISTER,
    Endpoint,
)
from tests.cases import for_each, undone
from tests.problem_answers import faults_of
from tests.rows import nothing_written

WRITES = [
    Endpoint("alice", "post", RECORDS, RECORD),
    Endpoint("alice", "put", ONE_RECORD, RECORD),
    Endpoint("alice", "patch", ONE_RECORD, {}),
]
OUT_OF_RANGE = "visit_date_out_of_range"


BAD_VISITS = [
    ("2026-03-02T09:00:00", "no_zone"),
    ("2026-03-02 09:00", "no_zone"),
    ("2026-03-02", "no_zone"),
    ("2026-02-29T09:00:00Z", "invalid"),
    ("2026-13-01T09:00:00Z", "invalid"),
    ("2026-03-02T24:00:01Z", "invalid"),
    ("2026-03-02T09:00:00+25:00", "invalid"),
    ("2026-03-02T09:00:00+23:59", "no_such_offset"),
    ("2026-03-02T09:00:00-23:59", "no_such_offset"),
    ("2026-03-02T09:00:00+14:01", "no_such_offset"),
    ("2026-03-02T09:00:00-14:01", "no_such_offset"),
    ("2026-03-02T09:00:00+00:19:32", "no_such_offset"),  # Amsterdam's until 1937
    ("2026-03-02T09:00:00 Europe/Paris", "invalid"),
    ("yesterday", "invalid"),
    ("1772442000", "invalid"),
    ("0000-01-01T00:00:00Z", "invalid"),
    ("10000-01-01T00:00:00Z", "invalid"),
    ("0001-01-01T00:00:00+14:00", "overflow"),
    ("9999-12-31T23:59:59-12:00", "overflow"),
    ("0001-01-01T00:00:00Z", OUT_OF_RANGE),
    ("1899-12-31T23:59:59Z", OUT_OF_RANGE),
    ("1900-01-01T00:00:00+00:01", OUT_OF_RANGE),  # a minute before, in UTC
    ("9999-12-31T23:59:59Z", OUT_OF_RANGE),
]


@for_each("endpoint", WRITES)
@for_each("visit_date, code", BAD_VISITS, undone)
def test_a_visit_has_a_possible_time_with_its_zone(
    send: Send, endpoint: Endpoint, visit_date: str, code: str
) -> None:
    with nothing_written():
        response = send(endpoint, endpoint.body | {"visit_date": visit_date})

    assert faults_of(response) == {("visit_date", code)}


@for_each("endpoint", WRITES)
@for_each(
    "visit_date, kept",
    [
        ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00Z"),
        ("1899-12-31T17:00:00-07:00", "1899-12-31T17:00:00-07:00"),
        ("2026-03-02T09:00:00+05:45", "2026-03-02T09:00:00+05:45"),
        ("2024-02-29T09:00:00-03:00", "2024-02-29T09:00:00-03:00"),
        ("2026-03-02T09:00:00.250+14:00", "2026-03-02T09:00:00.250000+14:00"),
        ("2026-03-02T23:30:00-14:00", "2026-03-02T23:30:00-14:00"),
        ("2026-03-02T23:30-0700", "2026-03-02T23:30:00-07:00"),
        ("2026-03-02T09:00:00+00:00", "2026-03-02T09:00:00Z"),
        ("2026-03-02T09:00:00-00:00", "2026-03-02T09:00:00Z"),
        ("2026-03-02 09:00:00+01", "2026-03-02T09:00:00+01:00"),
    ],
    undone,
)
def test_a_visit_keeps_its_time_of_day_and_its_offset(
    send: Send, endpoint: Endpoint, visit_date: str, kept: str
) -> None:
    response = send(endpoint, endpoint.body | {"visit_date": visit_date})

    assert response.status_code == endpoint.success
    assert response.json()["visit_date"] == kept


@pytest.mark.parametrize("endpoint", WRITES, ids=str)
def test_a_visit_is_at_most_a_day_ahead(send: Send, endpoint: Endpoint) -> None:
    a_day_ahead = datetime.now(UTC) + timedelta(days=1)
    late, early = (
        a_day_ahead + timedelta(seconds=20),
        a_day_ahead - timedelta(minutes=1),
    )

    with nothing_written():
        response = send(endpoint, endpoint.body | {"visit_date": late.isoformat()})
        assert faults_of(response) == {("visit_date", OUT_OF_RANGE)}

    response = send(endpoint, endpoint.body | {"visit_date": early.isoformat()})
    assert response.status_code == endpoint.success


def day(birth: str) -> str:
    """What is ahead is found out by the test, which may begin before midnight."""
    ahead = {"tomorrow": 1, "in three days": 3}
    if birth not in ahead:
        return birth
    return (datetime.now(UTC) + timedelta(days=ahead[birth])).date().isoformat()


BAD_BIRTHS = [
    ("1899-12-31", "date_of_birth_out_of_range"),
    ("0001-01-01", "date_of_birth_out_of_range"),
    ("9999-12-31", "date_of_birth_out_of_range"),
    ("in three days", "date_of_birth_out_of_range"),
    ("2023-02-29", "invalid"),
    ("1990-00-10", "invalid"),
    ("10.02.1990", "invalid"),
    ("1990-02-10T00:00:00Z", "invalid"),
]


@pytest.mark.parametrize(("birth", "code"), BAD_BIRTHS)
def test_nobody_registers_with_an_impossible_birth(
    send: Send, birth: str, code: str
) -> None:
    endpoint = Endpoint("nobody", "post", REGISTER)

    with nothing_written():
        response = send(endpoint, patient_body(date_of_birth=day(birth)))

    assert faults_of(response) == {("date_of_birth", code)}


@for_each("birth, code", BAD_BIRTHS)
@for_each("who", ["alice", "dr_bob", "sam"], undone)
def test_nobody_takes_an_impossible_birth(
    send: Send, who: str, birth: str, code: str
) -> None:
    body = {"user": PERSON | {"date_of_birth": day(birth)}}

    with nothing_written():
        response = send(Endpoint(who, "patch", PROFILE), body)

    assert faults_of(response) == {("user.date_of_birth", code)}


@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_a_child_born_today_in_tokyo_is_no_child_of_the_future(
    send: Send, who: str
) -> None:
    """There it is tomorrow already, for nine hours of each day of UTC."""
    born = day("tomorrow")

    changed = send(Endpoint(who, "patch", PROFILE), {"user": {"date_of_birth": born}})
    made = send(Endpoint("nobody", "post", REGISTER), patient_body(date_of_birth=born))

    assert changed.json()["user"]["date_of_birth"] == born
    assert made.status_code == 201


@pytest.mark.parametrize("birth", ["1900-01-01", "2024-02-29", None])
def test_a_possible_birth_is_kept(send: Send, birth: str | None) -> None:
    response = send(
        Endpoint("alice", "patch", PROFILE), {"user": {"date_of_birth": birth}}
    )

    assert response.json()["user"]["date_of_birth"] == birth
