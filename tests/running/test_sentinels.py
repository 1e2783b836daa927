"""Real Sentinels: who asks them reaches the primary, also after it was killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

import pytest
import redis
from pytest_django import Settings

from dev import places
from dev.application import worker_command
from dev.processes import Guard, Process, Start, end_all, start
from dev.valkey import HOST, find_server, free_port
from phr.core import redis_client
from phr.core.backing_services import NotUsable, check_redis
from tests.running.conftest import Run, environment
from tests.waiting import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

PASSWORD = "of-these-sentinels"
FILES = places.CHECKOUT / "deploy" / "ha"
# Who asks a worker of the queue `urgent`, as `manage.py doctor` does, and waits.
ASK = """
import django
django.setup()
import config.celery
from phr.operations.doctor.workers import answering
print(*answering({"urgent"}, 60))
"""


@dataclass
class Group:
    """Two servers and the three Sentinels that watch over them."""

    ports: list[int]
    sentinels: list[int]
    processes: dict[int, Process]

    def url(self, name: str = "phr", password: str = PASSWORD) -> str:
        hosts = ",".join(f"{HOST}:{port}" for port in self.sentinels)
        return f"sentinel://:{password}@{hosts}/{name}/0"

    def can_write(self, port: int) -> bool:
        try:
            with redis.Redis(HOST, port, password=PASSWORD) as client:
                facts: Any = client.info("replication")
        except redis.RedisError:
            return False
        return bool(facts["role"] == "master")

    def primary(self) -> int | None:
        return next((port for port in self.ports if self.can_write(port)), None)

    def knows(self, port: int) -> bool:
        """Whether this Sentinel knows both servers and the other two."""
        with redis.Redis(HOST, port, password=PASSWORD) as client:
            try:
                facts: Any = client.sentinel_master("phr")
            except redis.RedisError:
                return False
        return (facts["num-slaves"], facts["num-other-sentinels"]) == (1, 2)


def filled(name: str, port: int, primary: int) -> str:
    """A file of deploy/ha, on ports of this machine, and quick to decide."""
    words = {
        "ADDRESS": HOST,
        "DB1": HOST,
        "VALKEY_PASSWORD": PASSWORD,
        "REPLICA_OF": "" if port == primary else f"replicaof {HOST} {primary}",
    }
    text = Template((FILES / name).read_text()).substitute(words)
    for old, new in (
        (f"bind {HOST} {HOST}", f"bind {HOST}"),
        (f"monitor phr {HOST} 6379", f"monitor phr {HOST} {primary}"),
        ("port 6379", f"port {port}"),
        ("port 26379", f"port {port}"),
        ("dir /var/lib/valkey\n", ""),
        ("min-replicas-to-write 1", ""),
        ("milliseconds phr 5000", "milliseconds phr 1000"),
    ):
        text = text.replace(old, new)
    return text


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    ports, sentinels = ([free_port() for _ in range(n)] for n in (2, 3))
    with Guard() as guard:
        found = Group(ports, sentinels, {})
        for port in (*ports, *sentinels):
            is_sentinel = port in sentinels
            (folder := tmp_path / str(port)).mkdir()
            kind = "sentinel.conf" if is_sentinel else "valkey.conf"
            (file := folder / kind).write_text(filled(kind, port, ports[0]))
            command: list[str | Path] = [find_server(), file]
            if is_sentinel:
                command.append("--sentinel")
            env = {"PATH": os.defpath}
            how = Start(command, env, folder, log=tmp_path / f"{port}.log")
            found.processes[port] = start(kind, how, guard)
        try:
            wait_until(lambda: all(found.knows(port) for port in sentinels))
            yield found
        finally:
            end_all(list(found.processes.values()))


def answer_of_worker(url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=places.CHECKOUT,
        env=environment() | {"REDIS_URL": url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout.strip() or done.stderr


def test_whoever_asks_sentinels_follows_the_primary(
    group: Group, settings: Settings, run: Run
) -> None:
    settings.REDIS_URL = group.url()
    check_redis(settings.REDIS_URL)
    redis_client.connection().set("before", "1")
    with run("worker", worker_command(), REDIS_URL=group.url()):
        assert answer_of_worker(group.url()) == "urgent"
        old = group.primary()
        assert old is not None

        group.processes[old].popen.send_signal(signal.SIGKILL)
        wait_until(lambda: group.primary() not in (None, old))

        def takes_writes() -> bool:
            try:
                return bool(redis_client.connection().set("after", "1"))
            except redis.RedisError:
                return False

        wait_until(takes_writes)
        assert redis_client.connection().get("before") == b"1"
        assert answer_of_worker(group.url()) == "urgent"


def test_a_primary_that_nobody_knows_and_a_wrong_password_are_named(
    group: Group,
) -> None:
    for url in (group.url(name="another"), group.url(password="wrong")):
        with pytest.raises(NotUsable, match=r"REDIS_URL: no Sentinel .* of this name"):
            check_redis(url)
