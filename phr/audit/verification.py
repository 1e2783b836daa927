"""Checking the ledger against its seals: what does not agree is named.

A page of seals at a time, with a `Place` to go on from, so that neither a request nor a
command ever holds more than a page.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from operator import itemgetter
from uuid import UUID

from django.db import models

from phr.audit import signing_keys
from phr.audit.canonical_bytes import (
    ID,
    NOTHING_BEFORE,
    POSITION,
    Line,
    entries_in,
    entry_of,
    hash_of,
    id_in,
)
from phr.audit.latest_seal import NotedSeal
from phr.audit.models import LedgerSeal
from phr.audit.redaction import redacted_under
from phr.audit.seals import BEFORE_ALL, lines_after

SEALS_PER_PAGE = 40
MOST_UNSEALED = 1_000  # are counted; more are that many


class FaultKind(models.TextChoices):
    CHANGED = "CHANGED", "A line was changed after it was sealed"
    REMOVED = "REMOVED", "A sealed line is missing"
    ADDED = "ADDED", "A line was inserted among sealed lines"
    SEAL_CHANGED = "SEAL_CHANGED", "A seal was changed"
    SEAL_MISSING = "SEAL_MISSING", "A seal between others is missing"
    BAD_SIGNATURE = "BAD_SIGNATURE", "The signature of a seal is not valid"
    UNKNOWN_KEY = "UNKNOWN_KEY", "A seal was signed with an unknown key"
    TAIL_MISSING = "TAIL_MISSING", "The latest seal is missing or was replaced"


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that does not agree.

    :param seal: the number of the seal that shows it.
    """

    kind: FaultKind
    seal: int
    position: int | None = None
    entry_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The last valid seal; checking continues after it."""

    number: int
    hash: bytes
    last_position: int


START = Place(0, NOTHING_BEFORE, BEFORE_ALL)


@dataclass(frozen=True, slots=True)
class Page:
    """What was found on one page.

    :param seals: how many were found right.
    :param entries: how many lines lie under them.
    :param redacted: how many of those have lost a name since, as was signed.
    :param unsealed: lines behind the last seal, if this is the last page.
    :param newest: the last seal that was found right.
    :param next: where to go on; None at the end, and after a fault.
    """

    seals: int
    entries: int
    redacted: int
    unsealed: int | None
    fault: Fault | None
    newest: LedgerSeal | None
    next: Place | None


def verify(noted: Sequence[NotedSeal], start: Place = START) -> Iterator[Page]:
    """Check the ledger, page by page, up to the end or the first fault."""
    place: Place | None = start
    while place is not None:
        page = verify_page(place, noted)
        yield page
        place = page.next


def verify_since(since: NotedSeal, noted: Sequence[NotedSeal]) -> Iterator[Page]:
    """Check what lies behind a seal that was noted elsewhere, as `verify` does.

    Its hash says where it ends, and which seals may follow. Of what lies before it this
    says nothing: that was checked when it was noted.
    """
    seal = LedgerSeal.objects.filter(number=since.number).first()
    if seal is None or {bytes(seal.hash), hash_of(seal)} != {since.hash}:
        fault = Fault(FaultKind.TAIL_MISSING, since.number)
        yield Page(0, 0, 0, unsealed=None, fault=fault, newest=None, next=None)
        return
    yield from verify(noted, place_of(seal))


def verify_page(start: Place, noted: Sequence[NotedSeal]) -> Page:
    """Check the next seals, and the lines from where they begin to where they end.

    :param noted: seals that are known to have been there. They must have been read
        before this is called, or one that was made since would seem to be missing.
    """
    behind = LedgerSeal.objects.filter(number__gt=start.number)
    found = list(behind.order_by("number")[: SEALS_PER_PAGE + 1])
    is_last = len(found) <= SEALS_PER_PAGE
    seals, broken_seal = check_chain(start, found[:SEALS_PER_PAGE], noted)
    lines = read_lines(start, seals, is_last=is_last)
    redacted, broken_line = check_lines(seals, lines)
    right = seals[: len(redacted)]
    place = place_of(seals[-1]) if seals else start
    fault = broken_line or broken_seal
    if fault is None and is_last and any(seal.number > place.number for seal in noted):
        fault = Fault(FaultKind.TAIL_MISSING, place.number + 1)
    return Page(
        seals=len(right),
        entries=sum(seal.count for seal in right),
        redacted=sum(redacted),
        unsealed=count_behind(place, lines) if is_last and not fault else None,
        fault=fault,
        newest=right[-1] if right else None,
        next=None if fault or is_last else place,
    )


def check_chain(
    start: Place, seals: Sequence[LedgerSeal], noted: Sequence[NotedSeal]
) -> tuple[list[LedgerSeal], Fault | None]:
    """The seals up to the first one that is not right in itself or in its row."""
    place = start
    right: list[LedgerSeal] = []
    for seal in seals:
        kind = fault_of(seal, place, noted)
        if kind is not None:
            return right, Fault(kind, place.number + 1)
        place = place_of(seal)
        right.append(seal)
    return right, None


def place_of(seal: LedgerSeal) -> Place:
    return Place(seal.number, bytes(seal.hash), seal.last_position)


def fault_of(
    seal: LedgerSeal, before: Place, noted: Sequence[NotedSeal]
) -> FaultKind | None:
    if seal.number != before.number + 1:
        return FaultKind.SEAL_MISSING
    if seal.key_id not in signing_keys.known_keys():
        return FaultKind.UNKNOWN_KEY
    if hash_of(seal) != bytes(seal.hash) or not follows(seal, before):
        return FaultKind.SEAL_CHANGED
    if not signing_keys.is_signed(bytes(seal.hash), bytes(seal.signature), seal.key_id):
        return FaultKind.BAD_SIGNATURE
    if any(is_another(seal, one) for one in noted):
        return FaultKind.TAIL_MISSING
    return None


def is_another(seal: LedgerSeal, noted: NotedSeal) -> bool:
    return noted.number == seal.number and noted.hash != bytes(seal.hash)


def follows(seal: LedgerSeal, before: Place) -> bool:
    is_next = bytes(seal.previous) == before.hash
    return is_next and before.last_position < seal.first_position


def read_lines(
    start: Place, seals: Sequence[LedgerSeal], *, is_last: bool
) -> list[Line]:
    """The lines under the seals, and at the end some of those behind them.

    One more than was sealed is enough to show that there is one too many.
    """
    most = sum(seal.count for seal in seals) + 1
    lines = lines_after(start.last_position)
    if is_last:
        most += MOST_UNSEALED
    elif seals:
        lines = lines.filter(position__lte=seals[-1].last_position)
    else:
        return []
    return list(lines[:most])


def check_lines(
    seals: Sequence[LedgerSeal], lines: Sequence[Line]
) -> tuple[list[int], Fault | None]:
    """Compare lines with seals.

    :returns: for each seal that was right, how many lines have lost a name since; and
        what is wrong with the next one.
    """
    begin = 0
    right: list[int] = []
    for seal in seals:
        end = bisect_right(lines, seal.last_position, begin, key=itemgetter(POSITION))
        redacted, fault = check_stretch(seal, lines[begin:end])
        if fault is not None:
            return right, fault
        right.append(redacted)
        begin = end
    return right, None


def check_stretch(seal: LedgerSeal, there: Sequence[Line]) -> tuple[int, Fault | None]:
    if b"".join(map(entry_of, there)) == bytes(seal.entries):
        return 0, None
    redacted = redacted_under(seal, there)
    return len(redacted), first_difference(seal, there, redacted)


def first_difference(
    seal: LedgerSeal, there: Sequence[Line], redacted: Set[int]
) -> Fault | None:
    """What a seal and the lines in its stretch do not agree about.

    :param redacted: positions where they need not.
    """
    sealed = entries_in(seal)
    lines = {line[POSITION]: line for line in there}
    different = [
        position
        for position in (sealed.keys() | lines.keys()) - redacted
        if position not in sealed
        or position not in lines
        or entry_of(lines[position]) != sealed[position]
    ]
    return fault_at(min(different), seal, sealed, lines) if different else None


def fault_at(
    position: int, seal: LedgerSeal, sealed: dict[int, bytes], lines: dict[int, Line]
) -> Fault:
    """What has been done at the first position where seal and lines differ."""
    line_ids = {line[ID] for line in lines.values()}
    if position not in sealed:
        entry_id = lines[position][ID]
        is_known = entry_id in map(id_in, sealed.values())
        kind = FaultKind.CHANGED if is_known else FaultKind.ADDED
    else:
        entry_id = id_in(sealed[position])
        is_there = position in lines or entry_id in line_ids
        kind = FaultKind.CHANGED if is_there else FaultKind.REMOVED
    return Fault(kind, seal.number, position, entry_id)


def count_behind(place: Place, lines: Sequence[Line]) -> int:
    behind = [line for line in lines if line[POSITION] > place.last_position]
    return min(len(behind), MOST_UNSEALED)
