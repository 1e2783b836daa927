"""Rounds of load, and what they cost."""

import statistics
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from benchmarks.cpu import cpu_seconds, postgres_pid
from benchmarks.load import Load, NothingInTime, put_each_once, put_load
from benchmarks.questions import Question
from benchmarks.web import Server

WARMING = 2  # seconds before the first round: connections, plans, caches


@dataclass(frozen=True)
class Effort:
    """How a question is measured."""

    rounds: int
    seconds: float
    connections: int


@dataclass(frozen=True)
class Figures:
    """Of one round."""

    app_ms: float  # CPU of the web server's processes for one request
    postgres_ms: float  # CPU of PostgreSQL for one request
    rate: float  # requests a second
    p50: float  # milliseconds
    p99: float
    slowest: float
    bytes: float


def measure(work: Callable[[], Load], pid: int | None) -> Figures:
    """Do a round.

    :param pid: of the web server, if there is one.
    """
    postgres = postgres_pid()
    app_before = cpu_seconds(pid) if pid else 0
    postgres_before = cpu_seconds(postgres)
    load = work()
    app_used = cpu_seconds(pid) - app_before if pid else 0
    postgres_used = cpu_seconds(postgres) - postgres_before
    return Figures(
        app_ms=1_000 * app_used / load.count,
        postgres_ms=1_000 * postgres_used / load.count,
        rate=load.count / load.seconds,
        p50=load.p50,
        p99=load.p99,
        slowest=load.slowest,
        bytes=load.bytes,
    )


def measure_in_turn(
    question: Question,
    servers: Sequence[Server],
    effort: Effort,
    floor: Callable[..., Load] | None = None,
) -> dict[str, list[Figures]]:
    """Ask all servers in turn, round by round, so that they share good and bad times.

    :param floor: pgbench's part, if it takes part in the round: once as fast as it can,
        and once at the rate of the first server.
    """
    for server in servers:
        warm_up(question, server, effort)
    found: dict[str, list[Figures]] = {server.name: [] for server in servers}
    for _ in range(effort.rounds):
        for server in servers:
            found[server.name].append(one_round(question, server, effort))
        if floor is not None:
            found.setdefault("floor", []).append(measure(floor, None))
            at_our_rate = partial(floor, rate=found[servers[0].name][-1].rate)
            found.setdefault("floor at our rate", []).append(measure(at_our_rate, None))
    return found


def warm_up(question: Question, server: Server, effort: Effort) -> None:
    if not question.once:
        with suppress(NothingInTime):
            put_load(
                question.requests,
                server.port,
                seconds=min(WARMING, effort.seconds),
                connections=effort.connections,
            )


def one_round(question: Question, server: Server, effort: Effort) -> Figures:
    question.before()

    def work() -> Load:
        if question.once:
            return put_each_once(question.requests, server.port)
        return put_load(
            question.requests,
            server.port,
            seconds=effort.seconds,
            connections=effort.connections,
        )

    try:
        return measure(work, server.pid)
    except NothingInTime:
        few = question.requests[:3]
        return measure(lambda: put_each_once(few, server.port), server.pid)


def summary(rounds: Sequence[Figures]) -> dict[str, Any]:
    """Medians, and the lowest and highest of each figure."""
    columns = {
        name: [asdict(one)[name] for one in rounds] for name in asdict(rounds[0])
    }
    return {
        "medians": {name: rounded(statistics.median(c)) for name, c in columns.items()},
        "lowest": {name: rounded(min(column)) for name, column in columns.items()},
        "highest": {name: rounded(max(column)) for name, column in columns.items()},
    }


def rounded(number: float) -> float:
    return float(f"{number:.4g}")
