"""The PostgreSQL and the Valkey of `make run`, and those of one test run."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dev import places
from dev.console import CannotGoOn, say, step
from dev.postgres import THROWAWAY, Cluster, start_cluster
from dev.postgres_binaries import find_binaries
from dev.processes import Guard, Process, end_all
from dev.valkey import start_store
from phr.core.secret_files import ENDING, read_secret

DATABASE_URL, REDIS_URL = "DATABASE_URL", "REDIS_URL"
# Where a running `make run` notes the addresses of its servers.
SERVERS = places.DATA / "servers.env"
Urls = dict[str, str]


def read_env_file(path: Path) -> Urls:
    """Read NAME=value lines; comments, `export` and quotes are allowed.

    :raises CannotGoOn: it is no text.
    """
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise CannotGoOn(f"{path} cannot be read as a text in UTF-8.") from error
    found = {}
    for line in text.splitlines():
        name, is_setting, value = line.removeprefix("export ").partition("=")
        if is_setting and not name.lstrip().startswith("#"):
            found[name.strip()] = value.strip().strip("'\"")
    return found


def urls_given(*sources: Mapping[str, str]) -> Urls:
    """Keep the two addresses that the person has set; the first source wins.

    Those that stood in a file stand in the environment then, and only there.

    :raises CannotGoOn: a file has none.
    """
    given: Urls = {}
    for name in (DATABASE_URL, REDIS_URL):
        values = (url_in(source, name) for source in sources)
        if value := next(filter(None, values), ""):
            given[name] = value
        os.environ.pop(name + ENDING, None)
    return given


def url_in(source: Mapping[str, str], name: str) -> str:
    url, file = source.get(name, ""), source.get(name + ENDING)
    if url or not file:
        return url
    try:
        return read_secret(Path(file))
    except ValueError as reason:
        what = f"The file that {name}{ENDING} names {reason}."
        raise CannotGoOn(what) from None


def ignore_postgres_variables() -> None:
    """Keep PGSERVICE, PGOPTIONS and their like from bending connections to ours."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


@contextlib.contextmanager
def development_servers(guard: Guard) -> Iterator[tuple[Urls, list[Process]]]:
    """Run the servers of `make run` that the environment and `.env` do not name.

    Their data stay in the checkout (root's: see `dev.places`).
    """
    urls = urls_given(os.environ, read_env_file(places.CHECKOUT / ".env"))
    for name in urls:
        say(f"Using the server that {name} names")
    processes: list[Process] = []
    data = places.own_folder(places.DATA)
    try:
        if DATABASE_URL not in urls:
            with step("Starting PostgreSQL"):
                cluster = development_cluster()
                processes.append(start_cluster(cluster, guard))
            urls[DATABASE_URL] = cluster.url()
        if REDIS_URL not in urls:
            with step("Starting Valkey"):
                folder, log = data / "valkey", data / "valkey.log"
                process, urls[REDIS_URL] = start_store(folder, log, guard, durable=True)
                processes.append(process)
        yield urls, processes
    finally:
        end_one_by_one(processes)


def development_cluster() -> Cluster:
    ignore_postgres_variables()
    return Cluster(
        binaries=find_binaries(),
        data=places.database(),
        sockets=places.sockets(),
        log=places.DATA / "postgres.log",
        settings={},
    )


@contextlib.contextmanager
def throwaway_servers() -> Iterator[Urls]:
    """Run servers for one test run, as far as the environment does not name any."""
    urls = urls_given(os.environ)
    if len(urls) == 2:
        yield urls
        return
    with contextlib.ExitStack() as stack:
        folder, lock = places.throwaway_folder()
        stack.callback(os.close, lock)
        guard = stack.enter_context(Guard(keep=[lock]))
        guard.remove(folder)
        processes: list[Process] = []
        stack.callback(end_one_by_one, processes)
        if DATABASE_URL not in urls:
            ignore_postgres_variables()
            cluster = throwaway_cluster(folder)
            processes.append(start_cluster(cluster, guard))
            urls[DATABASE_URL] = cluster.url()
        if REDIS_URL not in urls:
            log = folder / "valkey.log"
            process, urls[REDIS_URL] = start_store(
                folder / "valkey", log, guard, durable=False
            )
            processes.append(process)
        yield urls


def throwaway_cluster(folder: Path) -> Cluster:
    return Cluster(
        binaries=find_binaries(),
        data=folder / "postgres",
        sockets=folder / "sockets",
        log=folder / "postgres.log",
        settings=THROWAWAY,
    )


def end_one_by_one(processes: list[Process]) -> None:
    """End the servers, last started first: Valkey, then PostgreSQL."""
    for process in reversed(processes):
        end_all([process])
