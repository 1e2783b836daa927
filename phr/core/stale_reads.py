"""Reads that may be some seconds old, and so may come from a replica.

Only what calls `read_stale` goes there. What decides who may see what, sessions and the
ledger's lines never do, and nothing within a transaction. Nobody misses there what they
have written themselves, and nobody gets an error because of the replica: the primary
answers instead (docs/adr/0095).
"""

from collections.abc import Callable
from threading import BoundedSemaphore
from time import monotonic, sleep
from typing import TypeVar
from uuid import UUID

import redis
import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections, transaction

from phr.core import redis_client
from phr.core.metrics import STALE_READS
from phr.core.postgres.replica.standing import (
    ALIAS,
    NotTheReplica,
    ask_primary,
    ask_replica,
    is_set_up,
    standing,
)

log = structlog.get_logger(__name__)
Result = TypeVar("Result")

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, ALIAS
MOST_AT_ONCE = 1  # of a process's threads: so many wait for a replica that hangs
SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_MORE = 5  # a note of who has written outlasts what a replica may lack

places = BoundedSemaphore(MOST_AT_ONCE)


class TooFarBehind(Exception):
    """The replica that has answered lacks more than it may."""


def read_stale(read: Callable[[str], Result], *, asker: UUID) -> Result:
    """Let the replica answer, if it can; else the primary does.

    :param read: is told the database's alias. It may be called a second time, and so
        changes nothing, and returns what needs no further read.
    :param asker: the user who reads, and sees what they have written before.
    """
    if not is_set_up():
        return read(PRIMARY)
    if not connection.in_atomic_block and places.acquire(blocking=False):
        try:
            if standing.may_be_asked() and not has_just_written(asker):
                return read_from_replica(read)
        except (Error, NotTheReplica, TooFarBehind) as error:
            log.warning("replica_not_asked", error=type(error).__name__)
            standing.pause()
        finally:
            places.release()
    STALE_READS.labels("primary").inc()
    return read(PRIMARY)


def read_from_replica(read: Callable[[str], Result]) -> Result:
    """Ask the replica how far it is, and read, in one transaction.

    There may be several behind one address, and a pooler may lend another one to each
    transaction: so the one that answers is asked, and not the one that was looked at.

    :raises NotTheReplica, TooFarBehind, Error: it must not be read, or cannot.
    """
    needed = standing.place_needed()
    with transaction.atomic(using=REPLICA):
        insist_on_place(needed)
        found = read(REPLICA)
    STALE_READS.labels("replica").inc()
    return found


def read_when_complete(read: Callable[[str], None]) -> bool:
    """Let the replica answer a long read, of one moment that is not before now.

    Waits until the replica has all that is committed by now, for as long as it may be
    behind.

    :returns: whether that was read; if not, `read` may have begun.
    """
    if not is_set_up():
        return False
    try:
        place = await_replica()
        with transaction.atomic(using=REPLICA):
            with connections[REPLICA].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            insist_on_place(place)
            read(REPLICA)
    except (Error, NotTheReplica, TooFarBehind) as error:
        log.warning("replica_not_asked", error=type(error).__name__)
        STALE_READS.labels("primary").inc()
        return False
    STALE_READS.labels("replica").inc()
    return True


def await_replica() -> int:
    """Wait until the replica has got to where the primary is now.

    :returns: that place.
    :raises TooFarBehind: it has not in time.
    :raises NotTheReplica, Error: it must not be read, or cannot.
    """
    place, system = ask_primary()
    end = monotonic() + settings.DATABASE_REPLICA_MAX_LAG
    while ask_replica(system) < place:
        if monotonic() > end:
            raise TooFarBehind
        sleep(SECONDS_BETWEEN_LOOKS)
    return place


def insist_on_place(place: int | None) -> None:
    """See that the replica that this transaction is on has got so far.

    :raises TooFarBehind: it has not, or nobody knows how far it should be.
    """
    if place is None or ask_replica() < place:
        raise TooFarBehind


def note_writing(user_id: UUID) -> None:
    """Remember for a while that somebody has written something; raises nothing.

    To be called when it is committed and before they are told so.
    """
    if is_set_up():
        seconds = settings.DATABASE_REPLICA_MAX_LAG + SECONDS_MORE
        try:
            redis_client.connection().set(key_of(user_id), "", ex=seconds)
        except redis.RedisError:
            standing.pause()


def has_just_written(user_id: UUID) -> bool:
    """Whether somebody may have written what a replica lacks; if unknown, yes."""
    try:
        return bool(redis_client.connection().exists(key_of(user_id)))
    except redis.RedisError:
        return True


def key_of(user_id: UUID) -> str:
    return f"has-written:{user_id}"
