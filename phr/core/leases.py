"""Locks that end by themselves, in PostgreSQL: whoever falls silent loses theirs.

Advisory locks belong to a connection, which a pooler lends to somebody else after each
transaction, and which a server that is cut off does not know to be gone. Here the end
is a time by the database's clock, and taking is one statement.
"""

from contextlib import suppress
from dataclasses import dataclass

from django.db import Error, connection

BEAT = "beat"

TAKE = """
INSERT INTO core_lease AS kept (name, holder, ends_at)
VALUES (
  %(name)s, %(holder)s, clock_timestamp() + make_interval(secs => %(seconds)s)
)
ON CONFLICT (name) DO UPDATE
SET holder = excluded.holder, ends_at = excluded.ends_at
WHERE kept.ends_at <= clock_timestamp() OR (%(renew)s AND kept.holder = excluded.holder)
RETURNING true
"""
GIVE_BACK = "DELETE FROM core_lease WHERE name = %s AND holder = %s"
LEFT = """
SELECT name, extract(epoch FROM ends_at - clock_timestamp())::float
FROM core_lease WHERE name = ANY(%s)
"""
HOLDER = "SELECT holder, ends_at > clock_timestamp() FROM core_lease WHERE name = %s"


@dataclass(frozen=True, slots=True)
class Held:
    """Who took a lease last, and whether it has not ended."""

    holder: str
    is_held: bool


def take(name: str, holder: str, *, seconds: float, renew: bool = True) -> bool:
    """Take what nobody holds, or go on holding it.

    :param renew: whether whoever holds it may take it again before it ends.
    :returns: whether it is `holder`'s for so many seconds.
    :raises Error: the database does not answer (django.db).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            TAKE, {"name": name, "holder": holder, "seconds": seconds, "renew": renew}
        )
        return cursor.fetchone() is not None


def give_back(name: str, holder: str) -> None:
    """Let others take it at once; if the database does not answer, it ends by itself.

    On a connection of its own: a signal may have come while ours waits for an answer.
    """
    own = connection.copy()
    with suppress(Error):
        try:
            with own.cursor() as cursor:
                cursor.execute(GIVE_BACK, [name, holder])
        finally:
            own.close()


def seconds_left(names: list[str]) -> dict[str, float]:
    """Until these end, for each that was ever taken; less than 0 for one that has.

    :raises Error: the database does not answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(LEFT, [names])
        return dict(cursor.fetchall())


def held(name: str) -> Held | None:
    """Who holds or held it; None if nobody ever did, or who did has given it back.

    :raises Error: the database does not answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(HOLDER, [name])
        row = cursor.fetchone()
    return Held(*row) if row else None
