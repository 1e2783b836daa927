"""Redis or Valkey: keeps what it is given, and is not a copy that only reads."""

from collections.abc import Iterator
from typing import Any

import redis
from django.conf import settings

from phr.core import redis_client
from phr.core.backing_services import NotUsable, check_redis
from phr.operations.findings import Finding, Part

PART = Part("redis")
KEEPS_ALL = "noeviction"
FULL = 0.9  # of maxmemory


def examine_reach() -> Iterator[Finding]:
    """Whether it is there and new enough."""
    try:
        check_redis(settings.REDIS_URL)
    except NotUsable as reason:
        yield PART.error(str(reason), "Start it, or correct REDIS_URL.")
    else:
        yield PART.ok("It is there, and new enough.")


def examine_server() -> Iterator[Finding]:
    """What it does when memory is short, on disk, and as a replica."""
    try:
        facts: dict[str, Any] = redis_client.connection().info("everything")
    except redis.ResponseError:
        yield PART.note(
            "It does not let this user read its settings (INFO).",
            f"See for yourself that maxmemory-policy is {KEEPS_ALL}.",
        )
        return
    yield from of_memory(facts)
    yield from of_disk(facts)
    if facts.get("role") in ("slave", "replica"):
        yield PART.error(
            "It is a replica, which only reads: nothing is counted or queued.",
            "Let REDIS_URL name the primary.",
        )


def of_memory(facts: dict[str, Any]) -> Iterator[Finding]:
    policy = str(facts.get("maxmemory_policy", KEEPS_ALL))
    advice = (
        f"Set maxmemory-policy {KEEPS_ALL} in its configuration (at once: CONFIG SET "
        f"maxmemory-policy {KEEPS_ALL})."
    )
    if policy.startswith("allkeys"):
        yield PART.error(
            f"maxmemory-policy is {policy}: when memory is short it drops whole "
            "queues, and forgets counted attempts. Beat sends events again.",
            advice,
        )
    elif policy != KEEPS_ALL:
        yield PART.warning(
            f"maxmemory-policy is {policy}: when memory is short it forgets counted "
            "attempts and half-finished sign-ins.",
            advice,
        )
    else:
        yield PART.ok(f"maxmemory-policy is {KEEPS_ALL}.")
    most, used = int(facts.get("maxmemory", 0)), int(facts.get("used_memory", 0))
    if most and used > FULL * most:
        yield PART.warning(
            f"It uses {used * 100 // most} % of its memory; when it is full, it takes "
            "no more tasks and counts no attempts.",
            "Raise maxmemory, and see which queue grows: a worker may be missing.",
        )


def of_disk(facts: dict[str, Any]) -> Iterator[Finding]:
    if facts.get("aof_last_write_status") == "err" or (
        facts.get("rdb_last_bgsave_status") == "err"
    ):
        yield PART.error(
            "Its last write to disk failed; it may refuse all writes.",
            "See its log; its disk may be full.",
        )
    if not int(facts.get("aof_enabled", 0)):
        yield PART.note(
            "appendonly is off: a restart may lose counted attempts and the newest "
            "seal of the ledger. Tasks are sent again, nothing else is lost.",
            "Set appendonly yes.",
        )
    else:
        yield PART.ok("It keeps its data on disk (appendonly).")
