"""Playwright beside Django, and whether a browser is wanted."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from playwright.sync_api import Playwright, sync_playwright

# Set by those commands of the Makefile that are not to pass without a browser.
WANTED = "WANT_BROWSER"


@contextmanager
def playwright_beside_django() -> Iterator[Playwright]:
    """Playwright, while Django goes on to use the connections that it has.

    Playwright's event loop counts as running in this thread between its own steps, too.
    In a loop Django would look for connections of the loop's own, and ask for nothing.
    """
    with pytest.MonkeyPatch.context() as patch:
        by_thread = connections._connections._storage  # type: ignore[attr-defined]  # asgiref's, which nobody else gets at
        patch.setattr(connections, "_connections", by_thread)
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        with sync_playwright() as playwright:
            yield playwright


def is_wanted() -> bool:
    return bool(os.environ.get(WANTED))
