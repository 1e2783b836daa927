"""Writes docs/openapi.yaml, or with `--check` sees that it is what the code says."""

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

COMMITTED = places.CHECKOUT / "docs" / "openapi.yaml"
LINES_SHOWN = 60


def generate() -> str:
    """Generate and validate the document; a warning is a failure."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "openapi.yaml"
        call_command("spectacular", file=str(path), validate=True, fail_on_warn=True)
        return path.read_text(encoding="utf-8")


def main() -> int:
    generated = generate()
    if "--check" not in sys.argv:
        COMMITTED.write_text(generated, encoding="utf-8")
        say(f"{COMMITTED.relative_to(places.CHECKOUT)} is written.")
        return 0
    committed = COMMITTED.read_text(encoding="utf-8") if COMMITTED.exists() else ""
    if committed == generated:
        return 0
    before, after = committed.splitlines(), generated.splitlines()
    changes = difflib.unified_diff(before, after, "committed", "the code", lineterm="")
    say("\n".join(islice(changes, LINES_SHOWN)))
    say("docs/openapi.yaml is not what the code says: run `make schema`.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
