"""What a thread does in the database for somebody who may not wait for it any more."""

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from threading import Event, Lock, Thread
from time import perf_counter
from typing import Any, TypeVar

import psycopg
from django.db import OperationalError, connections

from phr.core.postgres.statement_tally import note_statement

Result = TypeVar("Result")

SECONDS_TO_ASK = 2  # PostgreSQL, to cancel a statement
SECONDS_TO_OBEY = 1  # until the connection is cut, if it does not


class Work:
    """One piece of work in a thread, that another thread may stop.

    Stopped work begins no other statement and does not commit. What it waits for is
    cancelled, and where PostgreSQL does not answer at all the connection is cut: else
    the thread would wait as long, and do afterwards what nobody asks for any more.
    """

    def __init__(self) -> None:
        self.lock = Lock()  # held while the thread must stay at this work
        self.connection: psycopg.Connection[Any] | None = None
        self.is_unwanted = False
        self.is_over = Event()

    def run(self, work: Callable[[], Result]) -> Result:
        """:raises Exception: as the work does."""
        token = present.set(self)
        try:
            return work()
        finally:
            present.reset(token)
            with self.lock:
                self.is_over.set()
            if self.is_unwanted:
                # A late cancelling would meet the next one's statement.
                connections.close_all()

    def stop(self) -> None:
        """Have it end soon; returns at once."""
        if not self.is_unwanted:
            self.is_unwanted = True
            Thread(target=self.interrupt, name="stop", daemon=True).start()

    def interrupt(self) -> None:
        self.unless_over(cancel_statement)
        if not self.is_over.wait(SECONDS_TO_OBEY):
            self.unless_over(cut_off)

    def unless_over(self, do: "Callable[[psycopg.Connection[Any]], None]") -> None:
        with self.lock:
            if self.connection and not self.is_over.is_set():
                # It may be closed already, in the hands of its own thread.
                with suppress(psycopg.Error, OSError):
                    do(self.connection)


def cancel_statement(connection: "psycopg.Connection[Any]") -> None:
    connection.cancel_safe(timeout=SECONDS_TO_ASK)


def cut_off(connection: "psycopg.Connection[Any]") -> None:
    """End a connection for both sides, and leave closing it to its own thread."""
    with socket.socket(fileno=os.dup(connection.fileno())) as there:
        there.shutdown(socket.SHUT_RDWR)


present: ContextVar[Work | None] = ContextVar("present", default=None)


def is_unwanted() -> bool:
    """Whether nobody waits any more for what this thread is at."""
    work = present.get()
    return work is not None and work.is_unwanted


def insist_on_interest(connection: "psycopg.Connection[Any]") -> None:
    """See, before a statement, that somebody waits for what it is for.

    :raises OperationalError: nobody does.
    """
    work = present.get()
    if work is None:
        return
    work.connection = connection
    if work.is_unwanted:
        raise OperationalError("The client is no longer waiting for this.")


def watch_statement(
    execute: Callable[..., Any], sql: str, params: Any, many: Any, context: Any
) -> Any:
    """Between Django and each of its statements (`execute_wrappers`)."""
    insist_on_interest(context["connection"].connection)
    began = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        note_statement(sql, began)
