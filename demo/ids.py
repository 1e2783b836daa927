"""Identifiers that are the same every time the demo is loaded."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID


def demo_id(name: str, at: datetime) -> UUID:
    """A UUIDv7 of this time whose random part comes from a name.

    Ordered by time as the ids of real rows are, and the same in every installation.

    :param name: what the row is, unlike any other row's.
    """
    milliseconds = int(at.timestamp() * 1000)
    digest = int.from_bytes(sha256(f"demo: {name}".encode()).digest()[:10], "big")
    fraction, random = digest >> 68, digest & ((1 << 62) - 1)
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | random
    return UUID(int=value)
