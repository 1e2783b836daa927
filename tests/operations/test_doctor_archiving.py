"""`manage.py doctor` finds a PostgreSQL that cannot hand its changes over."""

import psycopg
from pytest_django import DjangoDbBlocker

from phr.operations.backup.loading import default_database
from phr.operations.doctor import archiving
from phr.operations.findings import Finding, Level
from tests.operations.conftest import own_cluster, started
from tests.operations.looking import only
from tests.waiting import wait_until

ARCHIVES = {"archive_mode": "on", "wal_level": "replica"}
STATE = "SELECT failed_count, archived_count FROM pg_stat_archiver"


def findings_at(url: str) -> list[Finding]:
    with default_database(url):
        return list(archiving.examine())


def test_changes_that_stay_on_the_disk_are_an_error_until_they_are_handed_over(
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with (
        django_db_blocker.unblock(),
        own_cluster(**ARCHIVES) as made,
        started(*made) as url,
        psycopg.connect(url, autocommit=True) as session,
    ):
        session.execute("ALTER SYSTEM SET archive_command = 'false'")
        session.execute("SELECT pg_reload_conf(), pg_switch_wal()")
        wait_until(lambda: session.execute(STATE).fetchall()[0][0])
        fails = findings_at(url)
        session.execute("ALTER SYSTEM SET archive_command = 'true'")
        session.execute("SELECT pg_reload_conf(), pg_switch_wal()")
        wait_until(lambda: session.execute(STATE).fetchall()[0][1])
        works = findings_at(url)

    assert only(fails).endswith("kept on its disk meanwhile, which fills.")
    (well,) = works
    assert well.level is Level.OK


def test_where_nothing_is_to_be_handed_over_nothing_is_said(db: None) -> None:
    assert list(archiving.examine()) == []
