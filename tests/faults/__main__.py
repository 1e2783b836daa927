"""`make faults`: breaks the parts of a running installation, and counts what is lost.

With words, only the scenarios that have one of them in their name. Without, the defects
as well that it must find, each made on purpose.
"""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import django

from dev import places
from dev.console import say
from dev.processes import Guard
from tests.faults import broken, disk
from tests.faults.parts import Parts, running, start_application

CLIENTS, FEWER_CLIENTS = 16, 6
PATIENCE = 10  # of the short set, which runs beside other tests
MOST_SECONDS = 600  # of one scenario
MOST_FINDINGS = 10  # that are shown of one scenario
FULL_DISK = "the disk is full"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="what `make check` runs")
    parser.add_argument("--broken", choices=broken.DEFECTS, help="with this defect")
    parser.add_argument("--clients", type=int, help="how many work at once")
    parser.add_argument("words", nargs="*", help="of the names of scenarios")
    return parser.parse_args()


def set_up(parts: Parts) -> None:
    """Have this process, too, know the servers: without the relays between."""
    os.environ.update(parts.env)
    os.environ["DATABASE_URL"] = parts.cluster.url()
    os.environ["REDIS_URL"] = parts.store.url
    django.setup()


def main() -> int:
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, end)
    chosen = arguments()
    clients = chosen.clients or (FEWER_CLIENTS if chosen.short else CLIENTS)
    failed = run_all(chosen, clients)
    if not (chosen.short or chosen.words or chosen.broken):
        failed = [*failed, *(name for name in broken.DEFECTS if not is_found(name))]
    for name in failed:
        say(f"Failed: {name}")
    return 1 if failed else 0


def end(number: int, _frame: FrameType | None) -> None:
    """End what runs, and clear up: one scenario may have hung.

    :raises SystemExit: at once.
    """
    raise SystemExit(f"Ended by {signal.Signals(number).name}.")


def run_all(chosen: argparse.Namespace, clients: int) -> list[str]:
    """:returns: the names of the scenarios that have shown something."""
    defect = broken.DEFECTS.get(chosen.broken, broken.NONE)
    with parts_for(chosen, defect) as parts:
        set_up(parts)
        from django.core.management import call_command  # Django knows its settings now

        from tests.faults.bench import run_scenario
        from tests.faults.scenarios import SCENARIOS

        call_command("migrate", verbosity=0)
        if chosen.broken == "no unique constraint":
            broken.drop_constraint()
        start_application(parts, with_beat=defect.with_beat)
        failed = []
        for scenario in SCENARIOS:
            if scenario.name == FULL_DISK and not parts.disk:
                continue
            if not is_chosen(scenario.name, chosen, is_short=scenario.is_short):
                continue
            signal.alarm(MOST_SECONDS)
            patience = PATIENCE if chosen.short else how_busy()
            result = run_scenario(parts, scenario, clients=clients, patience=patience)
            say(str(result))
            for finding in result.findings.all[:MOST_FINDINGS]:
                say(f"    {finding}")
            if result.findings.all:
                failed.append(scenario.name)
        signal.alarm(0)  # what comes now, a run with a defect, has its own
    return failed


def is_chosen(name: str, chosen: argparse.Namespace, *, is_short: bool) -> bool:
    if chosen.short and not is_short:
        return False
    return not chosen.words or any(word in name for word in chosen.words)


def how_busy() -> float:
    """How many times as long as alone all takes here: for each core so many wait."""
    return max(1, os.getloadavg()[0] / (os.cpu_count() or 1))


@contextmanager
def parts_for(chosen: argparse.Namespace, defect: broken.Defect) -> Iterator[Parts]:
    """The parts, with PostgreSQL's data on a small disk if it is to be filled."""
    with ExitStack() as stack:
        folder, lock = places.throwaway_folder()
        stack.callback(os.close, lock)
        guard = stack.enter_context(Guard(keep=[lock]))
        guard.remove(folder)
        small = None
        if is_chosen(FULL_DISK, chosen, is_short=False):
            try:
                small = stack.enter_context(disk.small_disk(folder / "disk"))
            except disk.NoDisk as reason:
                say(f"{FULL_DISK}: left out, for no disk can be mounted here: {reason}")
        parts = Parts(folder, guard, defect.celery, small)
        stack.enter_context(running(parts))
        yield parts


def is_found(name: str) -> bool:
    """Run the bench with a defect, and see that it is found."""
    defect = broken.DEFECTS[name]
    command = [sys.executable, "-m", "tests.faults", "--broken", name]
    told = subprocess.run(
        [*command, defect.scenario], capture_output=True, text=True, check=False
    ).stdout
    found = defect.shows_as in told and f"{defect.shows_as} 0" not in told
    say(f"{name}: {'found' if found else f'not found{told}'}")
    return found


if __name__ == "__main__":
    sys.exit(main())
