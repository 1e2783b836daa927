"""The web server as it is started for people, under many requests at once."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from django.db import connection

from dev.application import HOST, web_command
from dev.valkey import free_port
from tests.running.conftest import database_url
from tests.waiting import wait_until

AT_ONCE = 60
CONNECTIONS_TO_KEEP = 10  # of one web process; PostgreSQL has 100 by default


@pytest.fixture
def web_server(transactional_db: None) -> Iterator[str]:
    """One web process on the test database; yields its address."""
    url = f"http://{HOST}:{(port := free_port())}"
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": database_url(),
    }
    server = subprocess.Popen(
        web_command(port, workers=1),
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: status_of(f"{url}/health/") == 200)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def status_of(url: str) -> int:
    """The status of an answer; 0 where nobody answers."""
    try:
        return requests.get(url, timeout=30).status_code
    except requests.ConnectionError:
        return 0


def connections_of_others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def test_a_burst_of_requests_does_not_use_up_the_connections_of_the_database(
    web_server: str,
) -> None:
    with ThreadPoolExecutor(AT_ONCE) as clients:
        addresses = [f"{web_server}/health/ready/"] * AT_ONCE
        statuses = set(clients.map(status_of, addresses))

    assert statuses == {200}
    assert connections_of_others() <= CONNECTIONS_TO_KEEP
