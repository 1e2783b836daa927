"""What a stranger does, as a test: clone, `make run`, the documents' tours, stop.

Then the bad day: the run is killed, and the next one must serve all the same.
"""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dev import places
from dev.console import CannotGoOn, say, speak_plainly, step
from dev.valkey import HOST, free_port

FIRST_START, NEXT_START, STOP, TESTS = 600, 60, 60, 1_800  # seconds
NEWER_PYTHONS = ("python3.13", "python3.12")
# What the surroundings must not decide in a stranger's clone.
NOT_PASSED_ON = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "VENV"}
NOT_PASSED_ON |= {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VIRTUAL_ENV"}


@dataclass
class Run:
    """A `make run` in the clone."""

    make: subprocess.Popen[bytes]
    clone: Path
    port: int
    log: Path

    def serves(self) -> bool:
        if self.make.poll() is not None:
            raise CannotGoOn(f"make run exited with {self.make.returncode}.")
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        with contextlib.closing(connection):
            try:
                connection.request("GET", "/health/")
                return connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                return False

    def is_ready(self) -> bool:
        return self.serves() and "Ctrl-C stops it" in self.log.read_text()

    @property
    def runner(self) -> int:
        """The process that `make run` is really about."""
        return int((self.clone / ".data" / "lock").read_text())


def main() -> int:
    speak_plainly()
    folder = Path(tempfile.mkdtemp(prefix="rehearsal-"))
    try:
        rehearse(folder)
    except CannotGoOn as trouble:
        say(f"The rehearsal failed: {trouble}")
        for log in folder.glob("*.log"):
            say(f"--- {log.name}\n{log.read_text(errors='replace')[-6000:]}")
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say("The rehearsal passed.")
    return 0


def rehearse(folder: Path) -> None:
    clone = folder / "a stranger's clone"
    clone.parent.chmod(0o700)
    insist(["git", "clone", "--quiet", places.CHECKOUT, clone], places.CHECKOUT)
    say(f"The clone runs with {newest_python()}.")
    with running(clone, folder / "first.log") as run:
        await_ready("A fresh clone: make run", run, FIRST_START)
        take_tour(run)
        stop(run)
    with running(clone, folder / "second.log") as run:
        await_ready("Once more: make run", run, NEXT_START)
        kill(run)
        with running(clone, folder / "third.log") as after:
            await_ready("After kill -9: make run", after, NEXT_START)
            stop(after)
    test_with_newest_python(clone)
    with step("Deleting its data: make reset"):
        insist(["make", "--silent", "reset"], clone)


def test_with_newest_python(clone: Path) -> None:
    """Run the tests on the newest Django that the lock allows, where it differs.

    What starts servers, looks at pages in a browser, fuzzes or fills databases, and
    what compares documents, has been seen with the oldest.
    """
    if sys.version_info[:2] >= (3, 12) or newest_python() == sys.executable:
        return
    skipped = "--ignore=tests/test_docs.py --ignore=tests/test_asvs.py"
    command = ["make", "--silent", "test-quick", f"ARGS=--quiet {skipped}"]
    with step("Its tests"):
        insist(command, clone, seconds=TESTS)


@cache
def newest_python() -> str:
    """The newest Python found here of those that the lock was tried with."""
    pyenv = Path.home().glob(".pyenv/versions/*/bin")
    folders = [*map(Path, os.get_exec_path()), *pyenv]
    for name in NEWER_PYTHONS:
        for python in (folder / name for folder in folders):
            if python.exists() and works(python):
                return str(python)
    return sys.executable


def works(python: Path) -> bool:
    """Whether it is a Python, and not a name that stands for none."""
    told = subprocess.run([python, "-c", ""], capture_output=True, check=False)
    return told.returncode == 0


def insist(command: Sequence[str | Path], folder: Path, seconds: float = 120) -> None:
    told = subprocess.run(
        command,
        cwd=folder,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=seconds,
    )
    if told.returncode != 0:
        raise CannotGoOn(f"{command} failed:\n{told.stdout}{told.stderr}")


def environment() -> dict[str, str]:
    passed_on = {
        name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON
    }
    return passed_on | {"PYTHON": newest_python()}


@contextlib.contextmanager
def running(clone: Path, log: Path) -> Iterator[Run]:
    """Start `make run`; whatever happens, nothing of it is left at the end."""
    port = free_port()
    with log.open("wb") as output:
        make = subprocess.Popen(
            ["make", "--silent", "run"],
            cwd=clone,
            env={**environment(), "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Run(make, clone, port, log)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(make.pid, signal.SIGKILL)
        make.wait()


def await_ready(what: str, run: Run, seconds: float) -> None:
    with step(what):
        insist_on(run.is_ready, seconds, "make run does not serve")


def insist_on(condition: Callable[[], bool], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise CannotGoOn(f"{complaint} after {seconds} s.")
        time.sleep(0.1)


def take_tour(run: Run) -> None:
    url = f"http://{HOST}:{run.port}"
    command = [sys.executable, "-m", "dev.tour", "--url", url]
    if subprocess.run(command, cwd=places.CHECKOUT, check=False).returncode != 0:
        raise CannotGoOn("a tour of the documents does not work.")


def stop(run: Run) -> None:
    """End it as a service manager would; it must go in order and leave nothing."""
    with step("SIGTERM"):
        started = family(run.make.pid)
        os.kill(run.runner, signal.SIGTERM)
        insist_on(lambda: run.make.poll() is not None, STOP, "make run is still up")
        if run.make.returncode != 0:
            raise CannotGoOn(f"make run exited with {run.make.returncode}, not with 0.")
        insist_on_gone(started)


def kill(run: Run) -> None:
    with step("kill -9"):
        started = family(run.make.pid)
        os.kill(run.runner, signal.SIGKILL)
        insist_on_gone(started - {identity(run.make.pid)})


def insist_on_gone(started: set[str]) -> None:
    def gone() -> bool:
        return not started & set(map(identity, processes()))

    insist_on(gone, STOP, "Some of its processes are still running")


def processes() -> list[int]:
    """All processes; none where the system has no /proc to tell."""
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def status(pid: int) -> list[str]:
    """What /proc tells of a process from its state on; nothing when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def identity(pid: int) -> str:
    """A name that no later process gets; "" for one that has ended."""
    told = status(pid)
    return f"{pid} {told[19]}" if told and told[0] != "Z" else ""


def family(ancestor: int) -> set[str]:
    """A process and all that come from it, by their identity."""
    parents = {pid: int(told[1]) for pid in processes() if (told := status(pid))}
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return {name for name in map(identity, found) if name}


if __name__ == "__main__":
    sys.exit(main())
