"""Who is next: of all whose requests wait, the one who has used least (docs/adr/0030).

Nothing here knows of threads or of HTTP, and the time is passed in.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")

# What somebody used counts for half after so many seconds.
HALF_LIFE = 2.0
SECONDS_BETWEEN_DECAYS = 0.5
NEXT_TO_NOTHING = 0.001  # seconds; who has used less is forgotten
# What a second of waiting makes up for, in seconds used. Else one who has used a little
# more than many others would wait until all of these have caught up.
MADE_UP_BY_WAITING = 10
# What a request that is being worked on will have cost, as long as nobody knows.
GUESS = 0.005  # seconds


class InFlightAlready(Exception):
    """Somebody has as much in flight as one can."""


class LineIsFull(Exception):
    """There are as many waiting as can be."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """:param workers: how many requests are worked on at once.
    :param workers_for_one: how many of them for one key, so that others find one free.
    :param units: how much one key may have in flight, waiting or worked on.
    :param waiting: how many requests may wait, of all keys together.
    """

    workers: int
    workers_for_one: int
    units: int
    waiting: int


@dataclass(slots=True)
class Share(Generic[Item]):
    """What one key has used, in seconds that decay, and has in flight.

    :param since: when it began to wait for its next turn. Not when its first request
        came: whoever sends a hundred at once would have waited longest.
    """

    used: float = 0.0
    running: int = 0
    units: int = 0
    waiting: deque[Item] = field(default_factory=deque)
    since: float = 0.0

    def claim(self, at: float) -> float:
        """What counts against who waits; the least is next."""
        waited = at - self.since
        return self.used + self.running * GUESS - waited * MADE_UP_BY_WAITING


class FairQueue(Generic[Item]):
    """Requests in the order in which it is fair to work on them."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.shares: dict[Hashable, Share[Item]] = {}
        # The keys that wait, longest first.
        self.line: dict[Hashable, Share[Item]] = {}
        self.running, self.waiting, self.decayed_at = 0, 0, 0.0

    def add(self, key: Hashable, units: int, item: Item, *, at: float) -> None:
        """Let a request wait for its turn.

        :param units: how much of it one key can have in flight.
        :param at: the time, in seconds.
        :raises InFlightAlready: it has too few left for this.
        :raises LineIsFull: too many requests of all keys wait.
        """
        if self.waiting >= self.bounds.waiting:
            raise LineIsFull
        share = self.shares.get(key)
        if share is None:
            share = self.shares[key] = Share()
        if share.units + units > self.bounds.units:
            raise InFlightAlready
        share.units += units
        if not share.waiting:
            share.since = at
        share.waiting.append(item)
        self.line[key] = share
        self.waiting += 1

    def take(self, *, at: float) -> Item | None:
        """The next request to work on, if one is to be worked on now."""
        if not self.line or self.running >= self.bounds.workers:
            return None
        key = self.next_key(at)
        if key is None:
            return None
        share = self.shares[key]
        item, share.since = share.waiting.popleft(), at
        if not share.waiting:
            del self.line[key]
        share.running += 1
        self.running += 1
        self.waiting -= 1
        return item

    def next_key(self, at: float) -> Hashable | None:
        most = self.bounds.workers_for_one
        able = [key for key, share in self.line.items() if share.running < most]
        if len(able) < 2:
            return able[0] if able else None
        return min(able, key=lambda key: self.shares[key].claim(at))

    def finish(self, key: Hashable, units: int, *, seconds: float, at: float) -> None:
        """Note that a request which `take` gave has been worked on.

        :param seconds: for how long; the key's next ones come later by it.
        """
        share = self.shares[key]
        share.running -= 1
        share.units -= units
        share.used += seconds
        self.running -= 1
        if at - self.decayed_at >= SECONDS_BETWEEN_DECAYS:
            self.decay(at)

    def decay(self, at: float) -> None:
        """Forget half of what was used before each half-life."""
        part = 0.5 ** ((at - self.decayed_at) / HALF_LIFE)
        self.decayed_at = at
        for key, share in list(self.shares.items()):
            share.used *= part
            if share.used < NEXT_TO_NOTHING and not share.units:
                del self.shares[key]

    def left(self, key: Hashable) -> int:
        """How many units a key may still have in flight."""
        share = self.shares.get(key)
        return self.bounds.units - (share.units if share else 0)
