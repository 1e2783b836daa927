"""What PostgreSQL and Redis must be is looked at before anything is done with them."""

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from phr.core import backing_services
from phr.core.backing_services import NotUsable, check_postgres, check_redis
from tests.production import NEEDED, run_python, start_python


def test_servers_that_fit_are_taken(db: None) -> None:
    check_postgres(connection, to_migrate=True)
    check_redis(settings.REDIS_URL)
    call_command("check", databases=["default"])


def test_a_postgresql_that_is_too_old_is_named_with_what_is_needed(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backing_services, "LEAST_POSTGRES", 99)

    with pytest.raises(CommandError, match=r"^DATABASE_URL: .* 99 or newer is requ"):
        call_command("migrate", interactive=False)
    with pytest.raises(SystemCheckError, match="DATABASE_URL: this is PostgreSQL"):
        call_command("check", databases=["default"])


def test_a_redis_that_is_too_old_is_named_with_what_is_needed(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backing_services, "LEAST_REDIS", (99, 1))

    with pytest.raises(NotUsable, match=r"^REDIS_URL: .* 99\.1 or newer is required"):
        check_redis(settings.REDIS_URL)
    with pytest.raises(SystemCheckError, match="REDIS_URL: this is Redis"):
        call_command("check", databases=["default"])


@pytest.mark.parametrize("command", ["migrate", "check --database default"])
def test_in_production_absent_servers_are_named_and_no_traceback(command: str) -> None:
    done = run_python("manage.py", *command.split(), **NEEDED)

    assert done.returncode == 1
    assert "DATABASE_URL: no PostgreSQL server responds there." in done.stderr
    assert "REDIS_URL: no Redis or Valkey server responds there." in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter" not in done.stderr


def test_a_wrong_setting_is_no_traceback_of_manage_py() -> None:
    done = start_python("manage.py", "migrate", **NEEDED | {"LOG_LEVEL": "LOUD"})

    assert done.returncode == 1
    assert done.stderr.startswith("Settings:\n  LOG_LEVEL: ")
    assert "Traceback" not in done.stderr
