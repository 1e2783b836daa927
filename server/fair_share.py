"""What waits in one process, and who it counts for.

Nothing here knows of threads or of HTTP.
"""

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

Item = TypeVar("Item")

# What a second of waiting makes up for, in seconds used. Else one who has used a little
# more than many others would wait until all of these have caught up.
MADE_UP_BY_WAITING = 10
# What a request that is being worked on will have cost, as long as nobody knows.
GUESS = 0.005  # seconds


class InFlightAlready(Exception):
    """Somebody has as much in flight as one can."""


class LineIsFull(Exception):
    """There are as many waiting as can be, and nobody has more of it."""


class Sender(NamedTuple):
    """Who a request counts for.

    :param key: whose turn it takes.
    :param client: the address behind which it comes, of one or of many people.
    :param account: the account, if turns of one key go round among accounts.
    :param is_known: has been here before; every other turn is one of these.
    """

    key: Hashable
    client: Hashable
    account: Hashable = None
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Bounds:
    """:param workers: how many requests are worked on at once.
    :param workers_for_one: how many of them for one key, so that others find one free.
    :param units: how much a sender may have in flight, waiting or worked on.
    :param units_of_a_client: the same for all senders behind one address together.
    :param waiting: how many requests may wait, of all together.
    """

    workers: int
    workers_for_one: int
    units: int
    units_of_a_client: int
    waiting: int


@dataclass(slots=True)
class Share(Generic[Item]):
    """What one key has used, in seconds that decay, and has in flight.

    :param waiting: its requests; the account whose turn it is stands first.
    :param since: when it began to wait for its next turn. Not when its first request
        came: otherwise somebody who sends a hundred at once would have waited longest.
    """

    is_known: bool = False
    used: float = 0.0
    running: int = 0
    units: int = 0
    waiting: dict[Sender, deque[tuple[int, Item]]] = field(default_factory=dict)
    since: float = 0.0

    def claim(self, at: float) -> float:
        """What counts against who waits; the least is next."""
        waited = at - self.since
        return self.used + self.running * GUESS - waited * MADE_UP_BY_WAITING

    def take(self) -> Item:
        """The next request; after it the turn is another account's."""
        sender, items = next(iter(self.waiting.items()))
        del self.waiting[sender]
        _, item = items.popleft()
        if items:
            self.waiting[sender] = items
        return item
