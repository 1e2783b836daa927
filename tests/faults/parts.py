"""The servers and processes of one run, each behind a relay, and what befalls them."""

import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dev import places
from dev.application import CELERY, environment_for, readiness
from dev.postgres import Cluster, start_cluster
from dev.postgres_binaries import find_binaries
from dev.processes import Guard, Process, Start, end_all, start
from dev.servers import ignore_postgres_variables
from dev.valkey import Store, await_start, find_server, free_port, launch
from tests.faults.relay import HOST, Loop, Relay, tcp, unix
from tests.mailbox import Mailbox, open_mailbox
from tests.waiting import wait_until

# What was committed stays when a process is killed, as the system has it by then.
POSTGRES = {"fsync": "off", "max_connections": "100"}
# Else it would keep as much as a gigabyte of its log on a small disk.
POSTGRES |= {"max_wal_size": "64MB", "min_wal_size": "32MB"}
PASSWORD = "of-the-bench"
SECONDS_TO_RESTART = 0.5
QUEUES = "urgent,sealing,celery,urgent_mail,mail,long"
PRODUCT = "config.celery:app"
KEYS = ("SECRET_KEY", "JWT_SIGNING_KEY", "LEDGER_SIGNING_KEY", "ENCRYPTION_KEY")
WEB, WORKERS = ("web-1", "web-2"), ("worker-1", "worker-2")


@dataclass
class Parts:
    """All that runs. Names of processes are web-1, web-2, worker-1, worker-2, beat.

    :param folder: for data and logs, ours alone.
    :param celery: the application of the workers.
    :param disk: a small one for PostgreSQL's data.
    :ivar mailbox: the mail server, which is open while `running`.
    :ivar restarts: what has ended, and was started again.
    :ivar blows: when something was killed or frozen, by `time.monotonic`.
    """

    folder: Path
    guard: Guard
    celery: str = PRODUCT
    disk: Path | None = None
    running: dict[str, Process] = field(default_factory=dict)
    supervised: list[str] = field(default_factory=list)
    restarts: list[str] = field(default_factory=list)
    blows: list[float] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.loop = Loop()
        self.supervisor = threading.Thread(target=self.supervise, daemon=True)
        ignore_postgres_variables()
        self.cluster = Cluster(
            binaries=find_binaries(),
            data=(self.disk or self.folder) / "postgres",
            sockets=self.folder / "sockets",
            log=self.folder / "postgres.log",
            settings=POSTGRES,
        )
        self.store = Store(self.folder / "valkey", free_port(), PASSWORD, durable=False)
        self.ports = {name: free_port() for name in WEB}
        self.mailbox = Mailbox()
        self.keys = {name: secrets.token_urlsafe(48) for name in KEYS}
        self.postgres = Relay(self.loop, unix(f"{self.cluster.sockets}/.s.PGSQL.5432"))
        self.valkey = Relay(self.loop, tcp(self.store.port))
        self.mail = Relay(self.loop, tcp(int(self.mailbox.url.rpartition(":")[2])))
        self.web = Relay(self.loop, *(tcp(port) for port in self.ports.values()))

    @property
    def urls(self) -> dict[str, str]:
        """What the processes are told: the addresses of the relays."""
        return {
            "DATABASE_URL": f"postgresql://phr@{HOST}:{self.postgres.port}/phr",
            "REDIS_URL": f"redis://:{PASSWORD}@{HOST}:{self.valkey.port}/0",
        }

    @property
    def breaks(self) -> list[float]:
        relays = (self.postgres, self.valkey, self.web)
        return sorted([*self.blows, *(at for relay in relays for at in relay.breaks)])

    @property
    def env(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return environment_for(self.urls) | {
            "DJANGO_SETTINGS_MODULE": "config.settings.development",
            "DEBUG": "false",
            **self.keys,
            "EMAIL_URL": f"smtp://{HOST}:{self.mail.port}",
            "CARE_CONSENT": "not-required",
            "LOG_LEVEL": "WARNING",
            "ALLOWED_HOSTS": HOST,
            "STATE_DIRECTORY": str(self.folder),
            "PATH": path,
            "HOST": HOST,
            "WEB_CONCURRENCY": "1",
        }

    def start_postgres(self) -> None:
        self.running["postgres"] = start_cluster(self.cluster, self.guard)

    def start_valkey(self) -> None:
        self.store.folder.mkdir(mode=0o700, exist_ok=True)
        log = self.folder / "valkey.log"
        self.running["valkey"] = launch(find_server(), self.store, log, self.guard)
        assert await_start(self.store, self.running["valkey"]), log.read_text()

    def start(self, name: str) -> None:
        """Start a process of the application, as whoever looks after it does."""
        env = self.env | {"PORT": str(self.ports.get(name, 0))}
        log = self.folder / f"{name}-{len(list(self.folder.glob(f'{name}-*')))}.log"
        how = Start(self.command(name), env, places.CHECKOUT, log=log, patience=30)
        self.running[name] = start(name, how, self.guard)

    def supervise(self) -> None:
        """As a service manager does, start again whatever has ended, until `ending`."""
        while not self.ending.wait(SECONDS_TO_RESTART):
            for name in self.supervised:
                if self.running[name].exit_code is not None:
                    self.guard.forget(self.running[name].popen.pid)
                    self.restarts.append(name)
                    self.start(name)

    def await_restart(self, name: str, ended: Process) -> None:
        wait_until(lambda: self.running[name] is not ended, self.told)
        if name in WEB:
            self.await_web(name)

    def command(self, name: str) -> list[str | Path]:
        if name in WEB:
            return [places.CHECKOUT / "deploy" / "process", "web"]
        celery: list[str | Path] = [
            self.celery if word == PRODUCT else word for word in CELERY
        ]
        if name == "beat":
            return [*celery, "beat", "--loglevel", "WARNING"]
        flags = ["--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        how = ["worker", "--queues", QUEUES, "--hostname", f"{name}@%h"]
        return [*celery, *how, "--concurrency", "1", *flags]

    def await_web(self, *names: str) -> None:
        """Wait until these, or all, say that they are ready."""
        for name in names or WEB:
            wait_until(lambda: readiness(self.ports[name])[0] == 200, self.told, 60)  # noqa: B023 - at once

    def told(self) -> str:
        """The logs, for whoever has waited in vain."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"{log.name}:\n{log.read_text()[-2_000:]}" for log in logs)

    def kill(self, name: str) -> None:
        """SIGKILL, to it and to all that it has started."""
        self.blows.append(time.monotonic())
        send(self.running[name], signal.SIGKILL)
        self.running[name].popen.wait()

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """SIGSTOP: its connections stand, and nothing comes from it."""
        self.blows.append(time.monotonic())
        with stopped(self.running[name]):
            yield


@contextmanager
def stopped(process: Process) -> Iterator[None]:
    """SIGSTOP, to it and to all that it has started, and SIGCONT at last."""
    send(process, signal.SIGSTOP)
    try:
        yield
    finally:
        send(process, signal.SIGCONT)


def send(process: Process, number: signal.Signals) -> None:
    """Signal a process and its children; PostgreSQL's are in groups of their own."""
    pids = [process.popen.pid, *descendants(process.popen.pid)]
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def descendants(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    children = [int(child) for child in listed]
    return children + [below for child in children for below in descendants(child)]


@contextmanager
def running(parts: Parts) -> Iterator[None]:
    """Start the two servers; the application is for `start_application`."""
    with ExitStack() as stack:
        stack.callback(parts.loop.close)
        stack.callback(end_in_order, parts)
        stack.enter_context(open_mailbox(parts.mailbox))
        parts.start_postgres()
        parts.start_valkey()
        yield


def start_application(parts: Parts, *, with_beat: bool = True) -> None:
    parts.supervised = [*WEB, *WORKERS, *(["beat"] if with_beat else [])]
    for name in parts.supervised:
        parts.start(name)
    parts.supervisor.start()
    parts.await_web()


def end_in_order(parts: Parts) -> None:
    parts.ending.set()
    if parts.supervised:
        parts.supervisor.join()
    end_all([parts.running[name] for name in parts.supervised if name in parts.running])
    for name in ("valkey", "postgres"):
        if name in parts.running:
            end_all([parts.running[name]])
