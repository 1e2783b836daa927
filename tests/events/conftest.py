"""Handlers that are subscribed for the length of one test."""

from collections.abc import Callable, Iterator

import pytest

from phr.core import events
from phr.core.events import Handler
from tests.some_events import ThingHappened

Subscribe = Callable[[Handler[ThingHappened]], None]


@pytest.fixture
def subscribe() -> Iterator[Subscribe]:
    """Subscribe a handler to `ThingHappened`."""

    def register(handle: Handler[ThingHappened]) -> None:
        events.subscribe(ThingHappened)(handle)

    yield register
    events.handlers.pop(ThingHappened, None)
