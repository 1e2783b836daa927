"""Which browser the tests use, and how it is started."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# It asks nobody for anything by itself.
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
MISSING = (
    "There is no Chromium (apt-get install chromium, or CHROMIUM=/path/to/one): "
    "what pages do in a browser is not tested."
)
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


def find_chromium(playwright: Playwright) -> str | None:
    """The program: what `CHROMIUM` names, else the machine's, else Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    own = Path(playwright.chromium.executable_path)
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or (str(own) if own.exists() else None)


def launch(playwright: Playwright, program: str) -> Browser:
    return playwright.chromium.launch(executable_path=program, args=FLAGS)


def is_wanted() -> bool:
    return bool(os.environ.get(WANTED))
