"""The clocks of Python and of the database, stopped, and moved together by hand."""

from datetime import datetime
from types import TracebackType

import time_machine
from django.db import connection, transaction

# Found before PostgreSQL's own function of this name, by which access is decided.
STOPPED_CLOCK = """
CREATE SCHEMA stopped;
CREATE FUNCTION stopped.statement_timestamp() RETURNS timestamptz
    LANGUAGE sql STABLE AS
    $$ SELECT pg_catalog.current_setting('stopped.at')::timestamptz $$;
SET LOCAL search_path = stopped, public, pg_catalog;
"""


class StoppedClocks:
    """Within the block it is the time that one says; what it writes is taken back.

    Needs a transaction around it: the database's part lasts as long as the block.
    """

    def __init__(self, at: datetime) -> None:
        self.travel = time_machine.travel(at, tick=False)
        self.block = transaction.atomic()
        self.at = at

    def __enter__(self) -> "StoppedClocks":
        self.python = self.travel.start()
        self.block.__enter__()
        with connection.cursor() as cursor:
            cursor.execute(STOPPED_CLOCK)
        self.move_to(self.at)
        return self

    def move_to(self, at: datetime) -> None:
        self.python.move_to(at, tick=False)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('stopped.at', %s, true)", [str(at)])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(kind, error, trace)
        self.travel.stop()
