"""The filler of the bench: the same rows every time, also when it was killed."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.db.models import Model

from benchmarks.filling.pieces import TABLES
from benchmarks.filling.plan import Plan
from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.models import OutboxEvent
from phr.health_records.models import DoctorComment, HealthRecord
from phr.notifications.models import Notification
from tests.dropping import drop_database
from tests.running.conftest import database_url
from tests.waiting import wait_until

# Of several fillings in one test; a filler has less, so that it is ended in time.
pytestmark = pytest.mark.timeout(900)
RECORDS = 2_000
CHECKOUT = Path(__file__).parents[2]
FILLED: list[type[Model]] = [
    *(User, PatientProfile, DoctorProfile, CareGrant, HealthRecord, DoctorComment),
    *(OutboxEvent, Notification, AccessEntry),
]
FORM = """
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
"""
ROWS = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY id)) FROM {} t"
CHUNKS = "SELECT count(*) FROM benchmark_piece WHERE name LIKE 'chunk %'"
PATIENCE = 250  # seconds
HELD = "chunk 3"  # of ten; two processes fill every second one


@contextmanager
def new_database(name):
    """The address of a database with nothing in it, which is dropped in the end."""
    full = f"{connection.settings_dict['NAME']}_{name}"
    with psycopg.connect(database_url(), autocommit=True) as maker:
        maker.execute(f'CREATE DATABASE "{full}"')
        yield database_url().rpartition("/")[0] + f"/{full}"
        drop_database(maker, full)


@pytest.fixture(scope="module")
def filled(django_db_setup):
    """The address of a database that was filled in one go."""
    with new_database("filled") as url:
        fill(url)
        yield url


@contextmanager
def started_filler(url, records=RECORDS):
    """A filler and its processes: none of them outlives the block, however it ends."""
    environment = {**os.environ, "DATABASE_URL": url}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "benchmarks.fill", "--records", str(records)]
    with subprocess.Popen(
        command,
        env=environment,
        cwd=CHECKOUT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as filler:
        try:
            yield filler
        finally:
            with suppress(ProcessLookupError):  # all have ended
                os.killpg(filler.pid, signal.SIGKILL)
            filler.communicate(timeout=10)  # ends when nobody has its stderr any more


def fill(url):
    with started_filler(url) as filler:
        _, said = filler.communicate(timeout=PATIENCE)
        assert filler.returncode == 0, said


@contextmanager
def one_chunk_held(url):
    """Nobody gets beyond the note of this chunk while we have it."""
    with psycopg.connect(url) as holder:
        holder.execute(TABLES)
        holder.commit()
        holder.execute("INSERT INTO benchmark_piece VALUES (%s)", [HELD])
        yield
        holder.rollback()


def await_chunks(url, count):
    # Not prepared: a pooler would run it on another connection.
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as reader:

        def chunks():
            return reader.execute(CHUNKS).fetchall()[0][0]

        wait_until(lambda: chunks() >= count, chunks)


def rows_of(url):
    """For each table its rows in order, as a digest."""
    with psycopg.connect(url) as reader:
        return {
            model.__name__: reader.execute(ROWS.format(model._meta.db_table)).fetchone()
            for model in FILLED
        }


def form_of(cursor):
    return {
        line for (line,) in cursor.execute(FORM).fetchall() if "benchmark_" not in line
    }


def test_a_killed_filler_goes_on_and_ends_with_the_rows_of_one_that_was_not(filled):
    with new_database("interrupted") as interrupted:
        with started_filler(interrupted) as filler:
            with one_chunk_held(interrupted):
                await_chunks(interrupted, 6)
                filler.send_signal(signal.SIGKILL)
            fill(interrupted)
        found = rows_of(interrupted)

    plan = Plan(RECORDS)
    assert found["HealthRecord"][0] == plan.rows == 2_800
    assert found["DoctorComment"][0] > 2 * plan.rows
    assert found == rows_of(filled)


def test_the_filler_puts_back_what_it_took_off(filled, db):
    with psycopg.connect(filled) as theirs, connection.cursor() as ours:
        ours.execute(FORM)
        expected = {line for (line,) in ours.fetchall()}
        assert form_of(theirs) == expected


def test_the_filler_leaves_a_database_that_is_full_alone(filled):
    before = rows_of(filled)
    fill(filled)
    with started_filler(filled, records=3_000) as filler:
        _, said = filler.communicate(timeout=PATIENCE)
    assert filler.returncode == 1
    assert "Not filled" in said
    assert rows_of(filled) == before


def test_of_a_filler_that_is_given_up_no_process_stays(django_db_setup):
    with new_database("stuck") as stuck, one_chunk_held(stuck):
        with started_filler(stuck) as filler:
            await_chunks(stuck, 6)

        assert filler.returncode == -signal.SIGKILL
        assert filler.stderr.closed
