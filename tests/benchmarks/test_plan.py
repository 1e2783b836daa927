"""Who has how many records, and that those of one patient do not lie side by side."""

from collections import Counter
from itertools import pairwise
from uuid import UUID

import pytest

from benchmarks.filling.plan import LONG_LISTS, Plan, row_id


@pytest.mark.parametrize("records", [2_000, 100_000])
def test_everybody_has_as_many_records_as_planned(records):
    plan = Plan(records)
    counts = Counter(plan.owner(row) for row in range(plan.rows))
    ordinary = {counts[number] for number in range(plan.patients)}
    long = {counts[plan.patients + number] for number in range(LONG_LISTS)}
    assert ordinary == {100}
    assert long == {plan.long_list}
    assert len(counts) == plan.patients + LONG_LISTS


def test_patients_come_in_turn():
    plan = Plan(100_000)
    places = [row for row in range(plan.rows) if plan.owner(row) == 7]
    gaps = {after - before for before, after in pairwise(places)}
    assert min(gaps) > plan.patients // 2


def test_ids_are_those_of_uuid_version_7_and_in_order():
    ids = [UUID(row_id(time, 0x3FFFFFFFFFFFFFFFFFF)) for time in (1, 2, 3 * 10**12)]
    assert [one.version for one in ids] == [7, 7, 7]
    assert [one.variant for one in ids] == [UUID(int=0x8 << 60).variant] * 3
    assert ids == sorted(ids)
