"""`make run`: what it says, and where something is wrong or not there one sentence."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.conf import settings

from dev.mutations import copied_checkout
from dev.valkey import free_port
from tests.dropping import drop_database
from tests.running.conftest import database_url
from tests.running.talking import answer_of
from tests.waiting import wait_until

NOWHERE = "postgresql://phr:hunter2@127.0.0.1:1/phr"
REDIS_NOWHERE = "redis://:hunter3@127.0.0.1:1/0"
PATIENCE = 120  # seconds

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(2 * PATIENCE),
]


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """A copy of this one, whose data nobody else uses."""
    with copied_checkout() as folder:
        yield folder


def environment(port: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PORT": str(port),
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
    }


def make_run(checkout: Path, **variables: str) -> str:
    """What `make run` ends with, the settings being these."""
    done = subprocess.run(
        [sys.executable, "-m", "dev.run"],
        cwd=checkout,
        env=environment(free_port()) | variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "is up" not in done.stdout
    assert done.stderr == ""
    last = done.stdout.splitlines()[-1]
    assert len(re.findall("make run: ", done.stdout)) == 1
    return last.removeprefix("make run: ")


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """The port of a program that says the same to whoever comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                with client:
                    client.recv(4096)
                    client.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def other_database(name: str) -> str:
    return urlsplit(database_url())._replace(path=f"/{name}").geturl()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "LOUD"),
        ("DATABASE_URL", "mysql://phr@localhost/phr"),
        ("REDIS_URL", "localhost:6379"),
        ("PUBLIC_URL", "records.example.org"),
        ("EMERGENCY_ACCESS_MINUTES", "an hour"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("SECRET_KEY", "hunter2"),
        ("PORT", "eight"),
        ("DJANGO_SETTINGS_MODULE", "config.settings.produktion"),
        ("ALLOWED_HOSTS", "records.example.org"),
        ("DATABASE_URL", NOWHERE),
        ("REDIS_URL", REDIS_NOWHERE),
    ],
)
def test_a_wrong_setting_and_an_absent_server_are_one_sentence(
    checkout: Path, name: str, value: str
) -> None:
    sentence = make_run(checkout, **{name: value})

    assert sentence.startswith(name)
    assert "hunter" not in sentence


def test_a_file_of_settings_that_is_no_text_is_named(checkout: Path) -> None:
    file = checkout / ".env"
    file.write_bytes(b"LOG_LEVEL=\xff\n")
    try:
        sentence = make_run(checkout)
    finally:
        file.unlink()

    assert sentence == f"{file} cannot be read as a text in UTF-8."


def test_what_postgresql_itself_answers_is_said(checkout: Path) -> None:
    sentence = make_run(checkout, DATABASE_URL=other_database("nobodys"))

    assert sentence == 'DATABASE_URL: database "nobodys" does not exist.'


NO_REDIS = "no Redis or Valkey server responds there."


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", NO_REDIS),
        (b"-WRONGPASS invalid password\r\n" * 4, "the server refuses the password."),
        (b"-LOADING it is starting\r\n" * 4, NO_REDIS),
    ],
    ids=["another program", "another password", "not ready"],
)
def test_what_is_no_redis_for_us_is_said(
    checkout: Path, answer: bytes, sentence: str
) -> None:
    with answering(answer) as port:
        said = make_run(checkout, REDIS_URL=f"redis://:hunter4@127.0.0.1:{port}/0")

    assert said == f"REDIS_URL: {sentence}"


@pytest.fixture
def strange_databases(django_db_setup: None) -> Iterator[None]:
    """One that has not all letters, and one in which a role may not make tables."""
    with psycopg.connect(other_database("postgres"), autocommit=True) as postgres:
        postgres.execute(
            "CREATE DATABASE test_latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
        )
        postgres.execute("CREATE DATABASE test_others")
        postgres.execute("REVOKE CREATE ON DATABASE test_others FROM CURRENT_USER")
        yield
        drop_database(postgres, "test_latin")
        drop_database(postgres, "test_others")


@pytest.mark.usefixtures("strange_databases")
def test_a_database_that_does_not_fit_is_named_with_what_is_needed(
    checkout: Path,
) -> None:
    assert make_run(checkout, DATABASE_URL=other_database("test_latin")) == (
        "DATABASE_URL: the encoding of the database is LATIN1; UTF8 is required."
    )
    assert make_run(checkout, DATABASE_URL=other_database("test_others")).startswith(
        "DATABASE_URL: this role may not create tables"
    )


class Served:
    """A `make run` that is up, and what it has printed so far."""

    def __init__(self, checkout: Path, log: Path, **variables: str) -> None:
        self.checkout, self.log, self.port = checkout, log, free_port()
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "dev.run"],
                cwd=checkout,
                env=environment(self.port) | variables,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def printed(self) -> str:
        return self.log.read_text()

    def status_of(self, path: str) -> int:
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        return answer_of(self.port, request.encode()).status


@pytest.fixture
def served(checkout: Path, tmp_path: Path) -> Iterator[Served]:
    with psycopg.connect(other_database("postgres"), autocommit=True) as postgres:
        drop_database(postgres, "test_served")
        postgres.execute("CREATE DATABASE test_served")
        url = other_database("test_served")
        served = Served(checkout, tmp_path / "log", DATABASE_URL=url)
        try:
            yield served
        finally:
            served.process.terminate()
            served.process.wait(60)
            drop_database(postgres, "test_served")


def people(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dev.people"],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )


def test_make_run_says_who_can_sign_in_and_then_nothing_of_what_goes_well(
    served: Served,
) -> None:
    wait_until(lambda: "Ctrl-C stops it" in served.printed())
    before = served.printed()

    for path in ("/static/admin/css/base.css", "/api-docs/", "/health/", "/nothing"):
        assert served.status_of(path) in (200, 404)

    assert served.printed() == before
    table = before[before.index("Demo sign-ins") : before.index("`make people`")]
    assert "maria" in table
    assert people(served.checkout).stdout.strip() == table.strip()


def test_who_has_not_run_it_is_told_so() -> None:
    with copied_checkout() as checkout:
        done = people(checkout)

    assert done.returncode == 1
    assert done.stdout.startswith("No `make run` has served this checkout yet.")
