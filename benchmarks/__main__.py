"""`make bench`: what the requests of every day cost, beside its peers and the floor."""

import argparse
import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import partial
from typing import Any

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from django.core.management import call_command
from django.db import connection

from benchmarks import floor, more, portal, results, statements, web
from benchmarks.cpu import largest_worker
from benchmarks.disturbances import disturbed
from benchmarks.fill import fill, read_count
from benchmarks.filling.pieces import OtherFilling
from benchmarks.filling.plan import Plan
from benchmarks.load import Load, Refused
from benchmarks.measuring import Effort, measure_in_turn, summary
from benchmarks.questions import (
    PATIENTS_PAGE,
    Question,
    all_questions,
    make_read_again,
    mixed,
)
from benchmarks.users import Askers, sign_in_all
from benchmarks.web import Server


def main() -> int:
    options = read_options()
    if shutil.which("wrk") is None:
        print("The benchmark needs wrk: install it (Debian: apt install wrk).")
        return 1
    call_command("migrate", verbosity=0)
    try:
        fill(options.records)
    except OtherFilling as trouble:
        print(f"{trouble}; BENCH_DATABASE names another database")
        return 1
    forget_earlier_runs()
    effort = Effort(options.rounds, options.seconds, options.connections)
    result = results.describe(asdict(effort), options.records)
    with ExitStack() as stack:
        servers = start_servers(options, stack)
        askers = sign_in_all(Plan(options.records))
        Bench(options, effort, servers, askers, result).run()
    if not (options.only or options.quick):
        print(f"Kept as {results.save(result, options.label).name}")
    return 0


def forget_earlier_runs() -> None:
    """Take away the dead rows that they left: after two, my patients cost 1.3 times."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--records", type=read_count, default=100_000)
    parser.add_argument("--only", default="", help="questions with this in their name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5, help="of load in a round")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--port", type=int, default=18_000, help="and the next four")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--no-more", action="store_true", help="only the questions")
    parser.add_argument("--many", type=int, default=more.MANY, help="of the long run")
    parser.add_argument(
        "--quick", action="store_true", help="one round, nothing is kept"
    )
    parser.add_argument("--label", default="", help="goes into the name of the result")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds, options.many = 1, 2, 2_000
    return options


def start_servers(options: argparse.Namespace, stack: ExitStack) -> list[Server]:
    kinds = [web.ours(options.port)]
    if not options.no_peers:
        kinds += web.peers(options.port + 1)
    return [
        stack.enter_context(web.running(kind, options.port + place))
        for place, kind in enumerate(kinds)
    ]


class Bench:
    """One run: the servers are up, everybody has signed in."""

    def __init__(
        self,
        options: argparse.Namespace,
        effort: Effort,
        servers: list[Server],
        askers: Askers,
        result: dict[str, Any],
    ) -> None:
        self.options, self.effort, self.servers = options, effort, servers
        self.plan, self.askers, self.result = Plan(options.records), askers, result
        self.result["rows"], self.result["refused"] = [], []

    def run(self) -> None:
        ours = self.servers[0]
        questions = [
            question.ready(ours.port)
            for question in all_questions(self.plan, self.askers)
            if self.options.only in question.name
        ]
        results.print_heading()
        counts = self.count_statements(questions)
        make_read_again(self.plan, self.askers)
        for question in questions:
            try:
                self.ask(question, counts)
            except Refused as trouble:
                print(f"{question.name}: {trouble}", flush=True)
                self.result["refused"].append(question.name)
        make_read_again(self.plan, self.askers)
        if not (self.options.no_more or self.options.only):
            self.ask_for_more(questions)
            self.result["portal"] = portal.measure_pages(self.plan)
        self.result["workers"] = [workers_of(server) for server in self.servers]
        for worker in self.result["workers"]:
            print("  ".join(f"{name} {value}" for name, value in worker.items()))

    def count_statements(
        self, questions: list[Question]
    ) -> dict[tuple[str, str], statements.Statements | None]:
        with statements.counting() as counter:
            counts = {}
            for question in questions:
                for server in self.asked(question):
                    question.before()
                    counts[question.name, server.name] = statements.count(
                        counter, question.requests, server.port
                    )
            return counts

    def asked(self, question: Question) -> list[Server]:
        return self.servers if question.asked_of_peers else self.servers[:1]

    def ask(
        self,
        question: Question,
        counts: dict[tuple[str, str], statements.Statements | None],
    ) -> None:
        servers = self.asked(question)
        if others := more.differences(question, servers):
            raise RuntimeError(f"{question.name}: {others} answer something else")
        found = measure_in_turn(question, servers, self.effort, self.floor(question))
        for name, rounds in found.items():
            counted = counts.get((question.name, name))
            row = {
                "question": question.name,
                "answered_by": name,
                "statements": counted.statements if counted else None,
                "commits": counted.commits if counted else None,
            }
            self.note(row | summary(rounds))

    def floor(self, question: Question) -> Callable[..., Load] | None:
        if self.options.no_peers or question.name != PATIENTS_PAGE:
            return None
        return partial(
            floor.put_on_floor,
            floor.floor_scripts(self.askers.patients),
            seconds=self.effort.seconds,
            connections=self.effort.connections,
        )

    def ask_for_more(self, questions: list[Question]) -> None:
        ours, effort = self.servers[0], self.effort
        load = more.mixed_load(mixed(self.plan, self.askers), ours, effort)
        self.note({"question": "mixed load", "answered_by": ours.name} | load)
        pages = next(one for one in questions if one.name == PATIENTS_PAGE)
        full = self.full_rate(pages, ours)
        found = {
            "at_70_percent": more.at_seventy_percent(pages, ours, effort, full),
            "while_others_work": disturbed(
                lambda: more.part_load(pages, ours, max(30, effort.seconds), full)
            ),
            "long_run": more.long_run(pages.requests, ours, self.options.many),
        }
        self.result |= found
        for name, values in found.items():
            print(f"{name}: {values}", flush=True)

    def note(self, row: dict[str, Any]) -> None:
        self.result["rows"].append(row)
        results.print_row(row)

    def full_rate(self, question: Question, server: Server) -> float:
        """How many requests a second the server has answered."""
        for row in self.result["rows"]:
            if (row["question"], row["answered_by"]) == (question.name, server.name):
                return float(row["medians"]["rate"])
        raise LookupError(question.name)


def workers_of(server: Server) -> dict[str, Any]:
    _, most = largest_worker(server.pid)
    return {
        "server": server.name,
        "seconds_to_start": round(server.seconds_to_start, 2),
        "at_rest_mib": round(server.memory_at_rest),
        "peak_mib": round(most),
    }


if __name__ == "__main__":
    sys.exit(main())
