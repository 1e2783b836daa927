"""Sealing the ledger: a signature over each few lines, and over the seal before."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import connection, transaction
from django.db.models import Max, QuerySet

from phr.audit import latest_seal, signing_keys
from phr.audit.canonical_bytes import (
    COLUMNS,
    NOTHING_BEFORE,
    POSITION,
    Line,
    entry_of,
    hash_of,
)
from phr.audit.models import AccessEntry, LedgerSeal

log = structlog.get_logger(__name__)

LINES_PER_SEAL = 256
PATIENCE = timedelta(seconds=5)
SECONDS_BETWEEN_LOOKS = 0.05
# An arbitrary number that nothing else in this server locks.
LOCK = 0x6C6564676572
BEFORE_ALL = -(2**63) - 1  # no position is less than the one after it

# Transactions of others that have written lines and may write more.
WRITERS = """
SELECT virtualtransaction FROM pg_locks
WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
  AND relation = 'audit_accessentry'::regclass
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND pid IS DISTINCT FROM pg_backend_pid()
"""


def seal_ledger(
    *,
    at: datetime,
    patience: timedelta = PATIENCE,
    tell: Callable[[LedgerSeal], None] = lambda seal: None,
) -> int:
    """Seal every line that is there, each seal in a transaction of its own.

    :param patience: how long to wait for transactions that are under way.
    :param tell: is called with each new seal.
    :returns: how many lines were sealed.
    """
    upto = settled_position(patience)
    sealed = 0
    while upto is not None and (seal := seal_next(upto=upto, at=at)) is not None:
        sealed += seal.count
        tell(seal)
    newest = newest_seal()
    if upto is None:
        warn_of_waiting(newest, at)
    if newest is not None:
        latest_seal.remember(newest)
        if sealed:
            log.info(
                "ledger_sealed",
                number=newest.number,
                last_position=newest.last_position,
                hash=newest.hash.hex(),
            )
    return sealed


def settled_position(patience: timedelta) -> int | None:
    """The last position for now, once every position before it is decided.

    Positions are taken before transactions end, so a line may still come below one that
    is already there. But whoever has taken a position holds the lock of a writer until
    their end: when all that held it after the last position was seen have let go, what
    is missing below it was rolled back, and will never come.

    :returns: None if there are no lines, or if that did not happen in time.
    """
    last = AccessEntry.objects.aggregate(last=Max("position"))["last"]
    under_way = writers()
    deadline = time.monotonic() + patience.total_seconds()
    while under_way and time.monotonic() < deadline:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        under_way &= writers()
    return None if under_way else last


def writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(WRITERS)
        return {name for (name,) in cursor.fetchall()}


@transaction.atomic
def seal_next(*, upto: int, at: datetime) -> LedgerSeal | None:
    """Seal the next few lines. If two run at once, the second continues after the
    first.

    :param upto: the last position that may be sealed.
    :returns: None if all of them are sealed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    before = newest_seal()
    after = before.last_position if before else BEFORE_ALL
    lines = list(lines_after(after).filter(position__lte=upto)[:LINES_PER_SEAL])
    if not lines:
        return None
    seal = make_seal(before, lines, at)
    seal.save(force_insert=True)
    return seal


def newest_seal() -> LedgerSeal | None:
    return LedgerSeal.objects.defer("entries").order_by("-number").first()


def lines_after(position: int) -> QuerySet[AccessEntry, Line]:
    return (
        AccessEntry.objects.filter(position__gt=position)
        .order_by("position")
        .values_list(*COLUMNS)
    )


def make_seal(before: LedgerSeal | None, lines: list[Line], at: datetime) -> LedgerSeal:
    seal = LedgerSeal(
        number=before.number + 1 if before else 1,
        first_position=lines[0][POSITION],
        last_position=lines[-1][POSITION],
        count=len(lines),
        entries=b"".join(map(entry_of, lines)),
        previous=bytes(before.hash) if before else NOTHING_BEFORE,
        key_id=signing_keys.name_of(signing_keys.public_key()),
        sealed_at=at,
    )
    seal.hash = hash_of(seal)
    seal.signature = signing_keys.sign(seal.hash)
    return seal


def warn_of_waiting(newest: LedgerSeal | None, at: datetime) -> None:
    """Say for how long the oldest line without a seal has waited, if there is one."""
    oldest = lines_after(newest.last_position if newest else BEFORE_ALL)
    since = oldest.values_list("at", flat=True).first()
    if since is not None:
        seconds = round((at - since).total_seconds())
        log.warning("ledger_not_sealed", seconds=seconds)
