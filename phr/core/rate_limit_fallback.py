"""Rate limits in the database, for as long as Redis does not answer.

They count on a connection of their own, one for each process: what the caller's
transaction takes back when it fails, a failed attempt above all, must stay counted.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from phr.core.errors import Unavailable
from phr.core.models import AttemptCount

SECONDS_TO_WAIT_FOR_A_TURN = 2

# One atomic step, as in Redis: a row that must not grow is not touched.
TAKE = """
WITH taken AS (
  INSERT INTO core_attemptcount AS kept (key, counted, ends_at)
  VALUES (%(key)s, %(units)s, now() + make_interval(secs => %(seconds)s))
  ON CONFLICT (key) DO UPDATE SET
    counted = excluded.counted
      + CASE WHEN kept.ends_at > now() THEN kept.counted ELSE 0 END,
    ends_at = CASE WHEN kept.ends_at > now() THEN kept.ends_at ELSE excluded.ends_at END
  WHERE kept.ends_at <= now() OR kept.counted + excluded.counted <= %(times)s
  RETURNING key
)
SELECT EXISTS (SELECT FROM taken),
  (SELECT ceil(extract(epoch FROM ends_at - now()))::int
   FROM core_attemptcount WHERE key = %(key)s)
"""
GIVE_BACK = """
UPDATE core_attemptcount SET counted = greatest(counted - %s, 0)
WHERE key = %s AND ends_at > now()
"""


class Own:
    """The connection of this process, and whose turn it is."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.connection: BaseDatabaseWrapper | None = None

    @contextmanager
    def cursor(self) -> Iterator[CursorWrapper]:
        """:raises Unavailable: the database does not answer either."""
        if not self.turn.acquire(timeout=SECONDS_TO_WAIT_FOR_A_TURN):
            raise Unavailable(_("Please try again in a moment."))
        try:
            if self.connection is None:
                self.connection = connection.copy()
                self.connection.inc_thread_sharing()
            self.connection.close_if_unusable_or_obsolete()
            with self.connection.cursor() as cursor:
                yield cursor
        except DatabaseError as error:
            raise Unavailable(_("Please try again in a moment.")) from error
        finally:
            self.turn.release()

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


own = Own()


def take(key: str, times: int, seconds: int, units: int) -> int:
    """Count, unless that would be more than `times`.

    :returns: seconds until the window ends if the limit is reached, else 0.
    :raises Unavailable: the database does not answer either.
    """
    if units > times:
        return seconds
    values: dict[str, Any] = {"key": key, "times": times, "seconds": seconds}
    with own.cursor() as cursor:
        cursor.execute(TAKE, values | {"units": units})
        is_taken, wait = cursor.fetchone()
    return 0 if is_taken else max(wait or seconds, 1)


def give_back(key: str, units: int) -> None:
    """Take back what was counted, as far as the window holds it."""
    with own.cursor() as cursor:
        cursor.execute(GIVE_BACK, [units, key])


def forget_ended() -> int:
    """Remove expired counts.

    :returns: how many rows are gone.
    """
    gone, _ = AttemptCount.objects.filter(ends_at__lt=timezone.now()).delete()
    return gone


def begin_anew() -> None:
    """A forked process must not talk on its parent's connection."""
    global own  # noqa: PLW0603 - one for each process
    own = Own()


os.register_at_fork(after_in_child=begin_anew)
