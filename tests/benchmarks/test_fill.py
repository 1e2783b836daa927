"""The filler of the bench: the same rows every time, also when it was killed."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from benchmarks.filling.pieces import TABLES
from benchmarks.filling.plan import Plan
from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.models import OutboxEvent
from phr.health_records.models import DoctorComment, HealthRecord
from phr.notifications.models import Notification
from tests.running.conftest import database_url

RECORDS = 2_000
CHECKOUT = Path(__file__).parents[2]
FILLED = [User, PatientProfile, DoctorProfile, CareGrant, HealthRecord, DoctorComment]
FILLED += [OutboxEvent, Notification, AccessEntry]
FORM = """
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace
"""
CHUNKS = "SELECT count(*) FROM benchmark_piece WHERE name LIKE 'chunk %'"
HELD = "chunk 3"  # of ten; two processes fill every second one


@pytest.fixture
def new_database(transactional_db):
    """Makes databases with nothing in them, and drops them after the test."""
    made = []

    def make(name):
        with connection.cursor() as cursor:
            made.append(f"{connection.settings_dict['NAME']}_{name}")
            cursor.execute(f'CREATE DATABASE "{made[-1]}"')
        return database_url().rpartition("/")[0] + f"/{made[-1]}"

    yield make
    with connection.cursor() as cursor:
        for name in made:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def start_filler(url):
    environment = {**os.environ, "DATABASE_URL": url}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "benchmarks.fill", "--records", str(RECORDS)]
    return subprocess.Popen(
        command, env=environment, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True
    )


def fill(url):
    filler = start_filler(url)
    _, said = filler.communicate(timeout=120)
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
    patience_ends = time.monotonic() + 60
    with psycopg.connect(url, autocommit=True) as reader:
        while reader.execute(CHUNKS).fetchone()[0] < count:
            assert time.monotonic() < patience_ends
            time.sleep(0.05)


def rows_of(url):
    """For each table its rows in order, as a digest."""
    with psycopg.connect(url) as reader:
        return {
            model.__name__: reader.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY id))"
                f" FROM {model._meta.db_table} t"
            ).fetchone()
            for model in FILLED
        }


def form_of(cursor):
    return {
        line for (line,) in cursor.execute(FORM).fetchall() if "benchmark_" not in line
    }


def test_a_killed_filler_goes_on_and_ends_with_the_rows_of_one_that_was_not(
    new_database,
):
    whole, interrupted = new_database("whole"), new_database("interrupted")
    fill(whole)
    with one_chunk_held(interrupted):
        filler = start_filler(interrupted)
        await_chunks(interrupted, 6)
        filler.send_signal(signal.SIGKILL)
        filler.wait()
    fill(interrupted)

    plan, found = Plan(RECORDS), rows_of(whole)
    assert found["HealthRecord"][0] == plan.rows == 2_800
    assert found["DoctorComment"][0] > 2 * plan.rows
    assert rows_of(interrupted) == found


def test_the_filler_puts_back_what_it_took_off(new_database):
    url = new_database("tables")
    fill(url)
    with connection.cursor() as ours, psycopg.connect(url) as theirs:
        ours.execute(FORM)
        expected = {line for (line,) in ours.fetchall()}
        assert form_of(theirs) == expected
    fill(url)  # once more, and nothing is to do


def test_the_filler_leaves_a_database_of_others_alone(new_database):
    url = new_database("others")
    with psycopg.connect(url) as other:
        other.execute(TABLES)
        other.execute("INSERT INTO benchmark_piece VALUES ('size 5000')")
    filler = start_filler(url)
    _, said = filler.communicate(timeout=120)
    assert filler.returncode == 1
    assert "Not filled" in said
