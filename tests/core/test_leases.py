"""Of several beats one leads, and what is due is queued once."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db import connection
from structlog.testing import capture_logs

from config.beat import LEASE, MOST_BETWEEN_TICKS, SLACK, PrivateScheduler
from phr.core import heartbeat, leases
from phr.core.models import Lease
from tests.at_once import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

BEATS = 8
REPLAY = "replay-outbox"

Beats = Callable[[str], PrivateScheduler]


class Counting(PrivateScheduler):
    """A beat that counts what it queues; workers of other tests are left alone."""

    queued: Counter[str] = Counter()

    def apply_async(self, entry: Any, *args: Any, **options: Any) -> None:
        self.queued[entry.name] += 1


@pytest.fixture
def beat_in(tmp_path: Path) -> Iterator[Beats]:
    """Schedulers as `celery beat` makes them, which have not ticked yet."""
    made = []

    def make(name: str) -> PrivateScheduler:
        (folder := tmp_path / name).mkdir(mode=0o700)
        file = str(folder / "schedule")
        made.append(Counting(current_app, schedule_filename=file))
        return made[-1]

    Counting.queued = Counter()
    yield make
    for beat in made:
        beat.close()


def entry_of(beat: PrivateScheduler, name: str = REPLAY) -> Any:
    return beat.schedule[name]


def have_passed(seconds: float) -> None:
    """Have all leases end so much sooner."""
    with connection.cursor() as cursor:
        sql = "UPDATE core_lease SET ends_at = ends_at - make_interval(secs => %s)"
        cursor.execute(sql, [seconds])


@contextmanager
def no_leases() -> Iterator[None]:
    """As before the migration, or while the database refuses."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE core_lease RENAME TO core_lease_away")
        try:
            yield
        finally:
            cursor.execute("ALTER TABLE core_lease_away RENAME TO core_lease")


def test_a_lease_is_one_holders_until_it_ends_or_is_given_back() -> None:
    assert leases.take("it", "one", seconds=60)
    assert leases.take("it", "one", seconds=60)
    assert not leases.take("it", "two", seconds=60)
    assert not leases.take("it", "one", seconds=60, renew=False)

    have_passed(61)
    assert leases.take("it", "two", seconds=60)
    leases.give_back("it", "one")
    assert not leases.take("it", "one", seconds=60)

    leases.give_back("it", "two")
    assert leases.held("it") is None
    assert leases.take("it", "one", seconds=60)


def test_of_many_that_take_a_lease_at_once_one_has_it() -> None:
    for ended in (False, True):
        if ended:
            have_passed(61)
        takes = [
            partial(leases.take, "it", str(number), seconds=60)
            for number in range(BEATS)
        ]
        assert sum(all_at_once(takes)) == 1


def test_one_beat_leads_and_another_once_it_is_silent(beat_in: Beats) -> None:
    one, two = beat_in("one"), beat_in("two")

    one.tick()
    assert two.tick() == MOST_BETWEEN_TICKS
    assert (one.leads, two.leads) == (True, False)

    have_passed(LEASE + 1)
    with capture_logs() as logs:
        two.tick()
        one.tick()

    assert (one.leads, two.leads) == (False, True)
    assert [line["event"] for line in logs] == ["beat_leads", "beat_stands_by"]


def test_a_beat_that_ends_hands_over_at_once(beat_in: Beats) -> None:
    one, two = beat_in("one"), beat_in("two")
    one.tick()

    one.close()
    two.tick()

    assert two.leads


def test_the_leader_is_never_asleep_for_as_long_as_its_lease(beat_in: Beats) -> None:
    beat = beat_in("one")

    assert beat.tick() <= MOST_BETWEEN_TICKS < LEASE / 3


def test_only_the_leader_notes_that_it_ticks(beat_in: Beats) -> None:
    leases.take(leases.BEAT, "somebody", seconds=60)
    beat = beat_in("one")

    beat.tick()
    assert heartbeat.last_tick() is None

    have_passed(61)
    before = time.time()
    beat.tick()
    ticked = heartbeat.last_tick()
    assert ticked is not None
    assert ticked == pytest.approx(before, abs=60)


def test_beats_that_all_believe_to_lead_queue_an_entry_once(beat_in: Beats) -> None:
    beats = [beat_in(str(number)) for number in range(BEATS)]
    calls = [partial(beat.apply_entry, entry_of(beat)) for beat in beats]

    all_at_once(calls)
    assert beats[0].queued == {REPLAY: 1}

    have_passed(15 - SLACK)
    all_at_once(calls)
    assert beats[0].queued == {REPLAY: 2}


def test_who_takes_over_goes_on_where_the_last_one_was(beat_in: Beats) -> None:
    """Nothing is queued again, and what was due meanwhile is at once."""
    one, two = beat_in("one"), beat_in("two")
    hourly, minutely = "purge-settled-mails", "seal-ledger"
    for name in (hourly, minutely):
        one.apply_entry(entry_of(one, name))

    have_passed(600)
    two.tick()

    ran = {name: entry_of(two, name) for name in (hourly, minutely)}
    assert ran[hourly].is_due().next == pytest.approx(3000, abs=60)
    assert not ran[hourly].is_due().is_due
    assert two.queued[minutely] == 2 or ran[minutely].is_due().is_due
    assert two.queued[hourly] == 1


def test_without_the_database_nobody_leads_or_queues(beat_in: Beats) -> None:
    beat = beat_in("one")
    beat.tick()

    with no_leases(), capture_logs() as logs:
        beat.apply_entry(entry_of(beat))
        beat.tick()

    assert not beat.leads
    assert not beat.queued
    assert {line["event"] for line in logs} == {"beat_without_database"}
    beat.tick()
    assert beat.leads
    assert Lease.objects.get(pk=leases.BEAT).holder == beat.name
