"""Django's way to the replica; named in `ENGINE`, from where Django loads it."""

from typing import ClassVar

from phr.core.postgres import base
from phr.core.postgres.driver import PatientConnection
from phr.core.postgres.replica import driver


class DatabaseWrapper(base.DatabaseWrapper):
    Database = driver
    kind: ClassVar[type[PatientConnection]] = driver.ReplicaConnection
