"""Redis as the broker: a message that could not be acknowledged keeps no slot."""

from typing import Any

from kombu.transport import TRANSPORT_ALIASES, redis, virtual


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


def use_own_transport() -> None:
    """Have kombu take this transport for addresses of Redis."""
    ours: dict[str, Any] = dict.fromkeys(
        ("redis", "rediss"), f"{__name__}:{Transport.__name__}"
    )
    TRANSPORT_ALIASES.update(ours)
