"""What clients were told, for whoever compares it with what is there."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What came of one request.

    :param status: 0 if there was no answer.
    :param at: when it came, by `time.monotonic`.
    :param tag: its ETag.
    :param was_kept: whether its connection had served another one before.
    :param was_resent: whether it was sent again, for its first connection had broken.
    """

    what: str
    status: int
    body: Any
    at: float
    seconds: float
    retry_after: str | None = None
    tag: str = ""
    was_kept: bool = False
    was_resent: bool = False


@dataclass
class Change:
    """A change of a record, whose new text is nowhere else.

    :param read: the version that its client had read, and sent back in `If-Match`.
    :ivar told: the version that it has made, as far as the client knows.
    :ivar is_refused: whether it was refused for certain. Who is refused after an
        answer was lost may have made it.
    """

    record: str
    text: str
    read: int
    told: int | None = None
    is_refused: bool = False


@dataclass
class Log:
    """What all clients of a scenario have been told.

    :ivar records, comments: by their text, the id that a client was told; None for
        those of which it does not know what has become.
    :ivar begun, ended: the ids of grants.
    """

    answers: list[Answer] = field(default_factory=list)
    records: dict[str, str | None] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    contradictions: list[str] = field(default_factory=list)
