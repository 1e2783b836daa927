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
from django.conf import settings
from django.db import connection, transaction

from phr.core.models import OutboxEvent
from phr.core.queues import Queue

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(hours=1)
REPLAY_AGAIN = timedelta(minutes=1)
# Where staff see the kind of the last error.
TAKEN = "taken"
LOST = "worker lost"

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
  %(queue)s, owner, request,
  {NEXT_TURN.format(queue="%(queue)s", owner="event.owner")}
    + row_number() OVER (PARTITION BY owner ORDER BY place) - 1
FROM ROWS FROM (
  json_to_recordset(%(events)s::json)
    AS (id uuid, payload jsonb, owner uuid, request text)
) WITH ORDINALITY AS event (id, payload, owner, request, place)
"""  # noqa: S608 - made of constants  # nosec B608

# Events leave the line before they are delivered: one that kills its worker is not the
# first again for the next one, but waits for the replay, longer each time. What has
# lost its worker is taken alone: the others with which it was taken did nothing wrong,
# and would share its fate for ever. Rows of `next` come in the order of their turns.
TAKE = """
WITH next AS MATERIALIZED (
  SELECT id, turn, attempts, last_error = %(lost)s AS is_lost FROM core_outboxevent
  WHERE turn IS NOT NULL AND queue = %(queue)s
  ORDER BY turn, id LIMIT %(at_most)s FOR NO KEY UPDATE SKIP LOCKED
),
foremost AS (SELECT id, is_lost FROM next LIMIT 1),
taken AS (
  SELECT next.* FROM next, foremost
  WHERE next.id = foremost.id OR NOT (next.is_lost OR foremost.is_lost)
)
UPDATE core_outboxevent AS event
SET turn = NULL, last_error = %(taken)s, updated_at = %(now)s,
  next_attempt_at = %(now)s + greatest(%(again)s,
    least(%(first)s * 2 ^ least(taken.attempts, 10), %(longest)s))
FROM taken WHERE event.id = taken.id
RETURNING taken.turn, event.id, event.request_id
"""

# Whose worker has died was taken, and neither delivered nor noted as a failure. That is
# an attempt, too: else an event that always kills its worker is tried without end.
PUT_IN_LINE = f"""
WITH due AS MATERIALIZED (
  SELECT id, queue, owner_id, next_attempt_at, turn,
    last_error = %(taken)s AS is_lost,
    last_error = %(taken)s AND attempts + 1 >= %(enough)s AS is_lost_too_often
  FROM core_outboxevent
  WHERE delivered_at IS NULL AND set_aside_at IS NULL AND next_attempt_at <= %(now)s
  ORDER BY next_attempt_at LIMIT %(at_most)s FOR NO KEY UPDATE SKIP LOCKED
),
placed AS MATERIALIZED (
  SELECT id, is_lost, is_lost_too_often,
    coalesce(turn, {NEXT_TURN.format(queue="due.queue", owner="due.owner_id")}
      + row_number() OVER (PARTITION BY queue, owner_id ORDER BY next_attempt_at) - 1
    ) AS turn
  FROM due
)
UPDATE core_outboxevent AS event
SET next_attempt_at = %(again)s, updated_at = %(now)s,
  attempts = attempts + is_lost::int,
  last_error = CASE WHEN is_lost THEN %(lost)s ELSE last_error END,
  turn = CASE WHEN NOT is_lost_too_often THEN placed.turn END,
  set_aside_at = CASE WHEN is_lost_too_often THEN %(now)s END
FROM placed WHERE event.id = placed.id
RETURNING event.queue, event.turn IS NOT NULL
"""  # noqa: S608 - made of constants  # nosec B608


class Taken(NamedTuple):
    """An event in a worker's hands, and the request that caused it, if any."""

    turn: int
    event_id: UUID
    request_id: str


def store(emitted: Sequence[OutboxEvent]) -> None:
    """Insert events that were made together, each at the end of its owner's line.

    :param emitted: alike but for their payloads, owners and requests.
    """
    first = emitted[0]
    rows = [
        {
            "id": event.pk,
            "payload": event.payload,
            "owner": event.owner_id,
            "request": event.request_id,
        }
        for event in emitted
    ]
    common: dict[str, Any] = {
        "now": first.created_at,
        "kind": first.kind,
        "next": first.next_attempt_at,
        "queue": first.queue,
    }
    with connection.cursor() as cursor:
        cursor.execute(STORE, common | {"events": orjson.dumps(rows).decode()})


@transaction.atomic
def take(queue: Queue, *, now: datetime, at_most: int) -> list[Taken]:
    """Take the events whose turn it is out of the line of a queue, to deliver them.

    What is not delivered within `REPLAY_AGAIN`, or longer after failures, is put in
    line again by the replay. What has lost its worker before is taken alone.
    """
    chosen: dict[str, Any] = {
        "queue": queue,
        "at_most": at_most,
        "now": now,
        "again": REPLAY_AGAIN,
        "first": FIRST_RETRY,
        "longest": LONGEST_RETRY,
        "taken": TAKEN,
        "lost": LOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, chosen)
        return sorted(Taken._make(row) for row in cursor.fetchall())


@transaction.atomic
def put_due_in_line(*, now: datetime, at_most: int) -> Counter[Queue]:
    """Put events in line that should have been delivered by now, oldest first.

    Each is put off by `REPLAY_AGAIN`, so that a queue whose workers are down does not
    fill with messages at every beat. One that has cost too many workers is set aside.
    Any number of processes may do this at once: none waits for what another holds.

    :returns: how many of each queue workers have to be asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            PUT_IN_LINE,
            {
                "now": now,
                "at_most": at_most,
                "again": now + REPLAY_AGAIN,
                "taken": TAKEN,
                "lost": LOST,
                "enough": settings.EVENT_ATTEMPTS,
            },
        )
        found = cursor.fetchall()
    return Counter(Queue(queue) for queue, is_in_line in found if is_in_line)
