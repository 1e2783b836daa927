"""Who is next: of all whose requests wait, the one who has used least."""

import pytest

from config.fair_queue import (
    HALF_LIFE,
    MADE_UP_BY_WAITING,
    Bounds,
    FairQueue,
    InFlightAlready,
    LineIsFull,
)

MANY = 1_000


def queue_for(
    *, workers: int = 1, for_one: int | None = None, units: int = MANY
) -> "FairQueue[str]":
    for_one = workers if for_one is None else for_one
    return FairQueue(Bounds(workers, for_one, units, waiting=MANY))


def add(queue: "FairQueue[str]", key: str, times: int = 1) -> None:
    for _ in range(times):
        queue.add(key, 1, key, at=0)


def serve(
    queue: "FairQueue[str]", times: int, *, cost: dict[str, float] | None = None
) -> list[str]:
    """Work on so many requests, one after the other, and say whose they were."""
    served = []
    for _ in range(times):
        served.append(served_now(queue))
        seconds = (cost or {}).get(served[-1], 0.01)
        queue.finish(served[-1], 1, seconds=seconds, at=0)
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
    queue.finish("alice", 1, seconds=4, at=0)
    add(queue, "bob")
    served_now(queue)
    queue.decay(at=HALF_LIFE * 2)  # 4 seconds are 1 now
    queue.finish("bob", 1, seconds=2, at=HALF_LIFE * 2)
    add(queue, "bob")
    add(queue, "alice")

    assert serve(queue, 2) == ["alice", "bob"]


def test_who_has_used_much_waits_behind_others_but_not_without_end() -> None:
    queue = queue_for()
    add(queue, "alice")
    served_now(queue)
    queue.finish("alice", 1, seconds=4, at=0)
    queue.add("alice", 1, "alice", at=0)
    served: list[str | None] = []
    while "alice" not in served:  # another who has used nothing, every 10 milliseconds
        at = 0.01 * len(served)
        queue.add(f"number {len(served)}", 1, f"number {len(served)}", at=at)
        served.append(queue.take(at=at))
        queue.finish(served[-1], 1, seconds=0.01, at=0)

    assert len(served) * 0.01 == pytest.approx(4 / MADE_UP_BY_WAITING, abs=0.02)


def test_who_sends_a_hundred_at_once_has_not_waited_for_longer() -> None:
    queue = queue_for(units=1_000)
    add(queue, "alice", 100)
    for moment in range(50):
        assert queue.take(at=0.1 * moment) == "alice"
        queue.finish("alice", 1, seconds=0.1, at=0.1 * moment)
    queue.add("bob", 1, "bob", at=5)

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
    queue.add("alice", 16, "a file", at=0)

    assert queue.left("alice") == 4
    with pytest.raises(InFlightAlready):
        queue.add("alice", 16, "another", at=0)
    add(queue, "alice", 4)


def test_what_waits_has_a_bound() -> None:
    queue = FairQueue[str](Bounds(1, 1, units=MANY, waiting=2))
    add(queue, "alice")
    add(queue, "bob")

    with pytest.raises(LineIsFull):
        add(queue, "carol")
    served_now(queue)
    add(queue, "carol")
