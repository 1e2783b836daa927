"""Lines and seals as bytes: what is digested, hashed and signed.

To verify the ledger without this server, you need this module and the public key.
Nothing of it may change: seals of years would no longer agree.
"""

import struct
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from phr.audit.models import LedgerSeal

# Every column of a line, in the order in which it is written down.
COLUMNS = (
    "position",
    "id",
    "at",
    "actor_id",
    "actor_role",
    "actor_name",
    "basis",
    "grant_id",
    "action",
    "object_kind",
    "object_ids",
    "categories",
    "count",
    "patient_id",
    "face",
    "address",
    "user_agent",
    "outcome",
    "since",
)
POSITION, ID, AT = range(3)
SINCE = len(COLUMNS) - 1
Line = tuple[Any, ...]  # the values of COLUMNS

NOTHING_BEFORE = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What a seal keeps of a line: position, id, first half of the SHA-256 of all of it.
ENTRY = struct.Struct(">q16s16s")
# Number, first and last position, count, microseconds since 1970, hash before.
SEAL = struct.Struct(">5q32s")


def canonical(line: Line) -> bytes:
    """A line as bytes: a JSON array of COLUMNS, without white space, in UTF-8.

    Ids are 36 characters in lower case, the time is ISO 8601 in UTC with six digits of
    microseconds, what is empty is null, and all else is as it is. `since` is a time as
    well, and left out where it is empty: lines were sealed before there was such.
    """
    values = [*line[:AT], as_text(line[AT]), *line[AT + 1 : SINCE]]
    if line[SINCE] is not None:
        values.append(as_text(line[SINCE]))
    return orjson.dumps(values)


def as_text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def entry_of(line: Line) -> bytes:
    digest = sha256(canonical(line)).digest()
    return ENTRY.pack(line[POSITION], line[ID].bytes, digest)


def entries_in(seal: LedgerSeal) -> dict[int, bytes]:
    """What the seal keeps of its lines, by position."""
    entries = bytes(seal.entries)
    places = range(0, len(entries), ENTRY.size)
    cut = (entries[place : place + ENTRY.size] for place in places)
    return {ENTRY.unpack(entry)[POSITION]: entry for entry in cut}


def id_in(entry: bytes) -> UUID:
    return UUID(bytes=ENTRY.unpack(entry)[ID])


def hash_of(seal: LedgerSeal) -> bytes:
    """SHA-256 of SEAL, the key's name and a line feed, and the entries."""
    head = SEAL.pack(
        seal.number,
        seal.first_position,
        seal.last_position,
        seal.count,
        (seal.sealed_at - EPOCH) // timedelta(microseconds=1),
        bytes(seal.previous),
    )
    text = f"{seal.key_id}\n".encode()
    return sha256(head + text + bytes(seal.entries)).digest()
