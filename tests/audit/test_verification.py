"""Whatever is done to the ledger's tables after sealing is found, and named."""

import pytest

from phr.audit.canonical_bytes import COLUMNS
from phr.audit.models import AccessEntry
from phr.audit.verification import Fault, FaultKind
from tests.audit.ledgers import (
    add_lines,
    assert_named,
    found,
    leave_gap,
    pages,
    run_command,
    seal,
    slip_in,
    tamper,
)

LINES, SEALS = 18, 5
pytestmark = pytest.mark.usefixtures("small_seals")


def broken(kind, line, number):
    return Fault(kind, number, line.position, line.pk)


def test_a_ledger_that_nobody_touched_is_right(api, carol, sealed):
    add_lines(3)

    assert found() is None
    code, text = run_command()
    assert code == 0
    assert f"Valid seals: {SEALS}, covering lines: {LINES}." in text
    assert "Not sealed yet: 3." in text
    answers = pages(api("carol"))
    assert [page["seals"] for page in answers] == [2, 2, 1]
    assert sum(page["entries"] for page in answers) == LINES
    assert [page["unsealed"] for page in answers] == [None, None, 3]
    assert all(page["ok"] and page["first_broken"] is None for page in answers)


def test_an_empty_ledger_is_right(api, carol):
    assert run_command()[0] == 0
    (page,) = pages(api("carol"))
    assert (page["ok"], page["seals"], page["unsealed"], page["head"]) == (
        *(True, 0, 0),
        None,
    )


EDITS = {
    "id": "gen_random_uuid()",
    "at": "at + interval '1 microsecond'",
    "actor_id": "gen_random_uuid()",
    "actor_role": "'ADMIN'",
    "actor_name": "'Sam Reyes'",
    "basis": "'EMERGENCY'",
    "grant_id": "gen_random_uuid()",
    "action": "'health_records.record_seen'",
    "object_kind": "'comment'",
    "object_ids": "object_ids || gen_random_uuid()",
    "categories": "'{}'",
    "count": "count + 1",
    "patient_id": "gen_random_uuid()",
    "face": "'admin'",
    "address": "NULL",
    "user_agent": "user_agent || ' '",
    "outcome": "'REFUSED'",
    "since": "at - interval '1 hour'",
}


def test_every_column_is_under_the_seal():
    columns = {field.attname for field in AccessEntry._meta.concrete_fields}

    assert set(COLUMNS) == columns == EDITS.keys() | {"position"}


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_column_is_found(api, carol, sealed, column):
    line = sealed[5]

    tamper(
        f"UPDATE audit_accessentry SET {column} = {EDITS[column]} WHERE id = %s",
        line.pk,
    )

    assert_named(api("carol"), broken(FaultKind.CHANGED, line, 2))


def test_of_two_edits_the_first_is_named(api, carol, sealed):
    tamper(
        "UPDATE audit_accessentry SET count = 9 WHERE id = ANY(%s)",
        [sealed[16].pk, sealed[9].pk],
    )

    assert_named(api("carol"), broken(FaultKind.CHANGED, sealed[9], 3))


@pytest.mark.parametrize("index", [0, 6, LINES - 1])
def test_a_removed_line_is_found(api, carol, sealed, index):
    tamper("DELETE FROM audit_accessentry WHERE id = %s", sealed[index].pk)

    assert_named(api("carol"), broken(FaultKind.REMOVED, sealed[index], 1 + index // 4))


def test_the_removal_of_all_lines_under_a_seal_is_found(api, carol, sealed):
    tamper(
        "DELETE FROM audit_accessentry WHERE position BETWEEN %s AND %s",
        *(sealed[4].position, sealed[7].position),
    )

    assert_named(api("carol"), broken(FaultKind.REMOVED, sealed[4], 2))


@pytest.mark.parametrize("before", [2, 4], ids=["under a seal", "between seals"])
def test_a_line_slipped_into_a_gap_is_found(api, carol, db, before):
    add_lines(before)
    gap = leave_gap()
    add_lines(6)
    seal()
    assert found() is None

    line = slip_in(gap)

    assert_named(api("carol"), broken(FaultKind.ADDED, line, 1 if before < 4 else 2))


@pytest.mark.parametrize("position", [0, -(2**63)])
def test_a_line_slipped_in_before_the_first_is_found(api, carol, sealed, position):
    line = slip_in(position)

    assert_named(api("carol"), broken(FaultKind.ADDED, line, 1))


def test_a_flood_of_lines_before_the_first_costs_no_more_than_one(
    api, carol, sealed, django_assert_num_queries
):
    flood = [slip_in(position) for position in range(-100, 0)]

    with django_assert_num_queries(2) as queries:
        assert found() == broken(FaultKind.ADDED, flood[0], 1)
    assert "LIMIT 9" in queries.captured_queries[1]["sql"]  # of 8 lines, and one more


@pytest.mark.parametrize("other", [6, 12], ids=["one seal", "two seals"])
def test_lines_that_have_changed_places_are_found(api, carol, sealed, other):
    here, there = sealed[5].position, sealed[other].position
    swap = "UPDATE audit_accessentry SET position = %s WHERE position = %s"

    for values in ((-1, here), (here, there), (there, -1)):
        tamper(swap, *values)

    assert_named(api("carol"), broken(FaultKind.CHANGED, sealed[5], 2))


def test_a_line_moved_into_a_gap_is_found(api, carol, db):
    add_lines(1)
    gap = leave_gap()
    moved = add_lines(1)[0]
    seal()

    tamper("UPDATE audit_accessentry SET position = %s WHERE id = %s", gap, moved.pk)

    assert_named(api("carol"), Fault(FaultKind.CHANGED, 1, gap, moved.pk))


def test_a_line_moved_behind_the_last_is_found(api, carol, sealed):
    tamper(
        "UPDATE audit_accessentry SET position = position + 1000 WHERE id = %s",
        sealed[2].pk,
    )

    assert_named(api("carol"), broken(FaultKind.REMOVED, sealed[2], 1))
