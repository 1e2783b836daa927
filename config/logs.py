"""Structured logs: one line an event, never a name, a text or a token."""

import logging
import sys
import traceback
from collections.abc import Iterator
from itertools import islice
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MOST_FRAMES = 50  # the innermost of a stack that has overflowed tell enough
MOST_CAUSES = 5

SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logs(
    level: str, *, as_json: bool, sentry_dsn: str = ""
) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING for the same output.

    :param level: the least level that is written, for example "INFO".
    :param as_json: JSON lines for machines, in which errors are named but not quoted;
        else lines for people, coloured on a terminal.
    :param sentry_dsn: where errors are reported as well, if anywhere.
    """
    reports = {"class": "config.error_reports.ErrorReports", "dsn": sentry_dsn}
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,  # first: what nobody will see costs least
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"nothing_quoted": {"()": NothingQuoted}},
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": last_steps(as_json=as_json),
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "structured",
                "filters": ["nothing_quoted"] if as_json else [],
            },
            **({"reports": reports} if sentry_dsn else {}),
        },
        "root": {
            "handlers": ["console", "reports"] if sentry_dsn else ["console"],
            "level": level,
        },
        "loggers": {
            # Its lines quote the address with the query, and our own log has the rest.
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "CRITICAL"},
            # Hosts, origins and paths that a client has made up, some as errors, which
            # would be reported too. The line of the request says that it was refused.
            "django.security": {"level": "CRITICAL"},
            # It quotes the error of a failed task; django_structlog names it, too.
            "celery.app.trace": {"level": "CRITICAL"},
            # "Task received", for each event and each beat.
            "celery.worker.strategy": {"level": "WARNING"},
        },
    }


def json_lines() -> logging.Formatter:
    """What writes the web server's own lines, as granian_logs.json asks for it."""
    return structlog.stdlib.ProcessorFormatter(
        processors=last_steps(as_json=True), foreign_pre_chain=SHARED
    )


def last_steps(*, as_json: bool) -> list[Processor]:
    without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if as_json:
        return [without_meta, name_errors, structlog.processors.JSONRenderer()]
    plain = structlog.dev.plain_traceback
    coloured = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=plain
    )
    return [without_meta, coloured]


class NothingQuoted(logging.Filter):
    """Has lines of the libraries name the errors that they would quote."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(name_if_error(value) for value in record.args)
        return True


def name_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write of an error what it is and where it came from, not what it says.

    What it says may quote a row ("Failing row contains ..."), and so a diagnosis.
    """
    error = find_error(event.pop("exc_info", None), event.get("exception"))
    if event.get("event") in ("task_failed", "task_retrying"):
        event.pop("error", None)  # its words; django_structlog puts them there
        event.pop("reason", None)
    named = {key: name_if_error(value) for key, value in event.items()}
    if error is not None:
        named["exception"] = [describe(each) for each in causes(error)]
    return named


def find_error(exc_info: Any, value: Any) -> BaseException | None:
    if exc_info is True:
        exc_info = sys.exc_info()
    candidates = exc_info if isinstance(exc_info, tuple) else (exc_info,)
    errors = (each for each in (*candidates, value) if isinstance(each, BaseException))
    return next(errors, None)


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error, then what it was raised from, and so on."""

    def back(error: BaseException | None) -> Iterator[BaseException]:
        while error is not None:
            yield error
            shown = None if error.__suppress_context__ else error.__context__
            error = error.__cause__ or shown

    return islice(back(error), MOST_CAUSES)


def describe(error: BaseException) -> dict[str, Any]:
    stack = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return {
        "type": kind(error),
        "frames": [f"{step.filename}:{step.lineno} {step.name}" for step in stack],
    }


def name_if_error(value: Any) -> Any:
    return kind(value) if isinstance(value, BaseException) else value


def kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"
