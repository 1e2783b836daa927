"""How far a replica is behind, as far as this process knows.

A replica says up to which place in the primary's log (WAL) it has got, and not how old
that is: its clock may be another one, and where nothing is written, time passes all the
same. So once a second a thread notes at which place the primary is. A replica that has
got to a place has everything that was committed before it was noted.

The thread works only while somebody reads so, and for a minute after that.
"""

import os
from collections import deque
from threading import Lock, Thread
from time import monotonic, sleep
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, close_old_connections, connections

log = structlog.get_logger(__name__)

ALIAS = "replica"
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_TRIES = 0.1
SECONDS_TRUSTED = 3.0  # for so long a look counts
SECONDS_WANTED = 60.0
SECONDS_PAUSED = 10.0  # after a read that has failed
MOST_PLACES = 600
HEADERS = (24, 40)  # bytes at the beginning of a page of the log
PAGE = 8_192

AT_PRIMARY = """
SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn,
  (SELECT system_identifier FROM pg_control_system())
"""
AT_REPLICA = """
SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() - '0/0'::pg_lsn,
  (SELECT system_identifier FROM pg_control_system())
"""


class NotTheReplica(Exception):
    """What answers there is no replica of our primary."""


class Place(NamedTuple):
    """Where the primary's log was, or a bit less, at a time of this process."""

    at: float
    place: int


def is_set_up() -> bool:
    """Whether this installation has a replica."""
    return ALIAS in settings.DATABASES


def ask_primary() -> tuple[int, int]:
    """Where the primary is now, and of which installation of PostgreSQL it is.

    :raises Error: it does not say.
    """
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(AT_PRIMARY)
        place, system = cursor.fetchone()
    return without_header(int(place)), system


def without_header(place: int) -> int:
    """The end of what is written, where the place is that of what will be.

    The two differ where a page of the log is full, or was left for a new file.
    """
    within = place % PAGE
    return place - within if within in HEADERS else place


def ask_replica(system: int | None = None) -> int:
    """Up to where the replica has got.

    :param system: the primary's; None where that has been compared before.
    :raises NotTheReplica: it is a primary itself, or another one's.
    :raises Error: it does not say.
    """
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(AT_REPLICA)
        is_in_recovery, place, its_system = cursor.fetchone()
    if not is_in_recovery or system not in (None, its_system):
        raise NotTheReplica
    return int(place)


class Standing:
    """What the threads of this process know together of the replica.

    :ivar got_to: where the replica was at the last look.
    :ivar looked_at: when that was; before any look, or after one that failed, never.
    """

    def __init__(self) -> None:
        self.begin_anew()
        os.register_at_fork(after_in_child=self.begin_anew)

    def begin_anew(self) -> None:
        self.turn = Lock()
        self.thread: Thread | None = None
        self.places: deque[Place] = deque(maxlen=MOST_PLACES)
        self.got_to, self.looked_at = 0, float("-inf")
        self.wanted_at = self.paused_at = float("-inf")
        self.complete_until = float("-inf")

    def place_needed(self) -> int | None:
        """Where a replica must have got to, not to be too far behind.

        :returns: None where that is not known now.
        """
        oldest = monotonic() - settings.DATABASE_REPLICA_MAX_LAG
        with self.turn:
            known = [each.place for each in self.places if each.at >= oldest]
        return known[0] if known else None

    def may_be_asked(self) -> bool:
        """Whether the replica answers, and is near enough, by the last look."""
        now = monotonic()
        self.want(now)
        if now < self.paused_at + SECONDS_PAUSED:
            return False
        if now > self.looked_at + SECONDS_TRUSTED:
            return False
        needed = self.place_needed()
        return needed is not None and self.got_to >= needed

    def pause(self) -> None:
        """Leave the replica alone for a moment: it has failed somebody."""
        self.paused_at = monotonic()

    def want(self, now: float) -> None:
        """Have the thread look for a while."""
        self.wanted_at = now
        if self.thread is not None and self.thread.is_alive():
            return
        with self.turn:
            if self.thread is None or not self.thread.is_alive():
                self.thread = Thread(
                    target=self.keep_looking, name="replica", daemon=True
                )
                self.thread.start()

    def keep_looking(self) -> None:
        try:
            while monotonic() < self.wanted_at + SECONDS_WANTED:
                close_old_connections()
                self.look()
                sleep(SECONDS_BETWEEN_LOOKS)
        finally:
            connections.close_all()

    def look(self) -> None:
        """See where both are; what cannot be seen is not known from then on."""
        try:
            self.note_places()
        except (Error, NotTheReplica) as error:
            if self.looked_at > float("-inf"):
                log.warning("replica_not_asked", error=type(error).__name__)
            self.looked_at = float("-inf")

    def note_places(self, patience: float = 0) -> None:
        """See where both are.

        :param patience: for how many seconds the replica may take to get there.
        :raises Error, NotTheReplica: one of them does not say.
        """
        now = monotonic()
        place, system = ask_primary()
        with self.turn:
            if self.places and place < self.places[-1].place:
                self.places.clear()  # another primary, which has not got so far
            self.places.append(Place(now, place))
        got_to = ask_replica(system)
        while got_to < place and monotonic() < now + patience:
            sleep(SECONDS_BETWEEN_TRIES)
            got_to = ask_replica(system)
        with self.turn:
            passed = [each.at for each in self.places if each.place <= got_to]
            self.complete_until = max([self.complete_until, *passed])
        self.got_to, self.looked_at = got_to, monotonic()

    def seconds_behind(self) -> float:
        """How old what the replica has is at the most, by what was noted so far."""
        if self.places and self.got_to >= self.places[-1].place:
            return 0.0
        since = max(self.complete_until, self.places[0].at if self.places else 0.0)
        return monotonic() - since


standing = Standing()
