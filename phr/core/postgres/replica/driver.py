"""The driver of connections to a replica, with a watch and with limits of its own."""

from typing import Any, ClassVar

from psycopg import *  # noqa: F403 - a driver is its names (PEP 249)

from phr.core.postgres import timeouts
from phr.core.postgres.driver import PatientConnection, connect_as
from phr.core.postgres.silence import Watch
from phr.core.postgres.timeouts import Timeouts


class ReplicaConnection(PatientConnection):
    """Gives up soon: whoever waits here can have the same from the primary."""

    watch: ClassVar[Watch] = Watch("replica")

    @classmethod
    def limits(cls) -> Timeouts:
        return timeouts.of_replica()


def connect(*arguments: Any, **options: Any) -> ReplicaConnection:  # type: ignore[no-redef] # psycopg's own
    """:raises OperationalError: it cannot be reached, or could not be a moment ago."""
    return connect_as(ReplicaConnection, *arguments, **options)
