"""`pg_dump` and `pg_restore`: which to run, and how they reach a database."""

import os
import re
import shutil
import subprocess  # nosec B404 - of programs that we have found
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from phr.core.backing_services import ANSWER
from phr.operations.backup.faults import BackupFault

# Debian keeps those of each version here; what is on the PATH may be of an older one.
DEBIAN = Path("/usr/lib/postgresql")
VERSION = re.compile(r"\d+")
BYTES_AT_ONCE = 64 * 1024
ERROR = re.compile(r"^pg_\w+: error: (.+)$", re.MULTILINE)


def connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    """Open a connection that commits each statement.

    :raises BackupFault: the server is not there, or does not let us in.
    """
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.Error as error:
        answer = ANSWER.search(str(error))
        what = answer[1] if answer else "no PostgreSQL server responds there"
        raise BackupFault(f"The database cannot be reached: {what}.") from None


def find_program(name: str, *, server: int) -> Path:
    """Find a program of the server's version, or else of the next newer one.

    :param server: the major version of the server, such as 17. Programs that are older
        than it refuse to work, and much newer ones write what it does not know.
    :raises BackupFault: there is none.
    """
    versions = {major_of(path): path for path in candidates(name)}
    fitting = [major for major in versions if major >= server]
    if not fitting:
        raise BackupFault(
            f"{name} of PostgreSQL {server} is needed, and is not on the PATH. Install "
            f"the package postgresql-client-{server}."
        )
    return versions[min(fitting)]


def candidates(name: str) -> Iterator[Path]:
    yield from DEBIAN.glob(f"*/bin/{name}")
    if found := shutil.which(name):
        yield Path(found)


def major_of(program: Path) -> int:
    """:returns: 0 for what does not run, or does not tell."""
    try:
        told = subprocess.run(  # noqa: S603 - we have found it  # nosec B603
            [program, "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = VERSION.search(told.stdout)
    return int(found[0]) if found else 0


def dump(url: str, *options: str) -> Iterator[bytes]:
    """What `pg_dump` writes, as it comes.

    :raises BackupFault: it failed, which is known at the end.
    """
    with running("pg_dump", url, *options) as process:
        assert process.stdout
        while piece := process.stdout.read(BYTES_AT_ONCE):
            yield piece


def restore(url: str, pieces: Iterable[bytes], *options: str) -> None:
    """Give `pg_restore` a dump.

    :raises BackupFault: it failed, or the dump breaks off.
    """
    with running("pg_restore", url, f"--dbname={name_in(url)}", *options) as process:
        assert process.stdin
        try:
            for piece in pieces:
                process.stdin.write(piece)
            process.stdin.close()
        except BrokenPipeError:  # its exit code says more
            with suppress(BrokenPipeError):
                process.stdin.close()
        except BackupFault:
            process.kill()
            raise


@contextmanager
def running(name: str, url: str, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a program on a database.

    :raises BackupFault: it is not there, or fails.
    """
    with connect(url) as session:
        program = find_program(name, server=session.info.server_version // 10_000)
    with (
        TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 - we have found it  # nosec B603
            [program, "--no-password", *options],
            env=environment_for(url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        yield process
        if process.wait():
            raise BackupFault(f"{name} failed: {reason_in(errors)}.")


def name_in(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


def environment_for(url: str) -> dict[str, str]:
    """The environment that leads libpq to a database; no password on a command line."""
    ours = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    parts = (
        (option.envvar, option.val)
        for option in Conninfo.parse(url.encode())
        if option.envvar and option.val
    )
    return ours | {
        "LC_ALL": "C",
        **{variable.decode(): value.decode() for variable, value in parts},
    }


def reason_in(errors: BinaryIO) -> str:
    """What a program says went wrong, without the values that PostgreSQL quotes."""
    errors.seek(0)
    found = ERROR.search(errors.read().decode(errors="replace"))
    if found is None:
        return "it gives no reason"
    ours, from_server, _ = found[1].partition("ERROR:")
    more = ". The log of PostgreSQL says more" if from_server else ""
    return ours.strip(" :") + more
