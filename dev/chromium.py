"""Which browser tests and screenshots use, and how it is started."""

import os
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

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
