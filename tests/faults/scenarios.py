"""What befalls the parts, each while clients are at work."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connections
from django.utils import timezone

from dev import places
from phr.core import outbox
from phr.core.models import OutboxEvent
from phr.core.tasks import purge_delivered_events, replay_outbox
from tests.factories import OutboxEventFactory
from tests.faults.disk import full
from tests.faults.parts import WEB, WORKERS, Parts
from tests.faults.relay import Relay
from tests.faults.scenario import Scenario
from tests.mailbox import TAKEN
from tests.waiting import is_somebody_waiting, wait_until

SECONDS_AWAY = 3
SECONDS_TO_END = 20
OLD_EVENTS = 2_500  # more than two batches of a purge
ROUNDS = 5


def kill_web(parts: Parts) -> None:
    old = parts.running[WEB[0]]
    parts.kill(WEB[0])
    parts.await_restart(WEB[0], old)


@contextmanager
def inboxes_locked(parts: Parts) -> Iterator[None]:
    """Whoever puts a line in an inbox waits meanwhile."""
    with psycopg.connect(parts.cluster.url()) as other:
        other.execute("LOCK notifications_notification IN SHARE MODE")
        yield
        other.rollback()


def kill_worker(parts: Parts) -> None:
    """In the middle of a task: it waits to put a line in an inbox."""
    with inboxes_locked(parts):
        wait_until(is_somebody_waiting, parts.told)
        for name in WORKERS:
            parts.kill(name)


def kill_mailing_worker(parts: Parts) -> None:
    """When the mail server has kept a mail, and has not yet said so."""
    has_come = threading.Event()

    def keep_and_kill() -> str:
        if not has_come.is_set():
            for name in WORKERS:
                parts.kill(name)
            has_come.set()
        return TAKEN

    parts.mailbox.to_text = keep_and_kill
    wait_until(has_come.is_set, parts.told)


def lose_valkey(parts: Parts) -> None:
    parts.kill("valkey")
    time.sleep(SECONDS_AWAY)
    parts.start_valkey()


def kill_postgres(parts: Parts) -> None:
    parts.kill("postgres")
    time.sleep(SECONDS_AWAY)
    parts.start_postgres()


def freeze_postgres(parts: Parts) -> None:
    with parts.frozen("postgres"):
        time.sleep(10)


def trouble(relay: Relay) -> None:
    """Slow, then broken again and again, then away, then well."""
    relay.delay = 0.05
    time.sleep(SECONDS_AWAY)
    relay.delay = 0
    for _ in range(3):
        relay.end_open()
        time.sleep(1)
    relay.cut()
    time.sleep(SECONDS_AWAY)
    relay.mend()


def replace(parts: Parts, *names: str) -> None:
    """One after the other, as deploy/roll does."""
    for name in names:
        old, began = parts.running[name], time.monotonic()
        old.ask_to_end()
        wait_until(lambda: old.exit_code is not None, parts.told)  # noqa: B023 - at once
        took = time.monotonic() - began
        assert old.exit_code == 0, f"{name} ended with {old.exit_code}."
        assert took < SECONDS_TO_END, f"{name} took {took:.0f} s to end."
        parts.await_restart(name, old)


def migrate(*arguments: str) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0", *arguments]
    done = subprocess.run(
        command,
        cwd=places.CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr


def migrate_twice(_parts: Parts) -> None:
    """An index is taken away, then two commands that begin at once build it."""
    migrate("health_records", "0018")
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: migrate(), range(2)))


def replay_and_purge(_parts: Parts) -> None:
    """Two of each at once, several times, beside workers that deliver the same."""
    long_ago = timezone.now() - 2 * settings.RETAIN_EVENTS
    OutboxEvent.objects.bulk_create(
        OutboxEventFactory.build(delivered_at=long_ago) for _ in range(OLD_EVENTS)
    )
    with ThreadPoolExecutor() as pool:
        for _ in range(ROUNDS):
            outbox.make_due(OutboxEvent.objects.all(), now=timezone.now())
            calls = (replay_outbox, purge_delivered_events) * 2
            list(pool.map(and_disconnect, calls))
    assert not OutboxEvent.objects.filter(delivered_at__lte=long_ago).exists()


def and_disconnect(call: Callable[[], object]) -> None:
    try:
        call()
    finally:
        connections.close_all()


def fill_disk(parts: Parts) -> None:
    with full(parts.cluster.data.parent):
        time.sleep(2 * SECONDS_AWAY)
    if parts.running["postgres"].exit_code is not None:  # as its service manager does
        parts.start_postgres()


SCENARIOS: tuple[Scenario[Parts], ...] = (
    Scenario("nothing", lambda _: time.sleep(SECONDS_AWAY), may_refuse=False),
    Scenario("a web process is killed", kill_web, is_short=True),
    Scenario("a worker is killed", kill_worker, may_refuse=False, may_mail_twice=True),
    Scenario(
        "workers are killed as a mail leaves",
        kill_mailing_worker,
        may_refuse=False,
        may_mail_twice=True,
    ),
    Scenario("Valkey is killed", lose_valkey, is_short=True, may_refuse=False),
    Scenario(
        "PostgreSQL is killed",
        kill_postgres,
        is_short=True,
        may_mail_twice=True,
        slowest_refusal=2,
    ),
    Scenario(
        "PostgreSQL hangs", freeze_postgres, may_mail_twice=True, slowest_refusal=2
    ),
    Scenario(
        "trouble on the way to PostgreSQL",
        lambda parts: trouble(parts.postgres),
        may_mail_twice=True,
        slowest_refusal=2,
    ),
    Scenario(
        "trouble on the way to Valkey",
        lambda parts: trouble(parts.valkey),
        may_refuse=False,
    ),
    Scenario(
        "trouble on the way to the mail server",
        lambda parts: trouble(parts.mail),
        may_refuse=False,
        may_mail_twice=True,
    ),
    Scenario("trouble on the way to web", lambda parts: trouble(parts.web)),
    Scenario(
        "web processes are replaced",
        lambda parts: replace(parts, *WEB),
        is_short=True,
        may_refuse=False,
    ),
    Scenario(
        "workers and beat are replaced",
        lambda parts: replace(parts, *WORKERS, "beat"),
        may_refuse=False,
    ),
    Scenario("a migration", migrate_twice, may_refuse=False),
    Scenario("two replays, two purges", replay_and_purge, may_refuse=False),
    Scenario("the disk is full", fill_disk, may_mail_twice=True),
)
