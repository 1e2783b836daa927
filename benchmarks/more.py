"""What a table of questions does not show: a mixed day, 70 % of load, a long run."""

import json
from collections.abc import Sequence
from typing import Any

from benchmarks.cpu import largest_worker
from benchmarks.load import Load, Request, ask, put_load
from benchmarks.measuring import Effort, measure, rounded, summary
from benchmarks.questions import Question
from benchmarks.web import WORKERS, Server

MANY = 100_000  # requests, after which a worker's memory is looked at
SHARE, WAITING = 0.7, 32  # of full load, spread over so many connections


def differences(question: Question, servers: Sequence[Server]) -> list[str]:
    """Which servers do not answer as the first does.

    Of the address of the next page only that there is one: servers sign as they like.
    """
    if len(servers) < 2:
        return []
    requests = question.requests[:20]
    expected = [comparable(ask(request, servers[0].port)) for request in requests]
    return [
        server.name
        for server in servers[1:]
        if [comparable(ask(one, server.port)) for one in requests] != expected
    ]


def comparable(answer: bytes) -> Any:
    found = json.loads(answer)
    if "next" in found:
        found["next"] = found["next"] is not None
    return found


def mixed_load(
    requests: Sequence[Request], server: Server, effort: Effort
) -> dict[str, Any]:
    """Reads, polls, writes and sign-ins at once, from twice as many connections."""
    rounds = [
        measure(
            lambda: put_load(
                requests,
                server.port,
                seconds=effort.seconds,
                connections=2 * effort.connections,
            ),
            server.pid,
        )
        for _ in range(effort.rounds)
    ]
    return summary(rounds)


def part_load(question: Question, server: Server, seconds: float, full: float) -> Load:
    """Let 70 % of the requests come that the server can answer."""
    return put_load(
        question.requests,
        server.port,
        seconds=seconds,
        connections=WAITING,
        pause=1_000 * (WAITING / (SHARE * full) - WORKERS / full),
    )


def at_seventy_percent(
    question: Question, server: Server, effort: Effort, full: float
) -> dict[str, Any]:
    """How much slower one in a hundred is when the server is busy, but not full.

    Many connections wait before each request for a time that varies as chance has it;
    so requests come at nearly random moments, 70 % of what the server can do.

    :param full: requests a second that it can do.
    """
    loads = [
        part_load(question, server, effort.seconds, full) for _ in range(effort.rounds)
    ]
    middle = sorted(loads, key=lambda load: load.p99 / load.p50)[len(loads) // 2]
    return {
        "share_of_full_load": rounded(middle.count / middle.seconds / full),
        "p50": middle.p50,
        "p99": middle.p99,
        "p99_in_p50": rounded(middle.p99 / middle.p50),
        "slowest": max(load.slowest for load in loads),
    }


def long_run(requests: Sequence[Request], server: Server, many: int) -> dict[str, Any]:
    """A worker's memory at rest, after many requests, and after as many again."""
    sizes = [server.memory_at_rest]
    for _ in range(2):
        done = 0
        while done < many:
            done += put_load(requests, server.port, seconds=10, connections=8).count
        sizes.append(largest_worker(server.pid)[0])
    names = ("at_rest_mib", "after_mib", "after_as_many_again_mib")
    return {"requests": many} | dict(zip(names, map(rounded, sizes), strict=True))
