"""Somebody's session of whichever face, as services ask about it."""

from datetime import datetime
from hashlib import sha256
from typing import NamedTuple, Protocol
from uuid import UUID

from phr.accounts.models import User


class Presence(Protocol):
    """Who is there, and how they have shown it: a login session, or a browser's.

    `pk` names it among the sessions of its user, and is what goes on where the others
    end.
    """

    @property
    def pk(self) -> UUID: ...
    @property
    def user(self) -> User: ...
    @property
    def proved_at(self) -> datetime | None: ...
    @property
    def second_factor(self) -> bool: ...


class SessionPresence(NamedTuple):
    """What is read of a session at each request, in either face.

    :param pk: of a login session; of a browser's as `hashed_key` has it.
    """

    pk: UUID
    user: User
    proved_at: datetime | None
    second_factor: bool


def hashed_key(session_key: str) -> UUID:
    """The id by which a browser session is named: its key would sign anybody in."""
    return UUID(hex=sha256(session_key.encode()).hexdigest()[:32])
