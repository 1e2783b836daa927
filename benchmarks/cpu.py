"""CPU and memory of processes, read from /proc (proc(5)), and so on Linux only."""

import os
from pathlib import Path

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")  # CPU time in /proc is counted in these
USER, SYSTEM, USER_OF_ENDED, SYSTEM_OF_ENDED = 11, 12, 13, 14  # after the name
PARENT = 1


def stat(pid: int) -> list[str]:
    """The fields of a process's stat that follow its name."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:  # ended meanwhile
        return []
    return [pid, *(member for child in children for member in family(int(child)))]


def cpu_seconds(pid: int) -> float:
    """What a process and its descendants have used, those that have ended included."""
    total = 0
    for member in family(pid):
        try:
            fields = stat(member)
        except (FileNotFoundError, ProcessLookupError):
            continue
        counted = (USER, SYSTEM, USER_OF_ENDED, SYSTEM_OF_ENDED)
        total += sum(int(fields[place]) for place in counted)
    return total / TICKS


def postgres_pid() -> int:
    """The process that all of PostgreSQL's descend from.

    :raises RuntimeError: it is on another machine.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    name = Path(f"/proc/{backend}/comm")
    if not name.exists() or name.read_text().strip() != "postgres":
        raise RuntimeError("PostgreSQL is to run on this machine, to see its CPU")
    return int(stat(backend)[PARENT])


def largest_worker(pid: int) -> tuple[float, float]:
    """Of a server's largest process: what it holds now and has held at most, in MiB."""
    return max(memory(member) for member in family(pid))


def memory(pid: int) -> tuple[float, float]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    sizes = dict(line.split(":", 1) for line in lines if line.startswith("Vm"))
    now, most = (int(sizes[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return now, most
