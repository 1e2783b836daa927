"""Redis as the broker: a message that could not be acknowledged keeps no slot."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from kombu.transport import TRANSPORT_ALIASES, redis, virtual

from config.network_addresses import in_brackets
from phr.core.redis_address import are_sentinels, read_sentinels


class QoS(redis.QoS):
    """What a worker has in hand.

    While Redis hangs, what a task's end takes out of it times out. kombu then goes on
    counting the message among those in hand, and with one slot for each process the
    worker, alive and answering, never takes another (docs/adr/0044). The message comes
    again after the visibility timeout, and its task finds nothing to do.
    """

    def ack(self, delivery_tag: str) -> None:
        try:
            redis.QoS.ack(self, delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - kombu's own arguments
        try:
            redis.QoS.reject(self, delivery_tag, requeue)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    Channel = Channel


class SentinelChannel(redis.SentinelChannel):
    QoS = QoS


class SentinelTransport(redis.SentinelTransport):
    Channel = SentinelChannel


def use_own_transport() -> None:
    """Have kombu take these transports for addresses of Redis and of Sentinels."""
    ours: dict[str, Any] = dict.fromkeys(
        ("redis", "rediss"), f"{__name__}:{Transport.__name__}"
    )
    ours["sentinel"] = f"{__name__}:{SentinelTransport.__name__}"
    TRANSPORT_ALIASES.update(ours)


def address_for(url: str) -> str:
    """REDIS_URL in kombu's words: each Sentinel has an address of its own."""
    if not are_sentinels(url):
        return url
    found = read_sentinels(url)
    login = ":".join(quote(word or "", safe="") for word in found.login.values())
    places = [f"{in_brackets(host)}:{port}" for host, port in found.places]
    each = (f"sentinel://{login}@{place}/{found.database}" for place in places)
    return ";".join(each)


def options_for(url: str, patience: Mapping[str, float]) -> dict[str, Any]:
    """What kombu is to know of Sentinels beside their addresses.

    :param patience: for how long a connection is waited for, as redis has it.
    """
    if not are_sentinels(url):
        return {}
    found = read_sentinels(url)
    kwargs = {**found.login, "ssl": found.is_encrypted, **patience}
    return {"master_name": found.name, "sentinel_kwargs": kwargs}
