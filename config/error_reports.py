"""Error reports to a Sentry server: which errors there were, where, and on which route.

A report is put together here from the few things that it may say. The SDK only sends
it: its own integrations, which would add requests, variables and texts, are off.
"""

import logging
from functools import cache
from typing import Any

from config.logs import causes, find_error
from phr.core.postgres.statement_tally import present

MOST_FRAMES = 50
SAID = ("code", "route", "request_id", "task")  # of a line of our log
KEPT = frozenset(
    {"event_id", "timestamp", "platform", "level", "logger", "message"}
    | {"exception", "tags", "release", "environment", "sdk"}
)


class ErrorReports(logging.Handler):
    """Sends a report for each line of the log that is an error.

    :param dsn: where to; the connection is made at the first error, by each process.
    """

    def __init__(self, dsn: str) -> None:
        super().__init__(logging.ERROR)
        self.dsn = dsn

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("sentry_sdk", "urllib3")) or is_a_request(record):
            return  # of sending reports itself, or of what has been reported
        try:
            client(self.dsn).capture_event(report_of(record))
        except Exception:  # noqa: BLE001 - a line of the log must not break anything
            self.handleError(record)


def is_a_request(record: logging.LogRecord) -> bool:
    """Whether it is the line of a request, and not of the error that ended it."""
    line: Any = record.msg
    return isinstance(line, dict) and line.get("event") == "request_finished"


@cache
def client(dsn: str) -> Any:
    import sentry_sdk

    return sentry_sdk.Client(
        dsn=dsn,
        default_integrations=False,
        auto_enabling_integrations=False,
        include_local_variables=False,
        include_source_context=False,
        max_breadcrumbs=0,
        before_send=lambda event, hint: keep_what_is_said(event),
    )


def keep_what_is_said(event: Any) -> Any:
    """Leave out what the SDK adds: the host's name, packages, its own context."""
    return {name: value for name, value in event.items() if name in KEPT}


def report_of(record: logging.LogRecord) -> dict[str, Any]:
    """What is reported: of a library's line its words are left out."""
    line: Any = record.msg if isinstance(record.msg, dict) else {}
    error = find_error(line.get("exc_info") or record.exc_info, line.get("exception"))
    tags = {name: str(line[name]) for name in SAID if name in line}
    if tally := present.get():
        tags.setdefault("route", tally.name_of())
    report: dict[str, Any] = {
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": str(line.get("event", record.name)),
        "tags": tags,
    }
    if error is not None:
        chain = [exception_of(each) for each in causes(error)]
        report["exception"] = {"values": chain[::-1]}  # oldest first, as Sentry has it
    return report


def exception_of(error: BaseException) -> dict[str, Any]:
    """Kind and place of an error; not what it says, and no variable."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return {
        "type": type(error).__qualname__,
        "module": type(error).__module__,
        "stacktrace": {
            "frames": [
                {
                    "filename": frame.filename,
                    "lineno": frame.lineno,
                    "function": frame.name,
                }
                for frame in frames
            ]
        },
    }
