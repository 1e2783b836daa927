"""A PostgreSQL and a real replica of it, whose delay a test can choose."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from dev import places
from dev.postgres import Cluster, own, plain_environment, start_cluster
from dev.processes import Guard, Process, as_account, end_all
from dev.servers import throwaway_cluster
from phr.core.postgres.replica.driver import ReplicaConnection
from phr.core.postgres.replica.standing import ALIAS, standing
from phr.operations.backup.loading import default_database
from tests.faults.parts import stopped
from tests.running.conftest import database_url
from tests.waiting import wait_until

REPLICATING = {"wal_level": "replica", "max_wal_senders": "5"}
FAR_BEHIND = "1h"
REACHED = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"


@dataclass
class Pair:
    """The two, each of which nobody else needs."""

    primary: Cluster
    replica: Cluster
    process: Process
    guard: Guard

    def delay(self, time: str) -> None:
        """Have the replica apply what is committed only after so long."""
        with self.at(self.replica) as session:
            session.execute(f"ALTER SYSTEM SET recovery_min_apply_delay = '{time}'")
            session.execute("SELECT pg_reload_conf()")

    def catch_up(self) -> None:
        """Wait until the replica has what the primary has now."""
        self.delay("0")
        with self.at(self.primary) as session:
            (place,) = session.execute("SELECT pg_current_wal_insert_lsn()").fetchone()  # type: ignore[misc] # a row
        with self.at(self.replica) as session:
            wait_until(lambda: session.execute(REACHED, [place]).fetchone() == (True,))

    @contextmanager
    def at(self, cluster: Cluster) -> Iterator["psycopg.Connection[Any]"]:
        url = cluster.url("postgres")
        with psycopg.connect(url, autocommit=True) as session:
            yield session

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop all processes of the replica; its connections stand."""
        with stopped(self.process):
            yield

    @contextmanager
    def ended(self) -> Iterator[None]:
        """End the replica, and start it again at last."""
        end_all([self.process])
        try:
            yield
        finally:
            self.process = start_cluster(self.replica, self.guard)

    @contextmanager
    def used_by_django(self) -> Iterator[None]:
        """Have this process work on these two."""
        connections.close_all()
        with default_database(self.primary.url()):
            default = settings.DATABASES["default"]
            settings.DATABASES[ALIAS] = default | {
                "ENGINE": "phr.core.postgres.replica",
                "HOST": str(self.replica.sockets),
            }
            try:
                yield
            finally:
                forget_replica()
                del settings.DATABASES[ALIAS]


def forget_replica() -> None:
    """Have this process know nothing of the replica, as when it has just started."""
    standing.wanted_at = float("-inf")
    if standing.thread is not None:
        standing.thread.join()
    standing.begin_anew()
    ReplicaConnection.watch.breaker.close()
    connections.close_all()
    with suppress(AttributeError):  # nobody of this thread has asked it
        del connections[ALIAS]


@contextmanager
def running_pair() -> Iterator[Pair]:
    """The product's tables on the primary, and all of it on the replica."""
    with ExitStack() as stack:
        folder, _ = places.throwaway_folder()
        guard = stack.enter_context(Guard())
        guard.remove(folder)
        primary = throwaway_cluster(folder)
        primary = replace(primary, settings=primary.settings | REPLICATING)
        stack.callback(end_all, [start_cluster(primary, guard)])
        fill(primary)
        replica = replace(
            primary,
            data=folder / "replica" / "postgres",
            sockets=folder / "replica-sockets",
            log=folder / "replica.log",
        )
        copy(primary, replica)
        pair = Pair(primary, replica, start_cluster(replica, guard), guard)
        stack.callback(lambda: end_all([pair.process]))
        yield pair


def fill(cluster: Cluster) -> None:
    """Give it the tables of the test database, which takes less than to migrate."""
    folder, env = cluster.binaries.folder, plain_environment()
    dump: list[str | Path] = [folder / "pg_dump", f"--dbname={database_url()}"]
    made = subprocess.run(dump, env=env, check=True, timeout=120, capture_output=True)
    load: list[str | Path] = [
        folder / "psql",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    subprocess.run(
        [*load, f"--dbname={cluster.url('postgres')}"],
        env=env,
        input=made.stdout,
        check=True,
        timeout=120,
    )


def copy(primary: Cluster, replica: Cluster) -> None:
    """Make the folder of a replica that follows the primary."""
    binaries = primary.binaries
    own(replica.data.parent, binaries)
    program = binaries.folder / "pg_basebackup"
    command: list[str | Path] = [
        program,
        "--write-recovery-conf",
        "--checkpoint=fast",
        "--no-sync",
    ]
    command += ["--username=postgres", f"--host={primary.sockets}"]
    subprocess.run(
        [*command, f"--pgdata={replica.data}"],
        env=plain_environment(),
        cwd="/",
        check=True,
        timeout=120,
        **as_account(binaries.account),
    )
