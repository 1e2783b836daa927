"""Identifiers: UUID version 7, not guessable and ordered by time."""

import os
import time
from datetime import datetime
from uuid import UUID

NANOSECONDS_PER_MILLISECOND = 1_000_000


def uuid7() -> UUID:
    """Make a UUIDv7 (RFC 9562, section 5.7) with 62 random bits.

    The 12 bits after the version hold the fraction of the millisecond (section 6.2,
    method 3), so that rows made by one process in a row sort in that order.
    """
    milliseconds, rest = divmod(time.time_ns(), NANOSECONDS_PER_MILLISECOND)
    fraction = (rest << 12) // NANOSECONDS_PER_MILLISECOND
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random
    return UUID(int=value)


def first_id_of(moment: datetime) -> UUID:
    """The least UUIDv7 that is made at a moment or later.

    Rows older than that are those with a lesser id, which the primary key finds.
    """
    return UUID(int=int(moment.timestamp() * 1_000) << 80)
