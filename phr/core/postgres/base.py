"""Django's PostgreSQL backend, with prepared reads, and a cheap look at the connection.

Named in `ENGINE`, from where Django loads it by this module's name.
"""

import select
from typing import Any, ClassVar

from django.conf import settings
from django.db.backends.postgresql import base
from psycopg import pq

from phr.core import release
from phr.core.metrics import CONNECTIONS_FAILED, CONNECTIONS_OPENED
from phr.core.postgres import driver
from phr.core.postgres.cancellation import insist_on_interest, watch_statement
from phr.core.postgres.prepared_statements import PreparedStatements
from phr.core.postgres.schema import SchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    Database = driver
    SchemaEditorClass = SchemaEditor
    # What knows how long to wait for the server, and whether it hangs.
    kind: ClassVar[type[driver.PatientConnection]] = driver.PatientConnection
    prepared: PreparedStatements | None

    def get_connection_params(self) -> dict[str, Any]:
        """Ask for the limits of this process, and say of which release it is.

        A pooler takes no options.
        """
        parameters: dict[str, Any] = super().get_connection_params()
        limits = self.kind.limits()
        named = release.application_name(limits.of)
        parameters.setdefault("application_name", named)
        if settings.PREPARED_STATEMENTS:
            ours, given = limits.as_options(), parameters.get("options", "")
            parameters["options"] = f"{ours} {given}".strip()
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.prepared = PreparedStatements() if settings.PREPARED_STATEMENTS else None
        try:
            made = super().get_new_connection(conn_params)
        except Exception:
            CONNECTIONS_FAILED.inc()
            raise
        CONNECTIONS_OPENED.inc()
        return made

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(watch_statement)

    def is_watched(self) -> bool:
        """Whether somebody beside ourselves looks at what goes through Django."""
        return self.queries_logged or len(self.execute_wrappers) > 1

    def _commit(self) -> None:
        if self.connection is not None:
            insist_on_interest(self.connection)
        super()._commit()  # type: ignore[misc] # of BaseDatabaseWrapper, without a stub

    def begins_with_the_next(self) -> bool:
        """Whether the driver begins a transaction with the next statement."""
        if self.autocommit or self.connection is None:
            return False
        status = self.connection.info.transaction_status
        return bool(status == pq.TransactionStatus.IDLE)

    def is_usable(self) -> bool:
        """Whether the connection still stands; asked before each request uses it.

        Nothing is to be read from a connection that waits for its next statement. When
        the server has closed it there is: its last words, or the end. So the socket
        tells without a statement, which would cost a tenth of a page. Where there is
        something to read, a statement decides (it may have been a notice).
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.kind.watch.breaker.is_open:  # this one would wait just as long
            return False
        idle = self.connection.info.transaction_status == pq.TransactionStatus.IDLE
        if idle and not is_readable(self.connection.fileno()):
            return True
        return super().is_usable()


def is_readable(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
