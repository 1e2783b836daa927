"""Run a command with the servers of the bench: `python -m benchmarks.servers COMMAND`.

As `dev.with_servers`, with a PostgreSQL that has memory as in production, counts
statements, and keeps its database between runs: filling takes a while. BENCH_DATABASE
names another one beside it; `--delete` instead of a command deletes it. DATABASE_URL
and REDIS_URL win.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from dev import places
from dev.console import CannotGoOn, say
from dev.postgres import THROWAWAY, Cluster, start_cluster
from dev.postgres_binaries import find_binaries
from dev.processes import Guard, Process
from dev.servers import (
    DATABASE_URL,
    REDIS_URL,
    end_one_by_one,
    ignore_postgres_variables,
    urls_given,
)
from dev.valkey import start_store

DATABASE = os.environ.get("BENCH_DATABASE", "bench")
SETTINGS = {
    "shared_buffers": "2GB",
    "effective_cache_size": "8GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "random_page_cost": "1.1",
    "jit": "off",
    "shared_preload_libraries": "pg_stat_statements",
}


def main() -> int:
    try:
        if sys.argv[1:] == ["--delete"]:
            shutil.rmtree(home(), ignore_errors=True)
            return 0
        with bench_servers() as urls:
            environment = {**os.environ, **urls}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    except CannotGoOn as trouble:
        say(str(trouble))
        return 1
    except KeyboardInterrupt:
        return 130


@contextlib.contextmanager
def bench_servers() -> Iterator[dict[str, str]]:
    """Run the servers that the environment does not name."""
    urls = urls_given(os.environ)
    processes: list[Process] = []
    with Guard() as guard, contextlib.ExitStack() as stack:
        stack.callback(end_one_by_one, processes)
        if DATABASE_URL not in urls:
            cluster = bench_cluster()
            processes.append(start_cluster(cluster, guard))
            urls[DATABASE_URL] = cluster.url()
            urls["BENCH_SUPERUSER_URL"] = cluster.url(user="postgres")
        if REDIS_URL not in urls:
            folder = places.own_folder(places.DATA) / f"{DATABASE}-valkey"
            log = folder.with_suffix(".log")
            process, urls[REDIS_URL] = start_store(folder, log, guard, durable=False)
            processes.append(process)
        yield urls


def home() -> Path:
    mode = 0o755 if places.as_root() else 0o700
    return places.own_folder(places.database().parent / DATABASE, mode)


def bench_cluster() -> Cluster:
    ignore_postgres_variables()
    return Cluster(
        binaries=find_binaries(),
        data=home() / "postgres",
        sockets=places.checkout_folder() / f"{DATABASE}-sockets",
        log=places.own_folder(places.DATA) / f"{DATABASE}-postgres.log",
        settings=THROWAWAY | SETTINGS,
    )


if __name__ == "__main__":
    sys.exit(main())
