"""What is declared of events, and what is stored of them."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import transaction

from phr.care.events import GrantAccepted, GrantEvent
from phr.core import events, outbox
from phr.core.events import Event
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from tests.events.conftest import Subscribe
from tests.factories import OutboxEventFactory
from tests.some_events import NothingHappened, ThingHappened, events_of_the_product

ANN, THING = uuid7(), uuid7()


def test_an_event_has_a_handler_or_says_that_it_has_none() -> None:
    heard = {each for each in events_of_the_product() if events.handlers.get(each)}

    assert heard == {each for each in events_of_the_product() if each.is_heard}
    assert len(heard) > 30


def test_an_event_says_when_it_happens() -> None:
    assert [each for each in events_of_the_product() if not vars(each)["__doc__"]] == []


def test_an_event_is_called_after_the_app_whose_events_have_it() -> None:
    for each in events_of_the_product():
        _, app, module = each.__module__.split(".")
        assert (app, module) == (each.kind.partition(".")[0], "events")


def test_two_events_are_not_stored_as_the_same() -> None:
    with pytest.raises(TypeError, match="stored as care"):
        type("Accepted", (Event,), {"kind": GrantAccepted.kind})

    assert events.types_by_kind[GrantAccepted.kind] is GrantAccepted


@pytest.mark.parametrize("event_type", [Event, GrantEvent])
def test_nothing_hears_what_is_never_emitted(event_type: type[Event]) -> None:
    with pytest.raises(TypeError, match="not stored"):
        events.subscribe(event_type)(lambda _deliveries: None)

    assert event_type not in events.handlers


def test_an_event_comes_back_as_it_was_emitted(db: None, subscribe: Subscribe) -> None:
    heard: list[ThingHappened] = []
    subscribe(lambda event, _row: heard.append(event))
    emitted = ThingHappened(thing_id=THING, by=ANN)

    with transaction.atomic():
        row = events.emit(emitted)
    outbox.deliver([row.pk], now=row.created_at)

    assert heard == [emitted]
    stored = OutboxEvent.objects.get()
    assert (stored.payload, stored.owner_id) == ({"thing_id": str(THING)}, ANN)


def test_an_optional_field_that_is_not_given_is_not_stored() -> None:
    assert ThingHappened(by=ANN).payload() == {}


def test_only_events_of_one_type_are_stored_together(db: None) -> None:
    with pytest.raises(ValueError, match="not emitted together"), transaction.atomic():
        events.emit_each([ThingHappened(), NothingHappened()])

    assert not OutboxEvent.objects.exists()


@dataclass(frozen=True, kw_only=True)
class GrownEvent(Event):
    """One that has got a field since."""

    kind = "tests.grown"
    is_heard = False

    thing_id: UUID
    other_id: UUID | None = None


@pytest.mark.parametrize(
    ("payload", "other_id"),
    [
        ({"thing_id": str(THING)}, None),
        ({"thing_id": str(THING), "other_id": str(ANN)}, ANN),
        ({"thing_id": str(THING), "newer": "of the next release"}, None),
    ],
)
def test_a_row_of_another_release_is_read(
    db: None, payload: dict[str, str], other_id: UUID | None
) -> None:
    row = OutboxEventFactory(kind=GrownEvent.kind, payload=payload, owner_id=ANN)

    event = GrownEvent.stored_in(row)

    assert event == GrownEvent(thing_id=THING, other_id=other_id, by=ANN)
