"""How databases go that a test has made beside its own."""

from typing import Any

import psycopg

from tests.waiting import wait_until


def drop_database(session: "psycopg.Connection[Any]", name: str) -> None:
    """Drop it if it is there, whoever of ours is connected to it.

    :param session: one that begins no transaction.
    """

    def is_gone() -> bool:
        try:
            session.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        except psycopg.errors.InsufficientPrivilege:
            return False  # PostgreSQL itself vacuums there, which soon ends
        return True

    wait_until(is_gone)
