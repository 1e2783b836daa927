"""What a user may cost in an hour: seconds of work, whatever they ask for.

Counted in this process and nowhere else: it is what a thread here was kept busy, which
no other place could tell as cheaply. Two processes of `web` allow twice as much.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar
from uuid import UUID

Result = TypeVar("Result")

HOUR = 60 * 60.0  # seconds
# Of one request: what waits for a database that does not answer is nobody's fault.
MOST_OF_ONE = 2.0
MANY = 10_000  # users; with more, those whose hour is over are forgotten


class HourlyCost:
    """Seconds that each user has used of an hour that began with their first request.

    :param seconds: how many an hour has for one user.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.used: dict[UUID, tuple[float, float]] = {}  # since when, and how much
        self.lock = Lock()

    def wait_of(self, user_id: UUID, at: float) -> int:
        """Seconds until this user's next hour if this one is used up, else 0."""
        since, used = self.used.get(user_id, (at, 0.0))
        left = since + HOUR - at
        return 0 if used < self.seconds or left <= 0 else max(1, round(left))

    def measured(self, user_id: UUID, work: Callable[[], Result]) -> Result:
        """Do some work, and count how long it took for a user, also if it fails."""
        began = time.monotonic()
        try:
            return work()
        finally:
            seconds = time.monotonic() - began
            self.add(user_id, began, min(seconds, MOST_OF_ONE))

    def add(self, user_id: UUID, at: float, seconds: float) -> None:
        with self.lock:
            if user_id not in self.used and len(self.used) >= MANY:
                self.forget(at)
            since, used = self.used.get(user_id, (at, 0.0))
            if at - since >= HOUR:
                since, used = at, 0.0
            self.used[user_id] = since, used + seconds

    def forget(self, at: float) -> None:
        """Drop the hours that are over, and those of which next to nothing is used."""
        self.used = {
            user_id: (since, used)
            for user_id, (since, used) in self.used.items()
            if at - since < HOUR and used >= self.seconds / 100
        }
