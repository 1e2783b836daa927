"""Ids: UUIDs of version 7."""

import time
from uuid import RFC_4122

from phr.core.ids import uuid7


def test_ids_are_uuids_of_version_7() -> None:
    made = uuid7()

    assert made.version == 7
    assert made.variant == RFC_4122


def test_ids_carry_the_time_in_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000

    assert before <= made.int >> 80 <= after


def test_ids_made_later_sort_after_ids_made_before() -> None:
    early = uuid7()
    time.sleep(0.001)
    late = uuid7()

    assert early < late
    assert str(early) < str(late)


def test_ids_made_in_the_same_moment_differ() -> None:
    assert len({uuid7() for _ in range(20_000)}) == 20_000


def test_the_random_part_of_ids_uses_all_of_its_62_bits() -> None:
    parts = [uuid7().int & ((1 << 62) - 1) for _ in range(200)]
    ever_set, always_set = 0, (1 << 62) - 1
    for part in parts:
        ever_set, always_set = ever_set | part, always_set & part

    assert ever_set == (1 << 62) - 1
    assert always_set == 0
