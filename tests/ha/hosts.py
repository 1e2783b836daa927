"""Hosts of a small network: each can be killed, frozen and cut off from the others.

All of it is in namespaces of its own, which `make ha-test` makes: what runs here, and
the network itself, is gone with the process that made it.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

NAMES = Path("/run/netns")
BRIDGE, NETWORK, OURS = "br0", "10.90.0.0/16", "10.90.0.254"
CLIENTS = 16

Command = Sequence[str | Path]


def as_user(name: str) -> Command:
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups", "--"]


class CannotRun(Exception):
    """This machine lets us have no network of our own."""


def ip(*words: str) -> None:
    """:raises CannotRun: the kernel refuses."""
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRun(f"ip {' '.join(words)}: {done.stderr.strip()}")


def make_network() -> None:
    """The place where hosts are connected; we are there, too, at several addresses.

    :raises CannotRun: it cannot be made.
    """
    NAMES.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", NAMES], check=True)
    ip("link", "set", "lo", "up")
    ip("link", "add", "name", BRIDGE, "type", "bridge")
    ip("address", "add", f"{OURS}/16", "dev", BRIDGE)
    for number in range(CLIENTS):
        ip("address", "add", f"{client_address(number)}/16", "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")


def client_address(number: int) -> str:
    """Where a client comes from: limits count addresses."""
    return f"10.90.1.{number + 1}"


@dataclass
class Job:
    """A program that its host's service manager starts again whenever it has ended."""

    command: Command
    env: Mapping[str, str]
    log: Path
    user: str | None = None
    process: subprocess.Popen[bytes] | None = None


@dataclass
class Host:
    """A machine, as far as this test is concerned.

    :ivar is_on: whether its jobs are to run.
    """

    name: str
    address: str
    folder: Path
    jobs: dict[str, Job] = field(default_factory=dict)
    is_on: bool = True

    def connect(self) -> None:
        """Put it into the network.

        :raises CannotRun: that cannot be done.
        """
        ip("netns", "add", self.name)
        ip(
            *("link", "add", f"v{self.name}", "type", "veth"),
            *("peer", "name", "eth0", "netns", self.name),
        )
        ip("link", "set", f"v{self.name}", "master", BRIDGE)
        ip("link", "set", f"v{self.name}", "up")
        ip("-n", self.name, "address", "add", f"{self.address}/16", "dev", "eth0")
        ip("-n", self.name, "link", "set", "eth0", "up")
        ip("-n", self.name, "link", "set", "lo", "up")

    def look_after_jobs(self) -> None:
        """Start what does not run, as a service manager does."""
        for job in self.jobs.values():
            if self.is_on and (job.process is None or job.process.poll() is not None):
                job.process = self.start(job)

    def start(self, job: Job) -> subprocess.Popen[bytes]:
        with job.log.open("ab") as log:
            return subprocess.Popen(
                self.inside(job.command, job.user),
                env=dict(job.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=self.folder,
            )

    def inside(self, command: Command, user: str | None = None) -> Command:
        """The command within its network, as an account of the machine."""
        if user:
            command = [*as_user(user), *command]
        return ["nsenter", f"--net={NAMES / self.name}", "--", *command]

    def ask(self, *command: str, user: str, seconds: float = 10) -> str:
        """What a command says there; nothing, if it fails or does not end."""
        with suppress(subprocess.TimeoutExpired):
            return subprocess.run(
                self.inside(command, user),
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
                cwd=self.folder,
            ).stdout
        return ""

    def processes(self) -> list[int]:
        """All that run there, whoever started them."""
        ours = (NAMES / self.name).stat().st_ino
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if (folder / "ns" / "net").stat().st_ino == ours:
                    found.append(int(folder.name))
        return found

    def signal(self, number: signal.Signals) -> None:
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def end(self, name: str) -> None:
        """Kill all processes of one program, as the kernel does without memory."""
        for pid in self.processes():
            with suppress(OSError):
                if Path(f"/proc/{pid}/comm").read_text().strip() == name:
                    os.kill(pid, signal.SIGKILL)

    def kill(self) -> None:
        """As if its power had gone: nothing on it says a last word."""
        self.is_on = False
        while self.processes():
            self.signal(signal.SIGKILL)

    def power_on(self) -> None:
        for job in self.jobs.values():
            if job.process is not None:
                job.process.wait()
        self.is_on = True

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def cut_off(self) -> None:
        ip("link", "set", f"v{self.name}", "down")

    def reconnect(self) -> None:
        ip("link", "set", f"v{self.name}", "up")
