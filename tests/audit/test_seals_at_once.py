"""Late lines are not passed over, and sealers that meet or die leave whole seals."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Event

import pytest
from django.db import connection, connections, transaction
from structlog.testing import capture_logs

from phr.audit.models import LedgerSeal
from tests.at_once import all_at_once
from tests.audit.ledgers import (
    add_lines,
    found,
    positions,
    seal,
    sealed_positions,
)
from tests.running.conftest import database_url
from tests.waiting import is_somebody_waiting, wait_until

at_once = pytest.mark.django_db(transaction=True)
pytestmark = pytest.mark.usefixtures("small_seals")
HASTY = timedelta(milliseconds=200)
PATIENT = timedelta(minutes=1)


# Transactions that end late.


@contextmanager
def late_line(*, undone=False):
    """Another transaction has entered a line, and ends when the block does."""
    entered, may_end = Event(), Event()

    def enter():
        try:
            with transaction.atomic():
                add_lines(1)
                entered.set()
                assert may_end.wait(30)
                transaction.set_rollback(undone)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(enter)
        assert entered.wait(30)
        try:
            yield
        finally:
            may_end.set()
            writing.result()


def enter_while(late):
    """Enter a line behind a late one that began before this transaction."""
    late.__enter__()
    add_lines(1)


def enter_around(late):
    """Enter a line behind a late one that began after this transaction."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id()")
        late.__enter__()
        add_lines(1)


@at_once
@pytest.mark.parametrize("undone", [False, True], ids=["committed", "undone"])
@pytest.mark.parametrize("enter", [enter_while, enter_around])
def test_a_line_that_is_committed_late_is_not_passed_over(enter, undone):
    late = late_line(undone=undone)
    enter(late)
    try:
        with capture_logs() as logged:
            assert seal(patience=HASTY) == 0
    finally:
        late.__exit__(None, None, None)

    assert [(line["event"], line["seconds"]) for line in logged] == [
        ("ledger_not_sealed", 0)
    ]
    assert seal() == (1 if undone else 2)
    assert sealed_positions() == positions()
    assert found() is None


@at_once
def test_sealing_waits_for_a_late_line():
    with ThreadPoolExecutor(1) as pool:
        with late_line():
            add_lines(1)
            sealing_now = pool.submit(
                in_own_connection, partial(seal, patience=PATIENT)
            )
            time.sleep(0.3)
            assert not sealing_now.done()
        assert sealing_now.result(timeout=30) == 2

    assert found() is None


def in_own_connection(call):
    try:
        return call()
    finally:
        connections.close_all()


@at_once
def test_a_long_transaction_that_enters_nothing_delays_nothing(alice):
    add_lines(1)

    def seal_meanwhile():
        return in_own_connection(partial(seal, patience=timedelta(0)))

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        alice.save()
        assert pool.submit(seal_meanwhile).result() == 1


# Sealers that meet, and that die.


@at_once
def test_of_sealers_at_once_each_goes_on_where_the_other_is():
    add_lines(40)

    sealed = all_at_once([seal] * 4)

    assert sum(sealed) == 40
    assert sealed_positions() == positions()
    assert found() is None


SEAL_SLOWLY = """
import django
django.setup()
from django.utils import timezone
from phr.audit import seals
seals.LINES_PER_SEAL = 4
seals.seal_ledger(
    at=timezone.now(), tell=lambda seal: print(seal.number, flush=True)
)
"""


@contextmanager
def sealer():
    """A process that seals the ledger and says the number of each seal."""
    process = subprocess.Popen(
        [sys.executable, "-c", SEAL_SLOWLY],
        env=os.environ | {"DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


@at_once
def test_a_sealer_killed_between_seals_leaves_whole_ones():
    add_lines(400)

    with sealer() as process:
        for _ in range(5):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        assert process.wait(timeout=30) == -signal.SIGKILL

    killed_at = LedgerSeal.objects.count()
    assert 5 <= killed_at < 100
    assert found() is None
    assert seal() == 400 - 4 * killed_at
    assert sealed_positions() == positions()
    assert found() is None


@at_once
def test_a_sealer_killed_within_a_seal_leaves_nothing_of_it():
    add_lines(12)

    with sealer() as process:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE audit_ledgerseal IN EXCLUSIVE MODE")
            wait_until(is_somebody_waiting)  # with its lines read, to add the seal
            process.send_signal(signal.SIGKILL)
            assert process.wait(timeout=30) == -signal.SIGKILL
        wait_until(lambda: not is_somebody_sealing())

    assert not LedgerSeal.objects.exists()
    assert seal() == 12
    assert found() is None


def is_somebody_sealing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
            " (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])
