"""Handlers that are subscribed for the length of one test."""

from collections.abc import Callable, Iterator

import pytest

from phr.core import events
from phr.core.events import Handler

KIND = "tests.thing_happened"

Subscribe = Callable[[Handler], None]


@pytest.fixture
def subscribe() -> Iterator[Subscribe]:
    """Subscribe a handler to KIND."""

    def register(handle: Handler) -> None:
        events.subscribe(KIND)(handle)

    yield register
    events._handlers.pop(KIND, None)
