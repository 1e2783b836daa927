"""The processes of the application on the test database, started as for people."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from dev import places
from dev.application import environment_for, web_command
from dev.processes import Guard, Process, Start, end_all, start
from dev.valkey import free_port
from phr.care.models import PatientProfile
from phr.identity.sign_in import start_session
from tests.running.talking import answer_of
from tests.waiting import wait_until

Run = Callable[..., AbstractContextManager[Process]]


def database_url() -> str:
    """The address of the test database, for another process."""
    parts = connection.settings_dict
    user, host = quote(parts["USER"], safe=""), quote(parts["HOST"], safe="")
    password = quote(parts["PASSWORD"], safe="")
    port = f":{parts['PORT']}" if parts["PORT"] else ""
    return f"postgresql://{user}:{password}@{host}{port}/{parts['NAME']}"


def environment() -> dict[str, str]:
    """What `make run` gives its processes, on the servers of the tests."""
    urls = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL}
    return environment_for(urls) | {
        "DJANGO_SETTINGS_MODULE": "config.settings.development",
        "DEBUG": "true",
        "ALLOWED_HOSTS": "127.0.0.1",
        "JWT_SIGNING_KEY": settings.JWT_SIGNING_KEY,
        "LEDGER_SIGNING_KEY": settings.LEDGER_SIGNING_KEY,
        "ENCRYPTION_KEY": settings.ENCRYPTION_KEY,
        "LOG_LEVEL": "WARNING",
    }


@pytest.fixture(scope="session")
def run(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Run]:
    """Run a command until the end of a block; nothing of it outlives the tests."""
    folder = tmp_path_factory.mktemp("running")
    with Guard() as guard:

        @contextmanager
        def run_command(
            name: str, command: Sequence[str], **more: str
        ) -> Iterator[Process]:
            env = environment() | more
            how = Start(command, env, places.CHECKOUT, log=folder / name)
            process = start(name, how, guard)
            try:
                yield process
            finally:
                end_all([process])

        yield run_command


@pytest.fixture(scope="module")
def port(run: Run) -> Iterator[int]:
    """The port of a web server like the one of `make run`."""
    number = free_port()
    with run("web", web_command(number)) as process:
        await_start(process, number)
        yield number


def await_start(process: Process, port: int) -> None:
    log = process.how.log
    assert log

    def answers() -> bool:
        assert process.exit_code is None, log.read_text()
        try:
            answer_of(port, b"GET /health/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        except OSError:
            return False
        return True

    wait_until(answers, log.read_text)


@pytest.fixture
def token(alice: PatientProfile) -> str:
    return start_session(user=alice.user, at=timezone.now()).access
