"""Every line is sealed once, in the order of positions."""

from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

import pytest

from phr.audit import services
from phr.audit.actions import Action
from phr.audit.canonical_bytes import canonical, entry_of
from phr.audit.models import LedgerSeal
from phr.audit.services import Access
from tests.audit.ledgers import (
    add_lines,
    found,
    leave_gap,
    positions,
    seal,
    sealed_positions,
)

pytestmark = pytest.mark.usefixtures("small_seals")


# What a line is, in bytes. Seals of years would not hold if this changed.

LINE = (
    7,
    UUID("0198c4d1-8c20-7d46-b0a9-5e3f8d17c263"),
    datetime(2026, 3, 2, 16, 16, tzinfo=UTC),
    UUID("0198c0aa-4a22-7e0c-9b41-2c7d61f0b402"),
    "DOCTOR",
    "Bob Stoñe",
    "GRANT",
    None,
    "health_records.record_opened",
    "record",
    [UUID("0198c0aa-3f10-7b52-8d0e-5f3a9c1e7a01")],
    ["CHECKUP"],
    1,
    None,
    "api",
    "192.0.2.17",
    'Tests/1.0 "x"',
    "ALLOWED",
    None,
)
TEXT = (
    '[7,"0198c4d1-8c20-7d46-b0a9-5e3f8d17c263","2026-03-02T16:16:00.000000+00:00",'
    '"0198c0aa-4a22-7e0c-9b41-2c7d61f0b402","DOCTOR","Bob Stoñe","GRANT",null,'
    '"health_records.record_opened","record",'
    '["0198c0aa-3f10-7b52-8d0e-5f3a9c1e7a01"],["CHECKUP"],1,null,"api","192.0.2.17",'
    '"Tests/1.0 \\"x\\"","ALLOWED"]'
)


def test_of_a_count_it_is_written_down_since_when():
    since = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)

    text = canonical((*LINE[:-1], since)).decode()

    assert text == f'{TEXT[:-1]},"2026-03-02T15:30:00.000000+00:00"]'


def test_a_line_is_written_down_as_documented():
    assert canonical(LINE).decode() == TEXT
    assert entry_of(LINE) == (
        (7).to_bytes(8, "big") + LINE[1].bytes + sha256(TEXT.encode()).digest()[:16]
    )


def test_an_entry_costs_one_statement_and_takes_the_next_positions(
    db, alice, django_assert_num_queries
):
    before = leave_gap()
    access = Access(alice.pk, "record", [alice.pk])

    with django_assert_num_queries(1):
        services.note(alice.user, Action.RECORD_OPENED, access, access)

    assert positions() == [before + 1, before + 2]


def test_seals_hold_all_lines_in_the_order_of_their_positions(db):
    add_lines(9)

    assert seal() == 9
    add_lines(1)
    assert seal() == 1
    assert seal() == 0

    assert [one.count for one in LedgerSeal.objects.order_by("number")] == [4, 4, 1, 1]
    assert sealed_positions() == positions()


def test_what_was_rolled_back_leaves_a_gap_that_is_no_fault(db):
    add_lines(1)
    gap = leave_gap()
    add_lines(1)

    seal()

    assert gap not in sealed_positions()
    assert sealed_positions() == positions()
    assert found() is None
