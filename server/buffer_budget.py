"""How much half-sent requests and half-taken answers may hold, and who gives way."""

import os
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from shutil import disk_usage
from tempfile import gettempdir

MIB = 1 << 20


@dataclass(slots=True, eq=False)
class Reservation:
    """What one request or answer holds.

    :param give_way: called when others need its place.
    :param size: in bytes.
    """

    client: Hashable
    give_way: Callable[[], None]
    size: int
    has_given_way: bool = False


class BufferBudget:
    """What all of them hold; to be used on the event loop.

    Whoever holds most is dropped first, as in the queues (docs/adr/0041), so small
    requests get through while others hold as much as they can.

    :param in_all: bytes.
    :param of_a_client: bytes; one thing alone may be larger.
    :param at_least: bytes that each counts for, so that their number has a bound too.
    """

    def __init__(self, *, in_all: int, of_a_client: int, at_least: int) -> None:
        self.in_all, self.of_a_client, self.at_least = in_all, of_a_client, at_least
        self.clients: dict[Hashable, dict[Reservation, None]] = {}
        self.sums: dict[Hashable, int] = {}
        self.total = 0

    def begin(self, client: Hashable, give_way: Callable[[], None]) -> Reservation:
        reservation = Reservation(client, give_way, 0)
        self.clients.setdefault(client, {})[reservation] = None
        self.add(reservation, self.at_least)
        return reservation

    def grow(self, reservation: Reservation, size: int) -> None:
        """:param size: all that it holds by now, in bytes."""
        if size > reservation.size and not reservation.has_given_way:
            self.add(reservation, size - reservation.size)

    def end(self, reservation: Reservation) -> None:
        """Note that it holds nothing any more; it may have given way before."""
        if (
            self.clients.get(reservation.client, {}).pop(reservation, reservation)
            is reservation
        ):
            return
        self.total -= reservation.size
        self.sums[reservation.client] -= reservation.size
        if not self.clients[reservation.client]:
            del self.clients[reservation.client], self.sums[reservation.client]

    def add(self, reservation: Reservation, size: int) -> None:
        reservation.size += size
        self.sums[reservation.client] = self.sums.get(reservation.client, 0) + size
        self.total += size
        client = reservation.client
        while self.sums.get(client, 0) > self.of_a_client:
            if len(self.clients[client]) < 2:
                break
            self.displace(client)
        while self.total > self.in_all:
            self.displace(max(self.sums, key=self.sums.__getitem__))

    def displace(self, client: Hashable) -> None:
        """Let the largest of a client give way, of equal ones the oldest."""
        largest = max(self.clients[client], key=lambda reservation: reservation.size)
        self.end(largest)
        largest.has_given_way = True
        largest.give_way()


# Of one process. A body has at most 1 MiB and 30 seconds; one that has sent nothing yet
# holds a connection all the same.
BODIES = BufferBudget(in_all=32 * MIB, of_a_client=16 * MIB, at_least=32 * 1024)


def budget_of_files(free: int, processes: int) -> BufferBudget:
    """What clients have not taken yet is in files; archives can be large.

    :param free: bytes of the disk with temporary files. Others write there as well, and
        often a second installation of web, while the first is replaced or beside it.
    :param processes: how many of this installation have such a budget.
    """
    in_all = max(min(512 * MIB, free // 4 // processes), 4 * MIB)
    return BufferBudget(in_all=in_all, of_a_client=in_all // 4, at_least=256 * 1024)


def free_for_files() -> int:
    try:
        return disk_usage(gettempdir()).free
    except OSError:  # there is no folder for them; small answers need none
        return 0


def number_of_processes() -> int:
    """As the Procfile has it."""
    given = os.environ.get("WEB_CONCURRENCY", "")
    return int(given) if given.isdecimal() and int(given) else 2


STREAMS = budget_of_files(free_for_files(), number_of_processes())
