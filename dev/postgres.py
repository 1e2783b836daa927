"""A PostgreSQL of our own: made, started as a child, stopped."""

import locale
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from dev import stopping
from dev.console import CannotGoOn
from dev.postgres_binaries import Binaries
from dev.processes import Guard, Process, Start, end_all, start

OWNER = DATABASE = "phr"
# A crash may lose a throw-away database, so it need not wait for the disk.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
    "shared_preload_libraries": "pg_stat_statements",
}


@dataclass(frozen=True)
class Cluster:
    """One database folder and how it is served.

    :param sockets: the folder of its socket, its only door: whoever may not enter
        that folder cannot connect, so nobody needs a password.
    :param settings: PostgreSQL's, beside our own.
    """

    binaries: Binaries
    data: Path
    sockets: Path
    log: Path
    settings: dict[str, str]

    def url(self, user: str = OWNER, database: str = DATABASE) -> str:
        """The address, with the socket's folder as host, as libpq writes it."""
        return f"postgresql://{user}@{quote(str(self.sockets), safe='')}/{database}"


def start_cluster(cluster: Cluster, guard: Guard) -> Process:
    """Make the database folder if there is none, start PostgreSQL and await it.

    :raises CannotGoOn: it does not start; the reason is in the message.
    """
    if cluster.data.exists():
        check_version(cluster)
        end_leftover(cluster.data)
    else:
        make_cluster(cluster, guard)
    own(cluster.sockets, cluster.binaries)
    how = how_to_run(server_command(cluster), cluster)
    process = start("postgres", how, guard)
    try:
        await_start(cluster, process)
    except BaseException:
        end_all([process])
        raise
    return process


def server_command(cluster: Cluster) -> list[str | Path]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(cluster.sockets),
        "unix_socket_permissions": "0700",
        **cluster.settings,
    }
    command: list[str | Path] = [cluster.binaries.folder / "postgres"]
    command += ["-D", cluster.data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def how_to_run(command: list[str | Path], cluster: Cluster) -> Start:
    return Start(
        command,
        plain_environment(),
        cwd=Path("/"),
        account=cluster.binaries.account,
        log=cluster.log,
        gentle=signal.SIGINT,  # to the server: do not wait until all have left
    )


def plain_environment() -> dict[str, str]:
    """No locale and no PG* variable of the person may change what the server does."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def own(folder: Path, binaries: Binaries) -> None:
    """Make a folder that only the account of PostgreSQL (and root) may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if binaries.account is not None:
        os.chown(folder, binaries.account.pw_uid, binaries.account.pw_gid)


def make_cluster(cluster: Cluster, guard: Guard) -> None:
    """Run initdb beside the final place and move the result there when it is whole.

    :raises CannotGoOn: it failed; what it said is in the message.
    """
    half = cluster.data.with_name("postgres.new")
    shutil.rmtree(half, ignore_errors=True)
    own(half, cluster.binaries)
    command: list[str | Path] = [cluster.binaries.folder / "initdb", "-D", half]
    command += ["--username=postgres", "--auth=trust", "--no-instructions"]
    command += locale_options(cluster.binaries.major)
    if cluster.settings.get("fsync") == "off":
        command.append("--no-sync")
    process = start("initdb", how_to_run(command, cluster), guard)
    try:
        stopping.wait_for(lambda: process.exit_code is not None, 300)
    finally:
        end_all([process])
    if process.exit_code != 0:
        raise CannotGoOn(f"initdb failed:\n{cluster.log.read_text()}")
    half.rename(cluster.data)


def locale_options(major: int) -> list[str]:
    """UTF-8 everywhere, with letters of all scripts, and the same on every machine."""
    options = ["--encoding=UTF8", f"--locale={utf8_locale()}"]
    if major >= 17:
        rules = "PG_UNICODE_FAST" if major >= 18 else "C.UTF-8"
        options += ["--locale-provider=builtin", f"--builtin-locale={rules}"]
    return options


def utf8_locale() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "en_US.UTF-8"):
            try:
                locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
            return name
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def check_version(cluster: Cluster) -> None:
    made_by = (cluster.data / "PG_VERSION").read_text().strip()
    if made_by != str(cluster.binaries.major):
        raise CannotGoOn(
            f"The data in {cluster.data} were made by PostgreSQL {made_by}; this one "
            f"is {cluster.binaries.version}. Keep them with pg_dump of the old "
            "version, or delete them with `make reset`."
        )


def end_leftover(data: Path) -> None:
    """End a PostgreSQL that serves this very folder; forget one that is long gone.

    The number in postmaster.pid may be another program's by now: nothing is ended
    unless it works in our folder.
    """
    note = data / "postmaster.pid"
    try:
        pid = int(note.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return
    if not serves(pid, data):
        note.unlink(missing_ok=True)
        return
    for number in (signal.SIGINT, signal.SIGQUIT):
        os.kill(pid, number)
        if stopping.wait_for(lambda: not serves(pid, data), 10):
            return
    raise CannotGoOn(f"PostgreSQL (process {pid}) already serves {data}.")


def serves(pid: int, data: Path) -> bool:
    """Tell whether a process is a PostgreSQL at work in the folder `data`."""
    process = Path("/proc") / str(pid)
    if Path("/proc/self").exists():
        try:
            works_in = (process / "cwd").resolve(strict=True)
            name = (process / "comm").read_text().strip()
            return name == "postgres" and works_in == data.resolve()
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            return False  # ended, or somebody else's
    command = ["ps", "-o", "command=", "-p", str(pid)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    return str(data) in told.stdout


def await_start(cluster: Cluster, process: Process) -> None:
    """Wait until it answers, and make our account and database if they are missing."""

    def answers() -> bool:
        if process.exit_code is not None:
            raise CannotGoOn(f"PostgreSQL did not start:\n{cluster.log.read_text()}")
        try:
            ensure_database(cluster.url("postgres", "postgres"))
        except psycopg.OperationalError:
            return False
        return True

    if not stopping.wait_for(answers, 60):
        raise CannotGoOn(f"PostgreSQL does not respond; see {cluster.log}.")


def ensure_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        role = "SELECT 1 FROM pg_roles WHERE rolname = %s"
        if connection.execute(role, [OWNER]).fetchone() is None:
            connection.execute(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        database = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(database, [DATABASE]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
