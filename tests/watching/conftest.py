"""Traces and error reports of this process, sent to servers of the test."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from config import error_reports, traces
from config.error_reports import ErrorReports
from phr.core.postgres import statement_tally
from tests.watching.receivers import Receiver, receiver

Flush = Callable[[], None]


@pytest.fixture
def collector(settings: Any) -> Iterator[Receiver]:
    """A collector of OpenTelemetry, to which this process sends its traces."""
    with receiver() as box:
        settings.OTEL_EXPORTER_OTLP_ENDPOINT = f"http://{box.address}"
        traces.start()
        try:
            yield box
        finally:
            statement_tally.watchers.clear()
            traces.provider().shutdown()
            traces.provider.cache_clear()


@pytest.fixture
def sentry() -> Iterator[Receiver]:
    """A Sentry server, to which this process reports its errors."""
    with receiver() as box:
        handler = ErrorReports(f"http://key@{box.address}/1")
        logging.getLogger().addHandler(handler)
        try:
            yield box
        finally:
            logging.getLogger().removeHandler(handler)
            error_reports.client(handler.dsn).close()
            error_reports.client.cache_clear()


@pytest.fixture
def flush(collector: Receiver, sentry: Receiver) -> Flush:
    """Wait until all that is to be sent has arrived."""

    def flush_all() -> None:
        traces.provider().force_flush()
        error_reports.client(f"http://key@{sentry.address}/1").flush()

    return flush_all
