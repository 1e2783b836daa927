"""Parts that stop answering and stay there, as a frozen process or machine does."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
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
def own_valkey(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Process, str]]:
    """A Valkey that nobody else needs, and its address."""
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
def valkey_hangs(
    own_valkey: tuple[Process, str], settings: Settings
) -> Iterator[Frozen]:
    """The counters are in a Valkey that can be frozen for a while."""
    process, settings.REDIS_URL = own_valkey
    redis_client.connection.cache_clear()
    redis_client.connection().flushdb()
    yield lambda: frozen(process)
    redis_client.connection.cache_clear()
