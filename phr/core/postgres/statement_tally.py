"""How many statements a request or task has caused, and how long they took."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from time import perf_counter
from typing import Any, NamedTuple

import structlog
from django.conf import settings

from phr.core import observing
from phr.core.metrics import SLOW_STATEMENTS
from phr.core.postgres import statement_routes

log = structlog.get_logger(__name__)

MOST_SEEN = 200  # statements of one request or task, for those who watch
LONGEST_LOGGED = 1_000  # characters of a statement
# Values are sent apart from the statement. What stands in it all the same is constants
# of ours, and still not shown: who writes SQL by hand may forget.
WRITTEN_VALUES = re.compile(
    r"\b[eE]'(?:[^'\\]|''|\\.)*(?:'|\\?$)"
    r"|'(?:[^']|'')*(?:'|$)"
    r"|\$((?:[^\W\d]\w*)?)\$.*?(?:\$\1\$|$)"
    r"|(?<![\w$])\d+(?:\.\d+)?",
    re.DOTALL,
)


class Statement(NamedTuple):
    """One statement, when it began by `perf_counter`, and how long it took."""

    sql: str | bytes
    began: float
    seconds: float


class Tally:
    """What one request or task has asked of the database so far.

    :param name_of: the route or task, asked only where it is needed.
    """

    __slots__ = ("began", "name_of", "seconds", "seen", "statements")

    def __init__(self, name_of: Callable[[], str]) -> None:
        self.name_of, self.began = name_of, perf_counter()
        self.statements, self.seconds = 0, 0.0
        self.seen: list[Statement] | None = [] if watchers else None


class Finished(NamedTuple):
    """A request or task that has ended, for those who watch.

    :param kind: "request" or "task".
    """

    kind: str
    name: str
    attributes: dict[str, Any]
    has_failed: bool
    tally: Tally


# Whoever is told of each request and task of this process when it has ended.
watchers: list[Callable[[Finished], None]] = []


def tell(finished: Finished) -> None:
    """Tell those who watch; what fails there has no bearing on what has ended."""
    for watch in watchers:
        try:
            watch(finished)
        except Exception as error:  # noqa: BLE001 - it has ended, and well
            observing.note_failure("watchers", error)


present: ContextVar[Tally | None] = ContextVar("statement_tally", default=None)


def note_statement(sql: str | bytes, began: float) -> None:
    """Count a statement that has ended, whether well or not; raises nothing.

    :param began: by `perf_counter`.
    """
    try:
        count_statement(sql, began, perf_counter() - began)
    except Exception as error:  # noqa: BLE001 - the statement has been run
        observing.note_failure("statements", error)


def count_statement(sql: str | bytes, began: float, seconds: float) -> None:
    tally = present.get()
    if tally is not None:
        tally.statements += 1
        tally.seconds += seconds
        statement_routes.notes.note(sql, tally.name_of())
        if tally.seen is not None and len(tally.seen) < MOST_SEEN:
            tally.seen.append(Statement(sql, began, seconds))
    bound = settings.SLOW_STATEMENT_MS
    if bound and seconds * 1000 >= bound:
        SLOW_STATEMENTS.inc()
        log.warning(
            "slow_statement",
            route=tally.name_of() if tally else "",
            ms=round(seconds * 1000),
            statement=without_values(sql),
        )


def without_values(sql: str | bytes) -> str:
    """A statement as it may be logged: cut, on one line, and with no value in it."""
    text = sql if isinstance(sql, str) else sql.decode(errors="replace")
    return " ".join(WRITTEN_VALUES.sub("?", text[:LONGEST_LOGGED]).split())
