"""Ends what a killed process left behind.

A process that is killed cannot tidy up. So whoever starts servers starts this script
first and tells it, line by line on a pipe, what there is. When the pipe closes, the
other end is gone: whatever is still listed is ended, last started first, and listed
folders are removed. It works on every Unix, and survives a killed process group.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Watched:
    """The leader of a process group, the signal that asks it to end, and for how long.

    :param patience: the seconds it gets before the group is killed.
    """

    leader: int
    number: int
    patience: float


def is_running(pid: int) -> bool:
    """Tell whether a process is there and more than a zombie that nobody collects."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (ProcessLookupError, IndexError):
        return False
    except OSError:  # it is there, and there is no /proc or not for us
        return True
    return state != "Z"


def end(watched: Watched) -> None:
    """Ask the leader of a process group to end; kill the group if it does not."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(watched.leader, watched.number)
    deadline = time.monotonic() + watched.patience
    while is_running(watched.leader) and time.monotonic() < deadline:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(watched.leader, signal.SIGKILL)


def listen() -> tuple[list[Watched], list[str]]:
    """Read what is started and ended until the other end is gone."""
    processes: dict[str, Watched] = {}
    folders: list[str] = []
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "watch":
            pid, number, patience = rest.split()
            processes[pid] = Watched(int(pid), int(number), float(patience))
        elif word == "forget":
            processes.pop(rest, None)
        elif word == "remove":
            folders.append(rest)
    return list(processes.values()), folders


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    processes, folders = listen()
    for descriptor in sys.argv[1:]:
        # A lock that is kept until all is tidy; its owner's number is true no longer.
        os.ftruncate(int(descriptor), 0)
    for watched in reversed(processes):
        end(watched)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
