"""The demo: the same every time, all or nothing, and only where nobody else lives."""

from io import StringIO

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from demo.files import people
from demo.management.commands.load_demo import Command
from phr.accounts.models import User
from phr.audit import access_log
from phr.audit.models import AccessEntry
from phr.health_records.models import CommentVersion, HealthRecord, RecordVersion
from tests.at_once import all_at_once
from tests.demo.rows import everything, load_demo


def schemas_of_the_demo() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname ~ 'demo'")
        return int(cursor.fetchone()[0])


def start_the_ledger_at_one() -> None:
    """Its positions go on from wherever other tests have left them."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE audit_accessentry_position RESTART")


def users() -> int:
    return User.objects.count()


@pytest.mark.django_db
def test_two_loadings_differ_in_nothing_but_the_salt():
    start_the_ledger_at_one()
    load_demo()
    first = everything()
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE accounts_user, core_outboxevent CASCADE")
        for model in (AccessEntry, RecordVersion, CommentVersion):
            cursor.execute(f"TRUNCATE {model._meta.db_table}")
    start_the_ledger_at_one()
    assert users() == 0

    load_demo()

    second = everything()
    for name, rows in first.items():
        assert rows, name
        assert second[name] == rows


@pytest.mark.django_db
def test_it_refuses_where_other_people_live(alice):
    with pytest.raises(CommandError, match="people who are not part of the demo"):
        load_demo()

    assert list(User.objects.all()) == [alice.user]
    assert not HealthRecord.objects.exists()


@pytest.mark.django_db
def test_it_refuses_when_debug_is_off(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG is off"):
        call_command("load_demo", stdout=StringIO())

    assert users() == 0


@pytest.mark.django_db
def test_a_loading_that_breaks_in_the_middle_leaves_nothing(monkeypatch):
    def break_off(**values: object) -> None:
        assert HealthRecord.objects.exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(access_log, "download_entries", break_off)

    with pytest.raises(KeyboardInterrupt):
        load_demo()

    assert {name for name, rows in everything().items() if rows} == set()
    assert schemas_of_the_demo() == 0
    assert timezone.now().year >= 2026


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_waits_and_finds_it_done():
    def load_once() -> None:
        with transaction.atomic():
            # Not the whole command, which would need settings that threads share.
            Command().load_once()

    all_at_once([load_once] * 2)

    assert users() == len(people().accounts)
