"""How much half-sent requests and half-taken answers may hold, and who gives way."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

MIB = 1 << 20


@dataclass(slots=True, eq=False)
class Held:
    """What one request or answer holds.

    :param give_way: called when others need its place.
    :param size: in bytes.
    """

    client: Hashable
    give_way: Callable[[], None]
    size: int
    has_given_way: bool = False


class Holdings:
    """What all of them hold; to be used on the event loop.

    Whoever holds most gives way, as in the lines (docs/adr/0041): so what is small gets
    through while others hold as much as they can.

    :param in_all: bytes.
    :param of_a_client: bytes; one thing alone may be larger.
    :param at_least: bytes that each counts for, so that their number has a bound too.
    """

    def __init__(self, *, in_all: int, of_a_client: int, at_least: int) -> None:
        self.in_all, self.of_a_client, self.at_least = in_all, of_a_client, at_least
        self.clients: dict[Hashable, dict[Held, None]] = {}
        self.sums: dict[Hashable, int] = {}
        self.total = 0

    def begin(self, client: Hashable, give_way: Callable[[], None]) -> Held:
        held = Held(client, give_way, 0)
        self.clients.setdefault(client, {})[held] = None
        self.add(held, self.at_least)
        return held

    def grow(self, held: Held, size: int) -> None:
        """:param size: all that it holds by now, in bytes."""
        if size > held.size and not held.has_given_way:
            self.add(held, size - held.size)

    def end(self, held: Held) -> None:
        """Note that it holds nothing any more; it may have given way before."""
        if self.clients.get(held.client, {}).pop(held, held) is held:
            return
        self.total -= held.size
        self.sums[held.client] -= held.size
        if not self.clients[held.client]:
            del self.clients[held.client], self.sums[held.client]

    def add(self, held: Held, size: int) -> None:
        held.size += size
        self.sums[held.client] = self.sums.get(held.client, 0) + size
        self.total += size
        client = held.client
        while self.sums.get(client, 0) > self.of_a_client:
            if len(self.clients[client]) < 2:
                break
            self.displace(client)
        while self.total > self.in_all:
            self.displace(max(self.sums, key=self.sums.__getitem__))

    def displace(self, client: Hashable) -> None:
        """Let the largest of a client give way, of equal ones the oldest."""
        largest = max(self.clients[client], key=lambda held: held.size)
        self.end(largest)
        largest.has_given_way = True
        largest.give_way()


# Of one process. A body has at most 1 MiB and 30 seconds; one that has sent nothing yet
# holds a connection all the same.
BODIES = Holdings(in_all=32 * MIB, of_a_client=16 * MIB, at_least=32 * 1024)
# What clients have not taken yet is in files; archives can be large.
STREAMS = Holdings(in_all=512 * MIB, of_a_client=128 * MIB, at_least=256 * 1024)
