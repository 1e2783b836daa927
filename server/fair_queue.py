"""Who is next: of all whose requests wait, the one who has used least (docs/adr/0030).

And who goes when there is no room: of all who wait, who has most (docs/adr/0041).
Nothing here knows of threads or of HTTP, and the time is passed in.
"""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Generic, NamedTuple

from server.fair_share import Bounds, InFlightAlready, Item, LineIsFull, Sender, Share

# What somebody used counts for half after so many seconds.
HALF_LIFE = 2.0
SECONDS_BETWEEN_DECAYS = 0.5
NEXT_TO_NOTHING = 0.001  # seconds; who has used less is forgotten


class Heaviest(NamedTuple):
    """:param of_client: the most units of one who waits, for each client.
    :param of_all: the greatest weight of all who wait.
    """

    of_client: dict[Hashable, int]
    of_all: int


class FairQueue(Generic[Item]):
    """Requests in the order in which it is fair to work on them.

    :param give_way: told of each request whose place another one needs.
    """

    def __init__(self, bounds: Bounds, give_way: Callable[[Item], None]) -> None:
        self.bounds, self.give_way = bounds, give_way
        self.shares: dict[Hashable, Share[Item]] = {}
        # The keys that wait, longest first.
        self.line: dict[Hashable, Share[Item]] = {}
        # Units in flight, by account of each key, and by client.
        self.owned: dict[tuple[Hashable, Hashable], int] = {}
        self.behind: dict[Hashable, int] = {}
        # The heaviest who wait, until the line changes; of who is refused it does not.
        self.heaviest: Heaviest | None = None
        self.running, self.waiting, self.decayed_at = 0, 0, 0.0
        self.last_was_known = False

    def add(self, sender: Sender, units: int, item: Item, *, at: float) -> None:
        """Let a request wait for its turn.

        :param units: how much of it one sender can have in flight.
        :param at: the time, in seconds.
        :raises InFlightAlready: the sender, or its client, has too few left for this.
        :raises LineIsFull: too many wait, and nobody has more in flight.
        """
        key, client, account, is_known = sender
        if units > self.left(sender):
            raise InFlightAlready
        most = self.bounds.units_of_a_client
        while self.behind.get(client, 0) + units > most:
            if not self.displace(sender, units, behind=client):
                raise InFlightAlready
        while self.waiting >= self.bounds.waiting:
            if not self.displace(sender, units):
                raise LineIsFull
        share = self.shares.get(key)
        if share is None:
            share = self.shares[key] = Share(is_known)
        self.heaviest = None
        share.units += units
        own = key, account
        self.owned[own] = self.owned.get(own, 0) + units
        self.behind[client] = self.behind.get(client, 0) + units
        if not share.waiting:
            share.since = at
        share.waiting.setdefault(sender, deque()).append((units, item))
        self.line[key] = share
        self.waiting += 1

    def displace(self, sender: Sender, units: int, *, behind: Hashable = None) -> bool:
        """Drop the newest request of whoever has most, in favour of one of the
        sender's.

        Most by what it has itself and by what all have who come from there: neither
        many accounts at one address nor many requests of one account keep others out.

        :param behind: look only at this client, which has too much.
        :returns: whether one gave way; nobody has more than the sender, if none did.
        """
        if self.has_most(sender, units, everywhere=behind is None):
            return False
        waiting = [
            other
            for share in self.line.values()
            for other in share.waiting
            if behind is None or other.client == behind
        ]
        more = {sender.client: units}
        heaviest = max(waiting, key=lambda one: self.weight(one, more), default=None)
        own = self.weight(sender, more, units)
        if not heaviest or self.weight(heaviest, more) <= own:
            return False
        place = self.shares[heaviest.key].waiting[heaviest][-1]
        self.remove(heaviest, place[1])
        self.give_way(place[1])
        return True

    def has_most(self, sender: Sender, units: int, *, everywhere: bool) -> bool:
        """Whether nobody who waits has more than a sender would have.

        A flood is refused by the thousand while one request is worked on: the line is
        looked through once for all of them.

        :param everywhere: compare with all; else with those of the same client.
        """
        if self.heaviest is None:
            self.heaviest = self.find_heaviest()
        client, own = sender.client, self.weight(sender, {sender.client: units}, units)
        from_there = self.behind.get(client, 0) + units
        if self.heaviest.of_client.get(client, 0) * from_there > own:
            return False
        return not everywhere or self.heaviest.of_all <= own

    def find_heaviest(self) -> "Heaviest":
        of_client: dict[Hashable, int] = {}
        for share in self.line.values():
            for key, client, account, _ in share.waiting:
                units = self.owned.get((key, account), 0)
                of_client[client] = max(of_client.get(client, 0), units)
        weights = (most * self.behind[client] for client, most in of_client.items())
        return Heaviest(of_client, max(weights, default=0))

    def weight(self, sender: Sender, behind: dict[Hashable, int], own: int = 0) -> int:
        """What a sender has in flight, times what all have who come from there.

        :param behind: what is to come from an address as well.
        :param own: what is to come of the sender as well.
        """
        client = sender.client
        from_there = self.behind.get(client, 0) + behind.get(client, 0)
        return (self.owned.get((sender.key, sender.account), 0) + own) * from_there

    def remove(self, sender: Sender, item: Item) -> bool:
        """Take a request out of the line.

        :returns: whether it waited there; it may be worked on already.
        """
        share = self.shares.get(sender.key)
        places = share.waiting.get(sender, ()) if share else ()
        for units, waiting in places:
            if waiting is item:
                self.leave_line(sender, units, item)
                return True
        return False

    def leave_line(self, sender: Sender, units: int, item: Item) -> None:
        share = self.shares[sender.key]
        places = share.waiting[sender]
        places.remove((units, item))
        self.heaviest = None
        if not places:
            del share.waiting[sender]
        if not share.waiting:
            del self.line[sender.key]
        self.waiting -= 1
        self.release(sender, units)

    def take(self, *, at: float) -> Item | None:
        """The next request to work on, if one is to be worked on now."""
        if not self.line or self.running >= self.bounds.workers:
            return None
        key = self.next_key(at)
        if key is None:
            return None
        share = self.shares[key]
        item, share.since = share.take(), at
        self.heaviest = None
        if not share.waiting:
            del self.line[key]
        share.running += 1
        self.running += 1
        self.waiting -= 1
        self.last_was_known = share.is_known
        return item

    def next_key(self, at: float) -> Hashable | None:
        """Who is known and who is not take turns, however many there are of these."""
        most = self.bounds.workers_for_one
        able = [key for key, share in self.line.items() if share.running < most]
        if len(able) < 2:
            return able[0] if able else None
        of_last, shares = self.last_was_known, self.shares
        others = [key for key in able if shares[key].is_known is not of_last]
        return min(others or able, key=lambda key: shares[key].claim(at))

    def finish(self, key: Hashable, *, seconds: float, at: float) -> None:
        """Note that a request which `take` gave has been worked on.

        :param seconds: for how long; the key's next ones come later by it.
        """
        share = self.shares[key]
        share.running -= 1
        share.used += seconds
        self.running -= 1
        if at - self.decayed_at >= SECONDS_BETWEEN_DECAYS:
            self.decay(at)

    def release(self, sender: Sender, units: int) -> None:
        """Note that a request is no longer in flight."""
        key, client, account, _ = sender
        self.heaviest = None
        self.shares[key].units -= units
        take_off(self.owned, (key, account), units)
        take_off(self.behind, client, units)

    def decay(self, at: float) -> None:
        """Forget half of what was used before each half-life."""
        part = 0.5 ** ((at - self.decayed_at) / HALF_LIFE)
        self.decayed_at = at
        for key, share in list(self.shares.items()):
            share.used *= part
            if share.used < NEXT_TO_NOTHING and not share.units:
                del self.shares[key]

    def left(self, sender: Sender) -> int:
        """How many units a sender may still have in flight."""
        return self.bounds.units - self.owned.get((sender.key, sender.account), 0)


def take_off(counts: dict[Any, int], key: Hashable, units: int) -> None:
    counts[key] -= units
    if not counts[key]:
        del counts[key]
