"""Peer (c), the floor: pgbench with only the statements of the patient's page."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.load import Load, search
from benchmarks.users import Asker
from dev.postgres_binaries import find_binaries
from phr.accounts.models import User, UserType
from phr.accounts.tokens import TokenType, read_token
from phr.core.compiled_queries import CompiledQuery
from phr.health_records.filters import RecordFilters
from phr.health_records.record_rows import (
    Shape,
    comments_query,
    fetch_records,
    page_query,
)
from phr.identity.session_lookup import session_query

NAME = "pgbench, the statements alone"
PAGE = 20
USERS = 10  # each has a script of their own, prepared once on each connection


def floor_scripts(patients: Sequence[Asker]) -> list[str]:
    """For each patient the statements of their page, with their values in them."""
    with psycopg.connect(settings_url()) as connection:
        return [script_of(asker, connection) for asker in patients[:USERS]]


def settings_url() -> str:
    return os.environ["DATABASE_URL"]


def script_of(asker: Asker, connection: psycopg.Connection) -> str:
    claims = read_token(asker.token, TokenType.ACCESS)
    reader = User.objects.get(pk=claims.user_id)
    page = page_query(Shape(UserType.PATIENT, frozenset(), None, PAGE + 1))
    assert page is not None
    shown = [row.id for row in fetch_records(reader, RecordFilters(), None, PAGE + 1)][
        :PAGE
    ]
    session = {"session": claims.session_id, "user": claims.user_id}
    statements = [
        bound(session_query(), session, connection),
        bound(page, {"reader": reader.pk}, connection),
        bound(comments_query(UserType.PATIENT), {"records": shown}, connection),
    ]
    return "".join(f"{statement};\n" for statement in statements)


def bound(
    query: CompiledQuery, values: Mapping[str, Any], connection: psycopg.Connection
) -> str:
    """The statement as text on one line, with values in its places."""
    literals = {
        name: sql.Literal(value).as_string(connection) for name, value in values.items()
    }
    return " ".join((query.sql % literals).split("\n"))


def put_on_floor(
    scripts: Sequence[str], *, seconds: float, connections: int, rate: float = 0
) -> Load:
    """Run the scripts for some seconds, each user's as often as the others'.

    :param rate: how many in a second, else as many as can be. A process that sleeps in
        between costs more each time, so this is what a web server can come down to.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        command = [pgbench(), "-n", "-M", "prepared", f"-c{connections}", "-j1"]
        command += [f"-T{seconds:.0f}", "-l", "--log-prefix", str(folder / "times")]
        if rate:
            command += [f"-R{rate:.0f}"]
        for number, text in enumerate(scripts):
            (folder / f"{number}.sql").write_text(text)
            command += ["-f", str(folder / f"{number}.sql")]
        told = subprocess.run(
            [*command, settings_url()],
            capture_output=True,
            text=True,
            check=True,
            timeout=seconds + 60,
        ).stdout
        return report(told, read_times(folder), seconds)


def read_times(folder: Path) -> list[float]:
    """Milliseconds of each transaction, in order (the third column of the log)."""
    return sorted(
        int(line.split()[2]) / 1_000
        for log in folder.glob("times*")
        for line in log.read_text().splitlines()
    )


def report(told: str, times: list[float], seconds: float) -> Load:
    count = int(search(r"transactions actually processed: (\d+)", told)[0])
    return Load(
        count=count,
        seconds=seconds,
        p50=times[len(times) // 2],
        p99=times[len(times) * 99 // 100],
        slowest=times[-1],
        bytes=0,
    )


def pgbench() -> str:
    """:raises FileNotFoundError: there is none."""
    beside = find_binaries().folder / "pgbench"
    found = str(beside) if beside.exists() else shutil.which("pgbench")
    if found is None:
        raise FileNotFoundError("pgbench: comes with PostgreSQL's server or its client")
    return found
