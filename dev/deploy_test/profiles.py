"""The profiles of compose.yaml: the demo with its tour, Flower, Prometheus, backups."""

import contextlib
import time
from typing import Any

import requests

from dev.console import step
from dev.deploy_test.commands import insist
from dev.deploy_test.stack import READY, UP, URL, Stack
from dev.deploy_test.visitors import DEMO, take_tour, visitor


def look_at_demo(stack: Stack) -> None:
    """Start the demo beside the installation, and take the long tour there."""
    with step("docker compose --profile demo up"):
        stack.run("--profile", "demo", "up", "--detach", seconds=UP)
        shown = stack.run("--profile", "demo", "logs", "--no-color", "demo-data")
        insist("violet-anchor-19" in shown, "The demo does not say who can sign in.")
        await_web(stack, "demo")
    take_tour(stack, "docs/tour.md", DEMO)
    stack.run("--profile", "demo", "stop", "--timeout=3", *DEMO_SERVICES, seconds=UP)


DEMO_SERVICES = ("demo", "demo-worker", "demo-database", "demo-valkey")


def await_web(stack: Stack, service: str) -> None:
    once = "/app/deploy/health-check && exit; sleep 1"
    check = f"for _ in $(seq {READY}); do {once}; done; exit 1"
    stack.run("exec", "-T", service, "sh", "-c", check, seconds=READY + 30)


def look_at_queues(stack: Stack) -> None:
    """See that Flower asks for the password of the proxy, and shows the workers."""
    with step("docker compose --profile flower up"):
        stack.run("--profile", "flower", "up", "--detach", "flower", seconds=UP)
        session = visitor(stack)
        address = f"{URL}/flower/workers"
        unknown = session.get(address, timeout=20)
        insist(unknown.status_code == 401, "Flower is open to everybody.")
        wrong = session.get(address, auth=("operator", "wrong"), timeout=20)
        insist(wrong.status_code == 401, "Flower takes any password.")
        session.auth = ("operator", stack.settings()["FLOWER_PASSWORD"])
        insist(is_shown(session, address), "Flower does not show the workers.")
        foreign = {"Sec-Fetch-Site": "cross-site"}
        refused = session.get(address, headers=foreign, timeout=20)
        insist(refused.status_code == 403, "Other sites' pages reach Flower.")


def is_shown(session: requests.Session, address: str) -> bool:
    """Ask until Flower has started and found the workers."""
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline:
        page = session.get(address, timeout=20)
        if page.status_code == 200 and "worker@" in page.text:
            return True
        time.sleep(1)
    return False


def look_at_metrics(stack: Stack) -> None:
    """See that Prometheus scrapes each container, with the rules, for this machine."""
    with step("docker compose --profile monitoring up"):
        monitoring = ("--profile", "monitoring")
        stack.run(*monitoring, "up", "--detach", "prometheus", seconds=UP)
        insist(all_are_scraped(), "Prometheus does not get the metrics of all.")
        rules = ask_prometheus("rules")["groups"]
        insist(rules and rules[0]["rules"], "Prometheus has no alert rules.")
        published = stack.run(*monitoring, "port", "prometheus", "9090").strip()
        insist(published == "127.0.0.1:9090", f"Prometheus is open: {published}.")
        stack.run(*monitoring, "stop", "--timeout=3", "prometheus", seconds=UP)


def all_are_scraped() -> bool:
    """Ask until all six have been scraped well."""
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline:
        with contextlib.suppress(requests.RequestException):
            targets = ask_prometheus("targets")["activeTargets"]
            if [each["health"] for each in targets] == ["up"] * 6:
                return True
        time.sleep(1)
    return False


def ask_prometheus(what: str) -> dict[str, Any]:
    got = requests.get(f"http://127.0.0.1:9090/api/v1/{what}", timeout=10)
    got.raise_for_status()
    found: dict[str, Any] = got.json()["data"]
    return found


def back_up(stack: Stack) -> None:
    """Make a backup as docs/restore.md tells, and try it on the server itself."""
    with step("docker compose run backup, and verify_backup"):
        folder = stack.folder / "backups"
        folder.mkdir()
        folder.chmod(0o777)  # the page gives it to the account of the image, as root
        run = ("--profile", "backup", "run", "--rm", "-T", "backup")
        stack.run(*run, seconds=UP)
        told = stack.run(*run, "manage", "verify_backup", "/backups", seconds=UP)
        insist("It can be restored." in told, "The backup is of no use.")
