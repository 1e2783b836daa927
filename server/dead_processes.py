"""What ended processes have counted is kept in one file, and their own files go.

Were they only deleted, the sums would fall, and Prometheus would take that for a new
beginning, and all that is left for what has happened since. Were they kept, each
restart would leave some behind.
"""

import fcntl
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from phr.core import observing
from phr.core.metrics_files import ReservedFile

log = structlog.get_logger(__name__)

OF_THE_DEAD = 0  # the process whose id no process has
ADDED_UP = ("counter", "histogram", "summary")
SMALLEST = 8  # bytes: what each file begins with
# As prometheus_client names its files; whatever else lies there is somebody else's.
OURS = re.compile(r"(counter|histogram|summary|gauge_[a-z]+)_(\d+)\.db")


class LivingAndDead(Collector):
    """The metrics in the files of a folder, which is tidied before it is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def collect(self) -> Iterable[Any]:
        try:
            fold_dead_files(self.folder)
        except OSError as error:  # they stay, and are read, until there is space
            observing.note_failure("dead_processes", error)
        files = [str(file) for file in self.folder.glob("*.db") if is_begun(file)]
        found: Iterable[Any] = MultiProcessCollector.merge(files)
        return found


def is_begun(file: Path) -> bool:
    """Whether it is a file of counts, into which its process has written something."""
    return bool(OURS.fullmatch(file.name)) and file.stat().st_size >= SMALLEST


def fold_dead_files(folder: Path) -> None:
    """Add what dead processes have counted to one file, and remove theirs."""
    dead: dict[str, list[Path]] = defaultdict(list)
    for file in folder.glob("*_*.db"):
        name = OURS.fullmatch(file.name)
        if name and not is_alive(int(name[2])):
            dead[name[1]].append(file)
    if not dead:
        return
    with locked(folder):
        for kind, files in dead.items():
            if kind in ADDED_UP:
                fold(folder / f"{kind}_{OF_THE_DEAD}.db", files)
            for file in files:  # of a gauge: what is no more
                file.unlink(missing_ok=True)


def fold(sum_file: Path, files: list[Path]) -> None:
    totals: dict[str, float] = defaultdict(float)
    for file in filter(Path.exists, [sum_file, *files]):
        for key, value in values_in(file):
            totals[key] += value
    new = sum_file.with_suffix(".new")
    new.unlink(missing_ok=True)
    written: MmapedDict = ReservedFile(str(new))
    for key, value in totals.items():
        written.write_value(key, value, 0.0)
    written.close()
    new.replace(sum_file)


def values_in(file: Path) -> list[tuple[str, float]]:
    """What a file has counted; nothing, if its process died while it wrote."""
    try:
        read = MmapedDict.read_all_values_from_file(str(file))
        return [(key, value) for key, value, *_ in read]
    except Exception as error:  # noqa: BLE001 - it goes, else no others were served
        log.warning("metrics_file_broken", error=type(error).__name__)
        return []


def is_alive(process: int) -> bool:
    if process == OF_THE_DEAD:
        return True  # its file stays
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Of two that tidy one folder, the second finds nothing to do."""
    with (folder / "folding").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
