"""Browsers of the cast."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.access.browsers import browser_of
from tests.conftest import user_of

Browser = Callable[[str], Client]


@pytest.fixture
def browser(request: pytest.FixtureRequest) -> Browser:
    """A browser in which a member of the cast is signed in, by name, or "nobody"."""

    def browser_for(who: str) -> Client:
        if who == "nobody":
            return Client()
        return browser_of(user_of(request.getfixturevalue(who)))

    return browser_for
