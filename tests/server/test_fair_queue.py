"""Who is next: of all whose requests wait, the one who has used least."""

from collections.abc import Hashable
from typing import Any

import pytest

from server.fair_queue import HALF_LIFE, FairQueue
from server.fair_share import (
    MADE_UP_BY_WAITING,
    Bounds,
    InFlightAlready,
    LineIsFull,
    Sender,
    Share,
)

MANY = 1_000


def queue_for(
    *, workers: int = 1, for_one: int | None = None, units: int = MANY
) -> "FairQueue[str]":
    for_one = workers if for_one is None else for_one
    return FairQueue(Bounds(workers, for_one, units, MANY, waiting=MANY), not_expected)


def not_expected(item: str) -> None:
    raise AssertionError(item)


def alone(key: str) -> Sender:
    """Somebody with an address of their own."""
    return Sender(key, client=f"home of {key}")


def add(queue: "FairQueue[str]", key: str, times: int = 1) -> None:
    for _ in range(times):
        queue.add(alone(key), 1, key, at=0)


def finish(queue: "FairQueue[str]", key: str, *, seconds: float, at: float = 0) -> None:
    queue.finish(key, seconds=seconds, at=at)
    queue.release(alone(key), 1)


def serve(
    queue: "FairQueue[str]", times: int, *, cost: dict[str, float] | None = None
) -> list[str]:
    """Work on so many requests, one after the other, and say whose they were."""
    served = []
    for _ in range(times):
        served.append(served_now(queue))
        seconds = (cost or {}).get(served[-1], 0.01)
        finish(queue, served[-1], seconds=seconds, at=0)
    return served


def served_now(queue: "FairQueue[str]") -> str:
    key = queue.take(at=0)
    assert key
    return key


def test_one_alone_gets_one_turn_after_the_other() -> None:
    queue = queue_for()
    add(queue, "alice", 3)

    assert serve(queue, 3) == ["alice"] * 3
    assert queue.take(at=0) is None


def test_who_comes_with_one_request_does_not_wait_behind_a_hundred() -> None:
    queue = queue_for()
    add(queue, "alice", 100)
    first = serve(queue, 1)
    add(queue, "bob")

    assert first + serve(queue, 2) == ["alice", "bob", "alice"]


def test_of_two_who_ask_for_the_same_each_gets_half() -> None:
    queue = queue_for()
    add(queue, "alice", 100)
    add(queue, "bob", 10)

    assert serve(queue, 20).count("bob") == 10


def test_of_costly_requests_one_gets_fewer() -> None:
    """The time is shared, not the number."""
    queue = queue_for()
    add(queue, "alice", 100)
    add(queue, "bob", 100)

    served = serve(queue, 50, cost={"alice": 0.09, "bob": 0.01})

    assert served.count("alice") == 5
    assert served.count("bob") == 45


def test_what_was_used_counts_for_less_and_less() -> None:
    queue = queue_for()
    add(queue, "alice")
    served_now(queue)
    finish(queue, "alice", seconds=4, at=0)
    add(queue, "bob")
    served_now(queue)
    queue.decay(at=HALF_LIFE * 2)  # 4 seconds are 1 now
    finish(queue, "bob", seconds=2, at=HALF_LIFE * 2)
    add(queue, "bob")
    add(queue, "alice")

    assert serve(queue, 2) == ["alice", "bob"]


def test_who_has_used_much_waits_behind_others_but_not_without_end() -> None:
    queue = queue_for()
    add(queue, "alice")
    served_now(queue)
    finish(queue, "alice", seconds=4, at=0)
    queue.add(alone("alice"), 1, "alice", at=0)
    served: list[str | None] = []
    while "alice" not in served:  # another who has used nothing, every 10 milliseconds
        at = 0.01 * len(served)
        queue.add(alone(f"number {len(served)}"), 1, f"number {len(served)}", at=at)
        served.append(queue.take(at=at))
        finish(queue, str(served[-1]), seconds=0.01, at=0)

    assert len(served) * 0.01 == pytest.approx(4 / MADE_UP_BY_WAITING, abs=0.02)


def test_who_sends_a_hundred_at_once_has_not_waited_for_longer() -> None:
    queue = queue_for(units=1_000)
    add(queue, "alice", 100)
    for moment in range(50):
        assert queue.take(at=0.1 * moment) == "alice"
        finish(queue, "alice", seconds=0.1, at=0.1 * moment)
    queue.add(alone("bob"), 1, "bob", at=5)

    assert queue.take(at=5) == "bob"


def test_who_has_used_nothing_for_long_is_forgotten() -> None:
    queue = queue_for()
    add(queue, "alice")
    serve(queue, 1)
    assert queue.shares

    queue.decay(at=HALF_LIFE * 10)

    assert not queue.shares


def test_nobody_is_forgotten_who_waits() -> None:
    queue = queue_for()
    add(queue, "alice")
    queue.decay(at=HALF_LIFE * 100)

    assert served_now(queue) == "alice"


def test_no_more_is_worked_on_than_there_are_workers() -> None:
    queue = queue_for(workers=2)
    add(queue, "alice", 3)

    assert [queue.take(at=0), queue.take(at=0), queue.take(at=0)] == [
        "alice",
        "alice",
        None,
    ]


def test_one_leaves_a_worker_free_for_others() -> None:
    queue = queue_for(workers=4, for_one=3)
    add(queue, "alice", 10)
    taken = [queue.take(at=0) for _ in range(4)]
    add(queue, "bob")

    assert taken == ["alice"] * 3 + [None]
    assert queue.take(at=0) == "bob"


def test_what_is_being_worked_on_counts_already() -> None:
    """Else who comes first could take all workers but one before anything counts."""
    queue = queue_for(workers=4, for_one=3)
    add(queue, "alice", 10)
    add(queue, "bob", 10)

    assert sorted(served_now(queue) for _ in range(4)) == ["alice"] * 2 + ["bob"] * 2


def test_who_has_too_much_in_flight_is_told_and_nobody_else() -> None:
    queue = queue_for(units=3)
    add(queue, "alice", 3)

    with pytest.raises(InFlightAlready):
        add(queue, "alice")
    add(queue, "bob")
    serve(queue, 1)
    add(queue, "alice")


def test_what_costs_more_counts_for_more() -> None:
    queue = queue_for(units=20)
    queue.add(alone("alice"), 16, "a file", at=0)

    assert queue.left(alone("alice")) == 4
    with pytest.raises(InFlightAlready):
        queue.add(alone("alice"), 16, "another", at=0)
    add(queue, "alice", 4)


class Line:
    """A queue with few places, and whose requests had to give theirs to others."""

    def __init__(self, *, waiting: int = MANY, of_a_client: int = MANY) -> None:
        self.gone: list[str] = []
        bounds = Bounds(1, 1, MANY, of_a_client, waiting)
        self.queue = FairQueue[str](bounds, self.gone.append)

    def add(self, *names: str, client: str | None = None, units: int = 1) -> None:
        for name in names:
            sender = Sender(name, client or f"home of {name}")
            self.queue.add(sender, units, name, at=0)


def test_what_waits_has_a_bound() -> None:
    line = Line(waiting=2)
    line.add("alice", "bob")

    with pytest.raises(LineIsFull):
        line.add("carol")
    served_now(line.queue)
    line.add("carol")
    assert line.gone == []


def test_in_a_full_line_whoever_has_most_gives_way_to_whoever_has_less() -> None:
    line = Line(waiting=10)
    line.add(*["alice"] * 7, "bob", "bob", "carol")
    line.add("dan", "eve")

    assert line.gone == ["alice", "alice"]
    with pytest.raises(LineIsFull):
        line.add("alice")
    assert line.queue.waiting == 10


@pytest.mark.parametrize("of_a_client", [MANY, 2 * MANY])
def test_to_refuse_a_flood_the_line_is_looked_through_once(of_a_client: int) -> None:
    """Not once for each: refusing is done while all others wait for it."""
    line = Line(waiting=MANY, of_a_client=of_a_client)
    everybody = [f"number {number}" for number in range(MANY)]
    line.add(*everybody, client="one address")
    looks = Looks()
    line.queue.line = looks
    looks.update({name: line.queue.shares[name] for name in everybody})

    for number in range(MANY):
        with pytest.raises((InFlightAlready, LineIsFull)):
            line.add(f"newcomer {number}", client="one address")

    assert looks.times == 1
    assert line.gone == []


def test_what_is_known_of_the_line_is_forgotten_when_it_changes() -> None:
    line = Line(waiting=3)
    line.add("alice", "bob", "carol")
    with pytest.raises(LineIsFull):
        line.add("dan")
    served_now(line.queue)
    line.add("bob")
    line.add("dan")  # who has less than the two of bob

    assert line.gone == ["bob"]


class Looks(dict[Hashable, Share[str]]):
    """A line that counts how often somebody looks through all of it."""

    times = 0

    def values(self) -> Any:
        self.times += 1
        return super().values()


def test_the_newest_request_gives_way() -> None:
    line = Line(waiting=2)
    sender = Sender("alice", "home of alice")
    line.queue.add(sender, 1, "first", at=0)
    line.queue.add(sender, 1, "second", at=0)
    line.add("bob")

    assert line.gone == ["second"]


def test_who_brings_many_accounts_from_one_address_has_most() -> None:
    line = Line(waiting=10)
    line.add(*[f"account {number}" for number in range(7)], client="one address")
    line.add("bob", "bob", "carol")
    line.add("dan", "eve")

    assert all(name.startswith("account") for name in line.gone)
    assert len(line.gone) == 2


def test_an_address_has_a_bound_and_the_lightest_behind_it_still_get_in() -> None:
    line = Line(of_a_client=10)
    line.add(*["alice"] * 8, "bob", "bob", client="clinic")
    line.add("carol", client="clinic", units=4)

    assert line.gone == ["alice"] * 4
    line.add("dan", "eve")  # from elsewhere
    with pytest.raises(InFlightAlready):
        line.add("bob", client="clinic", units=10)


def test_what_has_given_way_is_in_flight_no_more() -> None:
    line = Line(waiting=3)
    line.add("alice", "alice", "alice")
    line.add("bob")
    for name in ("alice", "alice", "bob"):
        line.queue.finish(served_now(line.queue), seconds=0, at=0)
        line.queue.release(Sender(name, f"home of {name}"), 1)

    assert line.queue.owned == line.queue.behind == {}
    assert line.queue.waiting == 0


def test_who_leaves_the_line_is_not_worked_on() -> None:
    queue = queue_for()
    add(queue, "alice")
    add(queue, "bob")

    assert queue.remove(alone("alice"), "alice")
    assert not queue.remove(alone("alice"), "alice")
    assert served_now(queue) == "bob"
    assert queue.take(at=0) is None
    assert not queue.remove(alone("bob"), "bob")  # it is being worked on


def test_behind_one_address_turns_go_round_among_the_accounts() -> None:
    queue = queue_for()
    for name in ["alice"] * 10 + ["bob"] * 2 + ["carol"]:
        queue.add(Sender("clinic", "clinic", name), 1, name, at=0)
    served = []
    for _ in range(6):
        served.append(served_now(queue))
        queue.finish("clinic", seconds=0.01, at=0)

    assert served == ["alice", "bob", "carol", "alice", "bob", "alice"]


def test_the_accounts_of_one_address_take_the_turns_of_that_address_only() -> None:
    queue = queue_for()
    for number in range(50):
        name = f"account {number}"
        queue.add(Sender("address", "address", name), 1, name, at=0)
    add(queue, "bob")
    served = [queue.take(at=0)]
    queue.finish("address", seconds=0.01, at=0)

    assert [*served, queue.take(at=0)][1] == "bob"


def test_whoever_is_known_has_every_other_turn() -> None:
    """However many strangers wait; and strangers have the other turns."""
    queue = queue_for()
    for number in range(150):
        add(queue, f"stranger {number}")
    for name in ("alice", "carol"):
        queue.add(alone(name)._replace(is_known=True), 1, name, at=0)
    served = []
    for _ in range(4):
        served.append(served_now(queue))
        queue.finish(served[-1], seconds=0.1, at=0)

    assert {"alice", "carol"} <= set(served)
    assert len([name for name in served if name.startswith("stranger")]) == 2
