"""Child processes that are stopped in order, and that never outlive us."""

import contextlib
import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dev import stopping
from dev.console import say

# What a process gets to end in once somebody has pressed Ctrl-C a second time.
HURRIED_PATIENCE = 1.0


class Guard:
    """Our end of the pipe to `guard.py`, which ends what we leave if we are killed.

    :param keep: descriptors of lock files, to be held until that is done.
    """

    def __init__(self, keep: Iterable[int] = ()) -> None:
        self._keep = tuple(keep)

    def __enter__(self) -> Self:
        script = Path(__file__).with_name("guard.py")
        its_end, self._pipe = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", script, *map(str, self._keep)],
            stdin=its_end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            pass_fds=self._keep,
            start_new_session=True,
        )
        os.close(its_end)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._pipe)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=60)

    def watch(self, pid: int, number: signal.Signals, patience: float) -> None:
        self._tell(f"watch {pid} {number.value} {patience}")

    def forget(self, pid: int) -> None:
        self._tell(f"forget {pid}")

    def remove(self, folder: Path) -> None:
        """Have a folder removed when we are gone, however that comes about."""
        self._tell(f"remove {folder}")

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # the guard itself was killed
            os.write(self._pipe, os.fsencode(line + "\n"))


@dataclass(frozen=True)
class Start:
    """How to start a process.

    :param account: whom it runs as, when not as ourselves.
    :param log: the file for what it prints, else it is there to be passed on.
    :param gentle: the signal that asks it to finish what it is doing and end.
    :param patience: how many seconds it gets for that before it is killed.
    :param guards_patience: how many it gets when we were killed.
    """

    command: Sequence[str | Path]
    env: Mapping[str, str]
    cwd: Path
    account: pwd.struct_passwd | None = None
    log: Path | None = None
    gentle: signal.Signals = signal.SIGTERM
    patience: float = 10
    guards_patience: float = 10


@dataclass
class Process:
    """A running child, leader of its own process group."""

    name: str
    popen: subprocess.Popen[bytes]
    guard: Guard
    how: Start
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def exit_code(self) -> int | None:
        return self.popen.poll()

    def ask_to_end(self) -> None:
        if self.exit_code is None:
            self.popen.send_signal(self.how.gentle)

    def see_it_end(self) -> None:
        """Wait for the end, hasten it when patience is over, leave nothing behind."""
        started = time.monotonic()
        while self.exit_code is None:
            patience = HURRIED_PATIENCE if stopping.hurried() else self.how.patience
            if time.monotonic() > started + patience:
                break
            time.sleep(stopping.TICK)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        self.guard.forget(self.popen.pid)
        for reader in self.readers:
            reader.join(timeout=1)


def as_account(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """The options of `subprocess` that run a program as another account."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def start(name: str, how: Start, guard: Guard) -> Process:
    """Start a process in a session of its own, where Ctrl-C does not reach it."""
    with contextlib.ExitStack() as stack:
        log = how.log and stack.enter_context(how.log.open("wb"))
        popen = subprocess.Popen(
            how.command,
            env=dict(how.env),
            cwd=how.cwd,
            stdin=subprocess.DEVNULL,
            stdout=log or subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **as_account(how.account),
        )
    guard.watch(popen.pid, how.gentle, how.guards_patience)
    return Process(name, popen, guard, how)


def pass_output_on(process: Process, show: Callable[[str], None]) -> None:
    """Hand each line that the process prints to `show`, until it closes its output."""

    def read() -> None:
        for line in process.popen.stdout or ():
            show(line.decode(errors="replace").rstrip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    process.readers.append(reader)


def show_with_name(process: Process) -> None:
    """Pass on what the process prints, with its name before each line."""

    def show(line: str) -> None:
        if line.strip():
            say(f"{process.name:<6} | {line}")

    pass_output_on(process, show)


def end_all(processes: Sequence[Process]) -> None:
    """Ask all of them to end, then see each of them end."""
    for process in processes:
        process.ask_to_end()
    for process in processes:
        process.see_it_end()
