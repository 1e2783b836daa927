"""Builds the image, brings the real compose file up, uses it, and takes it down.

`python -m dev.deploy_test`; it takes minutes, needs Docker or root on Debian, and
leaves nothing behind.
"""

import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

import requests

from dev.console import CannotGoOn, say, speak_plainly, step
from dev.deploy_test import (
    continuous,
    debian,
    linters,
    profiles,
    rolling,
    stack,
    upgrade,
    visitors,
)
from dev.deploy_test.commands import insist
from dev.deploy_test.daemon import running_docker
from dev.deploy_test.images import build_all, examine
from dev.deploy_test.stack import Stack, new_stack

LONGEST = 1_200  # seconds


def main() -> int:
    speak_plainly()
    signal.signal(signal.SIGTERM, give_up)
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LONGEST)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="deploy-test-") as folder:
            test_deployment(Path(folder))
    except (CannotGoOn, requests.RequestException) as trouble:
        say(f"The deployment test failed: {trouble}")
        return 1
    except KeyboardInterrupt:
        say("The deployment test was stopped.")
        return 130
    say(f"The deployment test passed in {time.monotonic() - began:.0f} s.")
    return 0


def give_up(number: int, frame: FrameType | None) -> None:
    signal.alarm(0)
    raise CannotGoOn("it took too long, or was told to end.")


def test_deployment(folder: Path) -> None:
    Path(folder).chmod(0o755)
    with running_docker():
        linters.check_files(folder)
        builder = build_all()
        examine(builder)
        with new_stack(folder) as installation:
            earlier = upgrade.earlier_release(folder)
            install(installation, earlier)
            use(installation, earlier)
        debian.try_page(builder)


def install(installation: Stack, earlier: Path | None) -> None:
    """Follow the page, from an earlier installation where there is one."""
    commands = stack.commands_of_the_page()
    up = next(number for number, line in enumerate(commands) if " up " in line)
    installation.type_in(commands[:up])
    if earlier:
        upgrade.fill(installation, earlier)
    before = upgrade.records(installation) if earlier else 0
    began = time.monotonic()
    with step("The commands of docs/deployment.md"):
        installation.type_in(["cd deploy", *commands[up:]])
        stack.await_ready(installation)
    say(f"  {time.monotonic() - began:.0f} seconds from `up` to ready")
    if earlier:
        insist(upgrade.records(installation) == before, "Records were lost.")


def use(installation: Stack, earlier: Path | None) -> None:
    with step("Ports, rights, metrics and the proxy"):
        stack.check_ports(installation)
        stack.check_metrics(installation)
        upgrade.check_rights(installation)
        visitors.check_proxy(installation)
    visitors.sign_administrator_in(installation)
    if upgrade.records(installation):
        visitors.take_tour(installation, "docs/api-in-five-minutes.md", stack.URL)
        maria = visitors.sign_in(installation, "maria", "violet-anchor-19")
        rolling.roll_under_load(installation, maria)
    profiles.back_up(installation)
    profiles.look_at_demo(installation)
    profiles.look_at_queues(installation)
    profiles.look_at_metrics(installation)
    if earlier:
        upgrade.go_back(installation, earlier)
    continuous.try_page(installation)


if __name__ == "__main__":
    sys.exit(main())
