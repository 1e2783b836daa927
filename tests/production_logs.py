"""The logs of production, in a process of tests."""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from config.logs import configure_logs


def production_logs(level: str) -> dict[str, Any]:
    """What production's LOGGING would be; what tests capture is captured as before.

    Else a logger that is used now would be kept as it is, for all tests that follow.
    """
    configured = configure_logs(level, as_json=True)
    structlog.configure(cache_logger_on_first_use=False)
    return configured


@contextmanager
def captured_logs() -> Iterator[io.StringIO]:
    """All that production would log, down to the least level."""
    lines = io.StringIO()
    configured = production_logs("DEBUG")
    formatter = dict(configured["formatters"]["structured"])
    handler = logging.StreamHandler(lines)
    handler.setFormatter(formatter.pop("()")(**formatter))
    handler.addFilter(configured["filters"]["nothing_quoted"]["()"]())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
