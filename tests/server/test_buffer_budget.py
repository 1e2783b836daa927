"""How much half-sent requests and half-taken answers hold, and who gives way."""

import pytest

from server.buffer_budget import (
    MIB,
    BufferBudget,
    Reservation,
    budget_of_files,
    number_of_processes,
)


class Room:
    """A budget of 10 bytes, 6 for each client, and what has had to give way."""

    def __init__(self, *, at_least: int = 0) -> None:
        self.budget = BufferBudget(in_all=10, of_a_client=6, at_least=at_least)
        self.gone: list[str] = []

    def hold(self, name: str, size: int, client: str | None = None) -> Reservation:
        reservation = self.budget.begin(client or name, lambda: self.gone.append(name))
        self.budget.grow(reservation, size)
        return reservation


def test_the_largest_of_a_client_gives_way_where_it_has_too_much() -> None:
    room = Room()
    room.hold("small", 1, client="alice")
    room.hold("large", 4, client="alice")
    room.hold("middle", 2, client="alice")

    assert room.gone == ["large"]


def test_the_largest_of_whoever_has_most_gives_way_where_all_have_too_much() -> None:
    room = Room()
    room.hold("first", 3, client="alice")
    room.hold("second", 3, client="alice")
    room.hold("bob", 4)
    room.hold("carol", 1)

    assert room.gone == ["first"]
    assert room.budget.total == 8


def test_one_thing_alone_may_be_larger_as_long_as_there_is_room() -> None:
    room = Room()
    room.hold("alice", 9)
    assert room.gone == []
    room.hold("bob", 2)
    assert room.gone == ["alice"]


def test_what_holds_nothing_yet_has_a_bound_as_well() -> None:
    room = Room(at_least=2)
    for number in range(5):
        room.hold(f"number {number}", 0, client="alice")

    assert room.gone == ["number 0", "number 1"]


def test_what_has_ended_holds_nothing() -> None:
    room = Room(at_least=1)
    for name in ("alice", "bob", "alice"):
        reservation = room.hold(name, 5)
        room.budget.end(reservation)
        room.budget.end(reservation)

    assert room.budget.total == 0
    assert not room.budget.sums
    assert not room.budget.clients


def test_what_has_given_way_holds_nothing_and_grows_no_more() -> None:
    room = Room()
    gone = room.hold("alice", 9)
    room.hold("bob", 5)
    room.budget.grow(gone, 100)
    room.budget.end(gone)

    assert (room.gone, room.budget.total) == (["alice"], 5)


@pytest.mark.parametrize(
    ("free", "in_all", "of_a_client"),
    [(0, 4, 1), (256, 32, 8), (4_096, 512, 128), (100_000, 512, 128)],
)
def test_files_of_answers_leave_most_of_what_is_free(
    free: int, in_all: int, of_a_client: int
) -> None:
    budget = budget_of_files(free * MIB, processes=2)

    assert budget.in_all == in_all * MIB
    assert budget.of_a_client == of_a_client * MIB


def test_a_single_answer_does_not_fill_a_small_disk() -> None:
    budget, gone = budget_of_files(256 * MIB, processes=2), []
    reservation = budget.begin("alice", lambda: gone.append("archive"))

    budget.grow(reservation, 33 * MIB)

    assert gone == ["archive"]


def test_processes_share_what_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    for given, processes in (("8", 8), ("", 2), ("0", 2)):
        monkeypatch.setenv("WEB_CONCURRENCY", given)
        assert number_of_processes() == processes

    assert 8 * budget_of_files(1_024 * MIB, 8).in_all == 256 * MIB
