"""Handlers that are subscribed for the length of one test."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from phr.core import events
from phr.core.events import Delivery
from phr.core.models import OutboxEvent
from tests.some_events import ThingHappened

HearOne = Callable[[ThingHappened, OutboxEvent], None]
Subscribe = Callable[[HearOne], None]


@pytest.fixture
def subscribe() -> Iterator[Subscribe]:
    """Subscribe a function to `ThingHappened` that is called for each."""

    def register(hear_one: HearOne) -> None:
        def hear(deliveries: Sequence[Delivery[ThingHappened]]) -> None:
            for each in deliveries:
                hear_one(each.event, each.row)

        events.subscribe(ThingHappened)(hear)

    yield register
    events.handlers.pop(ThingHappened, None)
