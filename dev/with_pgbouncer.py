"""Run a command through PgBouncer: `python -m dev.with_pgbouncer COMMAND...`.

Puts PgBouncer, which must be installed, before the server of DATABASE_URL, in the mode
that lends a connection for each transaction, and gives the command its address:

    python -m dev.with_servers python -m dev.with_pgbouncer python -m pytest -n 2
"""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

CONFIGURATION = """
[databases]
* = host={host} user={user}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = 60
server_idle_timeout = 1
ignore_startup_parameters = extra_float_digits,options
"""
# What the application asks for on each connection, where no pooler is in between; for
# the role, as tests make databases of their own (docs/operations.md says the database).
SETTINGS = (
    "ALTER ROLE CURRENT_USER SET jit = off",
    "ALTER ROLE CURRENT_USER SET random_page_cost = 1.1",
)
PATIENCE = 10.0  # seconds


def main() -> int:
    program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
    if program is None or "DATABASE_URL" not in os.environ:
        sys.stderr.write("This needs pgbouncer, and DATABASE_URL.\n")
        return 2
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        for setting in SETTINGS:
            connection.execute(setting)
    with pgbouncer(program, os.environ["DATABASE_URL"]) as url:
        environment = os.environ | {
            "DATABASE_URL": url,
            "DATABASE_POOLER": "transaction",
        }
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


@contextlib.contextmanager
def pgbouncer(program: str, url: str) -> Iterator[str]:
    """Run PgBouncer before a server on a socket of this machine.

    :returns: the URL that leads to the same database through it.
    """
    parts = conninfo_to_dict(url)
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "pgbouncer.ini"
        text = CONFIGURATION.format(host=parts["host"], user=parts["user"], port=port)
        configuration.write_text(text)
        owner = owner_of(str(parts["host"]))
        for path in (Path(folder), configuration):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        process = subprocess.Popen(
            [program, "-q", configuration],
            user=owner.pw_uid if os.geteuid() == 0 else None,
        )
        try:
            await_port(port)
            yield f"postgresql://{parts['user']}@127.0.0.1:{port}/{parts['dbname']}"
        finally:
            process.terminate()
            process.wait()


def owner_of(folder: str) -> pwd.struct_passwd:
    """Who may enter the folder of the server's socket; PgBouncer refuses to be root."""
    return pwd.getpwuid(Path(folder).stat().st_uid)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def await_port(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
