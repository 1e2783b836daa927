"""Observation never breaks what is observed: where it fails, the log says so, once."""

from contextlib import suppress

import structlog

log = structlog.get_logger(__name__)

told: set[str] = set()


def note_failure(what: str, error: Exception) -> None:
    """Log that something is not observed, the first time in this process.

    :param what: a word of ours for the part that failed.
    """
    if what not in told:
        told.add(what)
        with suppress(Exception):
            log.error("not_observed", what=what, error=type(error).__name__)
