"""`make ha-test`: an installation of deploy/ha on five hosts, broken under load.

The hosts are network namespaces of this machine. Needs root on Debian, and its packages
`etcd-server haproxy patroni pgbouncer postgresql python3-etcd`. With words, only the
scenarios that have one of them in their name.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

import django

from dev.console import say
from tests.ha.hosts import CannotRun, make_network
from tests.ha.parts import PATH, Installation
from tests.mailbox import open_mailbox

PROGRAMS = ("etcd", "patroni", "haproxy", "pgbouncer", "nsenter", "setpriv", "ip")
CLIENTS = 8
MOST_SECONDS = 600  # of one scenario
MOST_SECONDS_WITHOUT = 30
MOST_FINDINGS = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="make ha-test", description=__doc__)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("words", nargs="*", help="of the names of scenarios")
    chosen = parser.parse_args()
    missing = [name for name in PROGRAMS if not shutil.which(name, path=PATH)]
    if missing or os.geteuid():
        say(f"This needs root, and Debian's packages for: {' '.join(missing)}")
        return 2
    for number in (signal.SIGTERM, signal.SIGALRM):
        signal.signal(number, end)
    with tempfile.TemporaryDirectory(prefix="health-record-ha-") as name:
        Path(name).chmod(0o755)  # PostgreSQL is another account
        try:
            make_network()
        except (CannotRun, subprocess.CalledProcessError) as reason:
            say(f"No network can be made here: {reason}")
            return 2
        failed = run_all(Path(name), chosen)
    for scenario in failed:
        say(f"Failed: {scenario}")
    return 1 if failed else 0


def end(number: int, _frame: FrameType | None) -> None:
    """:raises SystemExit: at once; one scenario may have hung."""
    raise SystemExit(f"Ended by {signal.Signals(number).name}.")


def run_all(folder: Path, chosen: argparse.Namespace) -> list[str]:
    """:returns: the names of the scenarios that have shown something."""
    signal.alarm(MOST_SECONDS)
    parts = Installation(folder)
    try:
        with open_mailbox(parts.mailbox):
            return run_in(parts, chosen)
    finally:
        parts.close()


def run_in(parts: Installation, chosen: argparse.Namespace) -> list[str]:
    parts.start_databases()
    set_up(parts)
    parts.start_application()
    return run_scenarios(parts, chosen)


def set_up(parts: Installation) -> None:
    """Have this process know the database that leads, and make its tables."""
    os.environ.update(parts.env)
    os.environ["DATABASE_URL"] = parts.direct_url
    os.environ["DATABASE_POOLER"] = "none"
    django.setup()
    from django.core.management import call_command  # Django knows its settings now

    call_command("migrate", verbosity=0)


def run_scenarios(parts: Installation, chosen: argparse.Namespace) -> list[str]:
    from tests.faults.bench import run_scenario
    from tests.ha.scenarios import SCENARIOS

    failed = []
    for scenario in SCENARIOS:
        if chosen.words and not any(word in scenario.name for word in chosen.words):
            continue
        signal.alarm(MOST_SECONDS)
        result = run_scenario(parts, scenario, clients=chosen.clients)
        found = [*result.findings.all, *ledger_faults()]
        if result.outage > MOST_SECONDS_WITHOUT:
            found.append(f"Nobody was served for {result.outage:.1f} s.")
        say(str(result))
        for finding in found[:MOST_FINDINGS]:
            say(f"    {finding}")
        if found:
            failed.append(scenario.name)
    return failed


def ledger_faults() -> list[str]:
    """What `manage.py verify_ledger` says of the one that leads now, if it fails."""
    command = [sys.executable, "manage.py", "verify_ledger"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [] if not done.returncode else [f"{done.stdout}{done.stderr}".strip()]


if __name__ == "__main__":
    sys.exit(main())
