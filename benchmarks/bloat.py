"""A million changes to a filled database: how its tables and indexes grow by them.

python -m benchmarks.servers python -m benchmarks.bloat --changes 1000000

The tables keep the settings that they have. What takes days in life takes minutes here,
so autovacuum has to look more often, too: every second or so (autovacuum_naptime).
"""

import argparse
import itertools
import sys
import time
from collections.abc import Iterator
from typing import Any

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from django.utils import timezone

from benchmarks.ledger_indexes import run
from phr.core.outbox import mark_delivered, purge_delivered
from phr.core.outbox_queue import take
from phr.core.queues import Queue

SESSIONS, KEYS = 20_000, 2_000
BATCH = 100
# Of some hundred changes; an event is three of them, a kept answer as well.
SHARES = {
    "records": 15,
    "usage": 15,
    "refreshes": 20,
    "events": 10,
    "answers": 3,
    "attempts": 10,
}
TABLES = (
    "health_records_healthrecord",
    "health_records_recordversion",
    "health_records_accountusage",
    "accounts_loginsession",
    "core_outboxevent",
    "core_idempotencykey",
    "core_attemptcount",
)
MAKE_SESSIONS = """
INSERT INTO accounts_loginsession (
  id, created_at, updated_at, user_id, last_used_at, user_agent, refresh_id,
  second_factor, address
)
SELECT gen_random_uuid(), now(), now(), id, now(),
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  gen_random_uuid(), false, '192.0.2.17'
FROM accounts_user CROSS JOIN generate_series(1, 30) LIMIT %s
"""
REFRESH = """
UPDATE accounts_loginsession SET last_used_at = now(), updated_at = now(),
  refresh_id = gen_random_uuid(),
  spent_refreshes = jsonb_build_object(refresh_id::text, now()::text)
WHERE id = ANY(%s)
"""
CHANGE_RECORDS = """
UPDATE health_records_healthrecord
SET title = 'Changed ' || version, version = version + 1, updated_at = now()
WHERE id = ANY(%s)
"""
STORE = """
INSERT INTO core_outboxevent (
  id, created_at, updated_at, kind, payload, attempts, next_attempt_at, last_error,
  queue, owner_id, turn
)
SELECT uuidv7(), now(), now(), 'health_records.record_created',
  jsonb_build_object('record_id', gen_random_uuid()), 0, now(), '', 'notifications',
  gen_random_uuid(), %s
FROM generate_series(1, %s)
"""
USE = """
UPDATE health_records_accountusage
SET entries = entries + 1, bytes = bytes + 500, day = current_date,
  entries_of_day = entries_of_day + 1, bytes_of_day = bytes_of_day + 500
WHERE user_id = ANY(%s)
"""
MAKE_USAGE = """
INSERT INTO health_records_accountusage (
  user_id, entries, bytes, day, entries_of_day, bytes_of_day
)
SELECT id, 100, 50000, current_date, 0, 0 FROM accounts_user ON CONFLICT DO NOTHING
"""
KEEP = """
INSERT INTO core_idempotencykey (id, created_at, updated_at, owner_id, key, fingerprint)
VALUES (uuidv7(), now(), now(), gen_random_uuid(), gen_random_uuid()::text, 'print')
RETURNING id
"""
ANSWER = """
UPDATE core_idempotencykey SET updated_at = now(),
  answer = jsonb_build_object('status', 201, 'body', repeat('a record ', 60))
WHERE id = %s
"""
EXPIRE = """
DELETE FROM core_idempotencykey WHERE id IN (
  SELECT id FROM core_idempotencykey ORDER BY created_at LIMIT %s
)
"""
COUNT = """
INSERT INTO core_attemptcount AS kept (key, counted, ends_at)
SELECT 'limit:' || n, 1, now() + interval '1 minute'
FROM generate_series(%s, %s) AS n
ON CONFLICT (key) DO UPDATE SET counted = kept.counted + 1
"""
KEPT_EVENTS, KEPT_ANSWERS = 20_000, 5_000  # of a week, of a day
GROWTH = """
SELECT relname, n_tup_upd, n_tup_hot_upd, n_dead_tup, autovacuum_count,
  pg_relation_size(relid), pg_indexes_size(relid)
FROM pg_stat_user_tables WHERE relname = ANY(%s) ORDER BY relname
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=1_000_000)
    changes = parser.parse_args().changes
    run(MAKE_SESSIONS, SESSIONS)
    run(MAKE_USAGE)
    run("VACUUM (ANALYZE)")
    before = growth()
    begun = time.perf_counter()
    first, last = change(changes)
    print(f"{changes:,} changes in {time.perf_counter() - begun:.0f} s")
    print(f"taking a hundred events: {first:.1f} ms at first, {last:.1f} at the end")
    time.sleep(5)  # until what has been counted is told
    tell(before, growth())
    return 0


def change(changes: int) -> tuple[float, float]:
    """Change everything in turn.

    :returns: milliseconds for a hundred events, of the first ones and of the last.
    """
    records = ids_of("health_records_healthrecord WHERE deleted_at IS NULL")
    sessions = ids_of("accounts_loginsession")
    users = ids_of("accounts_user")
    keys = itertools.cycle(range(0, KEYS, BATCH))
    taken: list[float] = []
    steps = [kind for kind, share in SHARES.items() for _ in range(share)]
    for number in range(changes // BATCH // 100 * len(steps)):
        # The number of steps is a prime, so all kinds take turns.
        kind = steps[number * 37 % len(steps)]
        match kind:
            case "records":
                run(CHANGE_RECORDS, list(itertools.islice(records, BATCH)))
            case "usage":
                run(USE, list(itertools.islice(users, BATCH)))
            case "refreshes":
                run(REFRESH, list(itertools.islice(sessions, BATCH)))
            case "events":
                taken.append(deliver_some(number))
            case "answers":
                keep_some()
            case "attempts":
                first = next(keys)
                run(COUNT, first, first + BATCH - 1)
    few = max(len(taken) // 10, 1)
    return sum(taken[:few]) / few, sum(taken[-few:]) / few


def ids_of(where: str) -> Iterator[Any]:
    """In an order that has nothing to do with the one in which they are stored."""
    found = run(f"SELECT id FROM {where} ORDER BY md5(id::text) LIMIT 200000")
    return itertools.cycle(id_ for (id_,) in found)


def deliver_some(number: int) -> float:
    """Store, take, deliver a hundred events, and forget as many old ones.

    :returns: milliseconds for taking them.
    """
    run(STORE, number, BATCH)
    now = timezone.now()
    begun = time.perf_counter()
    taken = take(Queue.NOTIFICATIONS, now=now, at_most=BATCH)
    took = time.perf_counter() - begun
    mark_delivered([each.event_id for each in taken], now)
    if number > KEPT_EVENTS // BATCH:
        purge_delivered(before=now, at_most=BATCH)
    return 1_000 * took


def keep_some() -> None:
    """Requests one by one, as each answer is put beside what was just inserted."""
    for _ in range(BATCH):
        ((id_,),) = run(KEEP)
        run(ANSWER, id_)
    ((kept,),) = run("SELECT count(*) FROM core_idempotencykey")
    if kept > KEPT_ANSWERS:
        run(EXPIRE, BATCH)


def growth() -> dict[str, list[Any]]:
    return {name: rest for name, *rest in run(GROWTH, list(TABLES))}


def tell(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> None:
    print("| table | updates | in place | vacuumed | dead | MB | indexes, MB |")
    print("|---" * 7 + "|")
    for name, now in after.items():
        updates, in_place, dead, vacuums, size, indexes = now
        sizes = [
            f"{was / 1e6:.1f} → {is_ / 1e6:.1f}"
            for was, is_ in zip(before[name][4:], (size, indexes), strict=True)
        ]
        share = f"{100 * in_place / updates:.0f} %" if updates else ""
        row = [name, f"{updates:,}", share, vacuums, f"{dead:,}", *sizes]
        print(f"| {' | '.join(map(str, row))} |")


if __name__ == "__main__":
    sys.exit(main())
