"""What an ASGI server and an application say to each other, and a refusal in it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Pairs = list[tuple[bytes, bytes]]


class ClientHasGone(Exception):
    """Nobody takes the answer any more."""


@dataclass(eq=False)
class Refusal(Exception):
    """What to answer instead of asking the application."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def messages_of(refusal: Refusal, *, closing: bool) -> list[Message]:
    pairs = [(n.lower().encode(), v.encode()) for n, v in refusal.headers.items()]
    if closing:
        pairs.append((b"connection", b"close"))
    return [
        start_message(refusal.status, pairs),
        body_message(refusal.body, more=False),
    ]


def start_message(status: int, headers: Pairs) -> Message:
    return {"type": "http.response.start", "status": status, "headers": headers}


def body_message(body: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}
