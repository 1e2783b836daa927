"""What is wrong is said in a sentence, and nothing is touched."""

import stat
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from tests.backup.conftest import BACKUP_KEY, Manage, assert_refused
from tests.operations.conftest import own_cluster, started
from tests.production import run_python
from tests.running.conftest import database_url

pytestmark = pytest.mark.django_db(transaction=True)
Backup = Callable[[], Path]


def test_a_file_that_cannot_be_used_is_refused_before_anything_is_made(
    backup: Backup, manage: Manage, new_machine: dict[str, str], tmp_path: Path
) -> None:
    path = backup()
    content = path.read_bytes()
    damaged, cut, other = (tmp_path / name for name in ("damaged", "cut", "other"))
    damaged.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    cut.write_bytes(content[:-100])
    other.write_text("PGDMP and what follows")

    for file, why in (
        (damaged, "damaged is damaged or incomplete."),
        (cut, "cut is damaged or incomplete."),
        (other, "other is not a backup of this program."),
        (tmp_path / "none", "none cannot be read: No such file or directory."),
    ):
        assert_refused(manage, file, new_machine, why)
    another = {"BACKUP_KEY": BACKUP_KEY[::-1]}
    assert_refused(manage, path, new_machine, "made with another key", **another)


def test_a_database_that_is_not_empty_or_in_use_stays_as_it_is(
    backup: Backup, manage: Manage, new_machine: dict[str, str]
) -> None:
    path = backup()
    assert manage("prepare_database", **new_machine).returncode == 0
    with psycopg.connect(new_machine["DATABASE_OWNER_URL"], autocommit=True) as user:
        user.execute(
            "INSERT INTO django_content_type (app_label, model) VALUES ('a', 'b')"
        )
        assert_refused(manage, path, new_machine, "in use by 1 other connections")
    assert_refused(manage, path, new_machine, "is not empty: it has")

    with psycopg.connect(new_machine["DATABASE_OWNER_URL"]) as session:
        kept = session.execute("SELECT model FROM django_content_type").fetchall()
    assert ("b",) in kept


def test_a_dump_that_breaks_off_leaves_no_file(manage: Manage, tmp_path: Path) -> None:
    program = tmp_path / "bin" / "pg_dump"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo 99.1 && exit\n'
        "echo PGDMP; echo 'pg_dump: error: it is away' >&2; exit 1\n"
    )
    program.chmod(0o755)
    folder = tmp_path / "backups"
    folder.mkdir()

    done = manage("backup", folder, PATH=f"{program.parent}:/usr/bin:/bin")

    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert list(folder.iterdir()) == []


def test_a_dump_that_postgresql_refuses_leaves_the_database_empty(
    manage: Manage, new_machine: dict[str, str], tmp_path: Path
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo 99.1 && exit\n'
        "echo PGDMP; head -c 300000 /dev/zero\n"
    )
    program.chmod(0o755)
    made = manage("backup", tmp_path, PATH=f"{tmp_path}:/usr/bin:/bin")
    assert made.returncode == 0, made.stderr
    (path,) = tmp_path.glob("*.phr-backup")

    done = manage("restore", path, "--without-erasures", **new_machine)

    assert done.returncode == 1
    assert "CommandError: pg_restore failed: " in done.stderr
    assert "Traceback" not in done.stderr
    with psycopg.connect(new_machine["DATABASE_OWNER_URL"]) as session:
        tables = session.execute("SELECT * FROM pg_tables WHERE schemaname = 'public'")
        assert tables.fetchall() == []


def test_a_backup_is_for_its_owner_alone_and_the_oldest_ones_go(
    manage: Manage, tmp_path: Path
) -> None:
    old = [tmp_path / f"2020010{day}T000000Z.phr-backup" for day in (1, 2, 3)]
    for path in old:
        path.touch()

    done = manage("backup", tmp_path, "--keep", 2)

    assert done.returncode == 0, done.stderr
    newest, second = sorted(tmp_path.iterdir(), reverse=True)
    assert second == old[-1]
    assert stat.S_IMODE(newest.stat().st_mode) == 0o600


def test_erasures_must_be_named_or_left_out_knowingly(
    manage: Manage, new_machine: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "list").write_text("Alice\n")

    unsaid = manage("restore", tmp_path / "any", **new_machine)
    wrong = manage(
        "restore", tmp_path / "any", "--erasures", tmp_path / "list", **new_machine
    )

    assert unsaid.returncode == 2
    assert "--erasures --without-erasures is required" in unsaid.stderr
    assert wrong.returncode == 1
    assert "line 1 is not one of list_erasures" in wrong.stderr
    assert "Alice" not in wrong.stderr


def test_without_a_key_there_is_no_backup(keys: dict[str, str], tmp_path: Path) -> None:
    without = {name: value for name, value in keys.items() if name != "BACKUP_KEY"}
    ours = {"DATABASE_URL": database_url()}

    done = run_python("manage.py", "backup", str(tmp_path), **without | ours)

    assert done.returncode == 1
    assert (
        done.stderr == "CommandError: Set BACKUP_KEY: backups are encrypted with it.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_use_is_not_finished(manage: Manage) -> None:
    connection.ensure_connection()

    done = manage("finish_restore", "--without-erasures")

    assert done.returncode == 1
    assert "The database is in use by" in done.stderr


def test_a_database_that_is_still_being_restored_is_not_finished(
    manage: Manage,
) -> None:
    with own_cluster() as made:
        with started(*made):
            pass  # our account is made
        (made[0].data / "standby.signal").touch()  # waits for more, like a restore
        with started(*made) as url:
            done = manage("finish_restore", "--without-erasures", DATABASE_URL=url)

    assert done.returncode == 1
    assert "PostgreSQL is still restoring the changes since" in done.stderr
    assert "Traceback" not in done.stderr
