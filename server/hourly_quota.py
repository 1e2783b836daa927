"""What a user may cost in an hour: seconds of work, whatever they ask for.

Each login session has an hour of its own, so that who uses up that of a stolen token
takes nothing from its owner, who signs in again. All sessions of a user together have
more, but not without end.

Counted in this process and nowhere else: it is what a thread here was kept busy, which
no other place could tell as cheaply. Two processes of `web` allow twice as much.
"""

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import NamedTuple, TypeVar
from uuid import UUID

Result = TypeVar("Result")

HOUR = 60 * 60.0  # seconds
# Of one request: what waits for a database that does not answer is nobody's fault.
MOST_OF_ONE = 2.0
SESSIONS = 4  # how many of a user's can use up what an hour has for one of them
# Users and sessions; with more, those whose hour is over are forgotten.
MANY = 20_000


class Payer(NamedTuple):
    """Whose hour it is that a request takes from."""

    user_id: UUID
    session: Hashable


class HourlyQuota:
    """Seconds used of an hour that began with a session's or a user's first request.

    :param seconds: how many an hour has for one session.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.used: dict[Hashable, tuple[float, float]] = {}  # since when, and how much
        self.lock = Lock()

    def wait_of_session(self, payer: Payer, at: float) -> int:
        """Seconds until this session's next hour if this one is used up, else 0."""
        return self.wait_of(payer.session, self.seconds, at)

    def wait_of_user(self, payer: Payer, at: float) -> int:
        """Seconds until all sessions of this user have a next hour, else 0."""
        return self.wait_of(payer.user_id, self.seconds * SESSIONS, at)

    def wait_of(self, key: Hashable, most: float, at: float) -> int:
        since, used = self.used.get(key, (at, 0.0))
        left = since + HOUR - at
        return 0 if used < most or left <= 0 else max(1, round(left))

    def measured(self, payer: Payer, work: Callable[[], Result]) -> Result:
        """Do some work, and count how long it took for a user, also if it fails."""
        began = time.monotonic()
        try:
            return work()
        finally:
            seconds = time.monotonic() - began
            self.add(payer, began, min(seconds, MOST_OF_ONE))

    def add(self, payer: Payer, at: float, seconds: float) -> None:
        with self.lock:
            for key in payer:
                self.add_to(key, at, seconds)

    def add_to(self, key: Hashable, at: float, seconds: float) -> None:
        if key not in self.used and len(self.used) >= MANY:
            self.forget(at)
        since, used = self.used.get(key, (at, 0.0))
        if at - since >= HOUR:
            since, used = at, 0.0
        self.used[key] = since, used + seconds

    def forget(self, at: float) -> None:
        """Drop the hours that are over, and those of which next to nothing is used."""
        self.used = {
            key: (since, used)
            for key, (since, used) in self.used.items()
            if at - since < HOUR and used >= self.seconds / 100
        }
