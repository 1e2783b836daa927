"""Fill an empty database: the same people, records and comments every time.

python -m benchmarks.fill --records 100k|1m|10m      (on DATABASE_URL)

Killed and started again, it goes on where it was.
"""

import argparse
import multiprocessing
import os
import sys
import time
from functools import partial
from multiprocessing.context import SpawnProcess
from pathlib import Path

if not __package__:  # run as a file
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from django.core.management import call_command
from django.db import connection, connections

from benchmarks.filling import pieces
from benchmarks.filling.inboxes import fill_inboxes, fill_ledger
from benchmarks.filling.people import fill_people
from benchmarks.filling.plan import Plan
from benchmarks.filling.progress import Progress
from benchmarks.filling.records import check_record_columns, fill_chunk
from phr.accounts.models import User

PROCESSES = 2
MEMORY_FOR_INDEXES = "1GB"


def main() -> int:
    parser = argparse.ArgumentParser(description="Fill an empty database, or go on.")
    parser.add_argument(
        "--records", type=read_count, default=100_000, help="100k, 1m, 10m ..."
    )
    records = parser.parse_args().records
    call_command("migrate", verbosity=0)
    try:
        fill(records)
    except pieces.OtherFilling as trouble:
        print(f"Not filled: {trouble}", file=sys.stderr)
        return 1
    return 0


def read_count(text: str) -> int:
    """Read 100k, 1m or a plain number."""
    units = {"k": 1_000, "m": 1_000_000}
    unit = units.get(text[-1:].lower(), 1)
    return int(text if unit == 1 else text[:-1]) * unit


def fill(records: int, processes: int = PROCESSES) -> None:
    """Fill the database, or go on with it.

    :param records: how many ordinary patients have together, 100 each.
    :raises OtherFilling: it holds something else.
    :raises LookupError: a table has columns that the filler does not know.
    """
    check_record_columns()
    pieces.prepare(records, has_people=User.objects.exists())
    plan = Plan(records)
    work_fast()
    for name, work in (
        ("people", lambda: fill_people(plan)),
        ("inboxes", lambda: fill_inboxes(plan)),
        ("ledger", lambda: fill_ledger(plan)),
        ("taken off", pieces.take_off),
    ):
        pieces.once(name, work)
    if pieces.count_chunks() < plan.chunks:
        fill_chunks(plan, processes)
    pieces.put_back(lambda name: print(f"  making {name}", file=sys.stderr))
    tidy_up()


def work_fast() -> None:
    """What is filled again in minutes need not wait for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = %s", [MEMORY_FOR_INDEXES])
        cursor.execute("SET max_parallel_maintenance_workers = 2")


def tidy_up() -> None:
    def vacuum() -> None:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (FREEZE, ANALYZE)")

    if "tidy" not in pieces.done_pieces():
        print("  vacuum and statistics", file=sys.stderr)
        vacuum()
        pieces.once("tidy", lambda: None)


def fill_chunks(plan: Plan, processes: int) -> None:
    """Let some processes fill the chunks, each its share, and show how far they are.

    :raises RuntimeError: one of them has failed.
    """
    context = multiprocessing.get_context("spawn")
    shares = [(plan.records, number, processes) for number in range(processes)]
    workers = [context.Process(target=fill_share, args=share) for share in shares]
    try:
        for worker in workers:
            worker.start()
        progress = Progress(plan.rows, rows_done(plan))
        while any(worker.is_alive() for worker in workers):
            time.sleep(0.5)
            progress.show(rows_done(plan))
        progress.end()
    finally:
        end(workers)
    if any(worker.exitcode for worker in workers):
        raise RuntimeError("a process of the filler has failed; restart it")


def end(workers: list[SpawnProcess]) -> None:
    """End those that still work, as after an interruption, and reap all."""
    begun = [worker for worker in workers if worker.pid is not None]
    for worker in begun:
        worker.terminate()
    for worker in begun:
        worker.join()


def rows_done(plan: Plan) -> int:
    return min(pieces.count_chunks() * plan.chunk, plan.rows)


def fill_share(records: int, number: int, of: int) -> None:
    """Fill every so-many-th chunk, as long as the process that wants it is there."""
    plan, parent = Plan(records), os.getppid()
    work_fast()
    done = pieces.done_pieces()
    for chunk in range(number, plan.chunks, of):
        if os.getppid() != parent:
            break
        if f"chunk {chunk}" not in done:
            pieces.once(f"chunk {chunk}", partial(fill_chunk, plan, chunk))
    connections.close_all()


if __name__ == "__main__":
    sys.exit(main())
