"""The pytest plugin that starts throw-away servers before Django reads its settings.

Loaded by `-p dev.pytest_servers`. Under xdist the servers belong to the controller;
the workers inherit their addresses, and each takes a Redis database of its own
(pytest-django gives each a PostgreSQL database of its own).
"""

import atexit
import contextlib
import os
import re
from urllib.parse import urlsplit

import pytest

from dev.servers import REDIS_URL, throwaway_servers

_servers = contextlib.ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    options = early_config.known_args_namespace
    if options.help or options.version:
        return
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ[REDIS_URL] = own_database(os.environ[REDIS_URL], worker)
        return
    atexit.register(_servers.close)
    os.environ.update(_servers.enter_context(throwaway_servers()))


def pytest_unconfigure() -> None:
    _servers.close()


def own_database(url: str, worker: str) -> str:
    """Point the Redis URL of worker "gw0" at database 1, and so on."""
    number = int(re.sub(r"\D", "", worker) or 0) + 1
    return urlsplit(url)._replace(path=f"/{number}").geturl()
