"""Queues of events in which each person gets a turn, however many events others have.

Fair queueing by start times (P. Goyal, H. Vin, H. Cheng, "Start-time fair queuing",
SIGCOMM 1996), with one event as the unit: an event gets the turn that is served now,
or the one after its owner's last that waits. So a newcomer comes after at most one
event of everybody else, and somebody alone gets everything.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection, transaction

from phr.core.models import OutboxEvent
from phr.core.queues import Queue

REPLAY_AGAIN = timedelta(minutes=1)

# The turn of the next event of an owner; both halves are one step in an index.
NEXT_TURN = """greatest(
  coalesce((SELECT min(turn) FROM core_outboxevent
            WHERE turn IS NOT NULL AND queue = {queue}), 0),
  coalesce((SELECT max(turn) + 1 FROM core_outboxevent
            WHERE turn IS NOT NULL AND queue = {queue} AND owner_id = {owner}), 0)
)"""

STORE = f"""
INSERT INTO core_outboxevent (
  id, created_at, updated_at, kind, payload, attempts, next_attempt_at, last_error,
  queue, owner_id, request_id, turn
)
SELECT id, %(now)s, %(now)s, %(kind)s, payload, 0, %(next)s, '',
  %(queue)s, %(owner)s, %(request)s,
  {NEXT_TURN.format(queue="%(queue)s", owner="%(owner)s")}
    + row_number() OVER () - 1
FROM json_to_recordset(%(events)s::json) AS event (id uuid, payload jsonb)
"""  # noqa: S608 - made of constants  # nosec B608

# Events leave the line before they are delivered: one that kills its worker is not the
# first again for the next one, but waits for the replay.
TAKE = """
WITH taken AS MATERIALIZED (
  SELECT id, turn FROM core_outboxevent
  WHERE turn IS NOT NULL AND queue = %(queue)s
  ORDER BY turn, id LIMIT %(at_most)s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE core_outboxevent AS event
SET turn = NULL, next_attempt_at = %(again)s, updated_at = %(now)s
FROM taken WHERE event.id = taken.id
RETURNING taken.turn, event.id, event.request_id
"""

PUT_IN_LINE = f"""
WITH due AS MATERIALIZED (
  SELECT id, queue, owner_id, next_attempt_at, turn FROM core_outboxevent
  WHERE delivered_at IS NULL AND next_attempt_at <= %(now)s
  ORDER BY next_attempt_at LIMIT %(at_most)s FOR NO KEY UPDATE SKIP LOCKED
),
placed AS MATERIALIZED (
  SELECT id, coalesce(turn, {NEXT_TURN.format(queue="due.queue", owner="due.owner_id")}
    + row_number() OVER (PARTITION BY queue, owner_id ORDER BY next_attempt_at) - 1
  ) AS turn
  FROM due
)
UPDATE core_outboxevent AS event
SET turn = placed.turn, next_attempt_at = %(again)s, updated_at = %(now)s
FROM placed WHERE event.id = placed.id
RETURNING event.queue
"""  # noqa: S608 - made of constants  # nosec B608


class Taken(NamedTuple):
    """An event in a worker's hands, and the request that caused it, if any."""

    turn: int
    event_id: UUID
    request_id: str


def store(emitted: Sequence[OutboxEvent]) -> None:
    """Insert events that were made together, at the end of their owner's line.

    :param emitted: alike but for their payloads.
    """
    first = emitted[0]
    rows = [{"id": event.pk, "payload": event.payload} for event in emitted]
    common: dict[str, Any] = {
        "now": first.created_at,
        "kind": first.kind,
        "next": first.next_attempt_at,
        "queue": first.queue,
        "owner": first.owner_id,
        "request": first.request_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE, common | {"events": orjson.dumps(rows).decode()})


@transaction.atomic
def take(queue: Queue, *, now: datetime, at_most: int) -> list[Taken]:
    """Take the events whose turn it is out of the line of a queue, to deliver them.

    What is not delivered within `REPLAY_AGAIN` is put in line again by the replay.
    """
    again = now + REPLAY_AGAIN
    chosen: dict[str, Any] = {
        "queue": queue,
        "at_most": at_most,
        "now": now,
        "again": again,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, chosen)
        return sorted(Taken._make(row) for row in cursor.fetchall())


@transaction.atomic
def put_due_in_line(*, now: datetime, at_most: int) -> Counter[Queue]:
    """Put events in line that should have been delivered by now, oldest first.

    Each is put off by `REPLAY_AGAIN`, so that a queue whose workers are down does not
    fill with messages at every beat.

    :returns: how many of each queue workers have to be asked for.
    """
    again = now + REPLAY_AGAIN
    with connection.cursor() as cursor:
        cursor.execute(PUT_IN_LINE, {"now": now, "at_most": at_most, "again": again})
        return Counter(Queue(queue) for (queue,) in cursor.fetchall())
