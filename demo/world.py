"""What the demo's scenes share: who is there by now, and what they have made."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from demo.entries import Comment, DemoFault, Grant
from demo.places import NOWHERE
from phr.accounts.models import User
from phr.core.request_origin import Origin

Value = TypeVar("Value")


class Known(dict[str, Value]):
    """People by username; asking for somebody else is a fault of the files."""

    def __missing__(self, username: str) -> Value:
        raise DemoFault(f"There is no such account at that time: {username}.")


@dataclass(frozen=True, slots=True)
class World:
    """:param records: by patient, and then by visit; as the others, the rows' ids."""

    users: Known[User] = field(default_factory=Known)
    doctors: Known[UUID] = field(default_factory=Known)
    patients: Known[UUID] = field(default_factory=Known)
    grants: dict[Grant, UUID] = field(default_factory=dict)
    records: dict[str, dict[datetime, UUID]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    comments: dict[tuple[UUID, Comment], UUID] = field(default_factory=dict)


def always(_world: World) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Scene:
    """Something that somebody does at a time.

    :param who: their username; None where nobody is signed in.
    :param act: calls the services.
    :param happens: asked when they are about to begin.
    :param tells: whether events may come of it.
    :param origin: where it comes from, where nobody is signed in.
    """

    at: datetime
    who: str | None
    act: Callable[[World], object]
    happens: Callable[[World], bool] = always
    tells: bool = True
    origin: Origin = NOWHERE
