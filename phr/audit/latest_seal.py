"""The newest seal, remembered outside of the database.

Somebody who deletes the ledger's end together with its seals leaves a ledger that is
right in itself. What gives them away is that there has been a later seal.
"""

from dataclasses import dataclass
from typing import Any

import redis
import structlog

from phr.audit import signing_keys
from phr.audit.models import LedgerSeal
from phr.core.redis_client import connection

log = structlog.get_logger(__name__)

KEY = "ledger:head"
# Two sealers may get here in any order; the later seal stays.
KEEP_LATER = """
local kept = tonumber(redis.call("HGET", KEYS[1], "number") or "0")
if kept < tonumber(ARGV[1]) then
  redis.call("HSET", KEYS[1], "number", ARGV[1], "hash", ARGV[2],
             "signature", ARGV[3], "key_id", ARGV[4])
end
"""


@dataclass(frozen=True, slots=True)
class NotedSeal:
    """A seal of which it is known that it was there."""

    number: int
    hash: bytes

    @classmethod
    def of(cls, seal: LedgerSeal) -> "NotedSeal":
        return cls(seal.number, bytes(seal.hash))

    @classmethod
    def from_text(cls, text: str) -> "NotedSeal":
        """:raises ValueError: it is not what `str` makes of one."""
        number, _, digest = text.partition(":")
        return cls(int(number), bytes.fromhex(digest))

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


def noted_seal() -> NotedSeal | None:
    """The newest seal that Redis knows of; None without one, or without Redis."""
    try:
        return fetch()
    except redis.RedisError as error:
        log.warning("ledger_head_unknown", error=type(error).__name__)
        return None


def fetch() -> NotedSeal | None:
    """:raises RedisError: nobody can say."""
    kept = connection().hgetall(KEY)
    return parse(kept) if kept else None


def parse(kept: dict[Any, Any]) -> NotedSeal | None:
    """What this server wrote; None for what it has not signed."""
    try:
        number = int(kept[b"number"])
        sealed, signature = (
            bytes.fromhex(kept[name].decode()) for name in (b"hash", b"signature")
        )
        key_id = kept[b"key_id"].decode()
    except (KeyError, ValueError):
        return None
    if not signing_keys.is_signed(sealed, signature, key_id):
        return None
    return NotedSeal(number, sealed)


def remember(seal: LedgerSeal) -> None:
    """Remember the newest seal. If Redis is unavailable, the next one will be
    remembered.

    A noted seal that has gone is evidence, and stays until somebody has looked.
    """
    values = (seal.number, seal.hash.hex(), seal.signature.hex(), seal.key_id)
    try:
        noted = fetch()
        if noted is not None and not is_in_ledger(noted):
            log.error("ledger_tail_missing", number=noted.number, hash=noted.hash.hex())
            return
        if noted is None:
            connection().delete(KEY)  # nothing, or nothing that we have signed
        connection().eval(KEEP_LATER, 1, KEY, *values)
    except redis.RedisError as error:
        log.warning("ledger_head_not_kept", error=type(error).__name__)


def is_in_ledger(noted: NotedSeal) -> bool:
    return LedgerSeal.objects.filter(number=noted.number, hash=noted.hash).exists()
