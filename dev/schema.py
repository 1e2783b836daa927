"""Writes the schemas under docs/, or with `--check` sees that they are up to date."""

import difflib
import os
import sys
import tempfile
from itertools import islice
from pathlib import Path

import django
from django.core.management import call_command

from dev import places
from dev.console import say

OPENAPI = places.CHECKOUT / "docs" / "openapi.yaml"
ARCHIVE = places.CHECKOUT / "docs" / "archive-schema.json"
LINES_SHOWN = 60


def openapi() -> str:
    """Generate and validate the document; a warning is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openapi.yaml"
        call_command("spectacular", file=str(path), validate=True, fail_on_warn=True)
        return path.read_text(encoding="utf-8")


def archive() -> str:
    from phr.archive.json_schema import schema_file  # Django must be set up

    return schema_file().decode()


def is_as_generated(committed: Path, generated: str) -> bool:
    """Compare a file with what the code says, and show what differs."""
    present = committed.read_text(encoding="utf-8") if committed.exists() else ""
    if present == generated:
        return True
    before, after = present.splitlines(), generated.splitlines()
    changes = difflib.unified_diff(before, after, "committed", "the code", lineterm="")
    say("\n".join(islice(changes, LINES_SHOWN)))
    name = committed.relative_to(places.CHECKOUT)
    say(f"{name} does not match the code: run `make schema`.")
    return False


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    django.setup()
    documents = {OPENAPI: openapi(), ARCHIVE: archive()}
    if "--check" in sys.argv:
        same = [is_as_generated(*document) for document in documents.items()]
        return 0 if all(same) else 1
    for path, text in documents.items():
        path.write_text(text, encoding="utf-8")
        say(f"{path.relative_to(places.CHECKOUT)} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
