"""Parts that stop answering and stay there, as a frozen process or machine does."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
import redis
from pytest_django import Settings

from dev.processes import Guard, Process, end_all
from dev.valkey import start_store
from phr.core import redis_client

Frozen = Callable[[], AbstractContextManager[None]]


@contextmanager
def frozen(process: Process) -> Iterator[None]:
    """Stop a process, not its connections: whoever asks it hears nothing."""
    os.killpg(process.popen.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(process.popen.pid, signal.SIGCONT)


@pytest.fixture(scope="session")
def started_valkey(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Process, str]]:
    folder = tmp_path_factory.mktemp("valkey")
    with Guard() as guard:
        process, url = start_store(
            folder / "data", folder / "log", guard, durable=False
        )
        try:
            yield process, url
        finally:
            end_all([process])


@pytest.fixture
def own_valkey(started_valkey: tuple[Process, str]) -> tuple[Process, str]:
    """A Valkey that nobody else needs, empty, and its address.

    What a test before did not get acknowledged would otherwise wait in it for an hour.
    """
    _, url = started_valkey
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return started_valkey


@pytest.fixture
def valkey_in_use(
    own_valkey: tuple[Process, str], settings: Settings
) -> tuple[Process, str]:
    """This process has its counters, and looks for messages, in a Valkey of its own."""
    _, settings.REDIS_URL = own_valkey
    redis_client.connection().breaker.close()
    redis_client.connection().ping()  # it is connected before anything hangs
    return own_valkey


@pytest.fixture
def valkey_hangs(valkey_in_use: tuple[Process, str]) -> Frozen:
    """The counters are in a Valkey that can be frozen for a while."""
    process, _ = valkey_in_use
    return lambda: frozen(process)
