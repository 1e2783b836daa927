"""Events that only tests emit, and to which only tests subscribe."""

from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from phr.core.events import Event, types_by_kind
from phr.core.ids import uuid7
from phr.core.models import NOBODY


@dataclass(frozen=True, kw_only=True)
class NothingHappened(Event):
    """Rows that hold no event of the product."""

    kind = "tests.nothing_happened"
    is_heard = False

    by: UUID = NOBODY


@dataclass(frozen=True, kw_only=True)
class ThingHappened(Event):
    """Handlers are subscribed to it for the length of a test."""

    kind = "tests.thing_happened"
    is_heard = False

    thing_id: UUID | None = None
    by: UUID = NOBODY


def events_of_the_product() -> list[type[Event]]:
    return [
        event_type
        for event_type in types_by_kind.values()
        if event_type.__module__.startswith("phr.")
    ]


def made(event_type: type[Event], **ids: UUID) -> Any:
    """An event about these, or else about nothing that there is.

    :param ids: by the names of fields; those that the event has not are left out.
    """
    names = {field.name for field in fields(event_type)} - {"by"}
    about = {name: ids.get(name) or uuid7() for name in names}
    return event_type(by=ids.get("by", NOBODY), **about)
