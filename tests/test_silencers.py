"""Whoever silences a checker says why: on the line, or in the comment above it."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
SILENCER = re.compile(
    r"#\s*(?:noqa\b(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?"
    r"|type: ignore\b(?:\[[a-z-]+(?:,\s*[a-z-]+)*\])?"
    r"|nosec\b(?:\s+B\d+)?|pragma: no cover)"
)
FOLDERS = ("benchmarks", "config", "demo", "dev", "phr", "server", "tests")


def silenced(text: str) -> Iterator[str]:
    """The lines that silence a checker and do not say why."""
    before = ""
    for line in text.splitlines():
        if SILENCER.search(line):
            why = SILENCER.sub("", line[line.index("#") :]).strip(" #-")
            above = before.strip().startswith("#")
            if not why and not above:
                yield line.strip()
        before = line


def test_it_finds_what_has_no_reason() -> None:
    silencer, unsaid = "# no" + "qa: S608", "# type: " + "ignore[misc]"

    assert list(silenced(f"a = 1  {silencer}")) == [f"a = 1  {silencer}"]
    assert list(silenced(f"a = 1  {unsaid}  {silencer}")) != []
    assert list(silenced(f"a = 1  {silencer} - all of it is ours")) == []
    assert list(silenced(f"a = 1  # all of it is ours  {silencer}")) == []
    assert list(silenced(f"# All of it is ours.\na = 1  {silencer}")) == []


def test_every_silencer_has_its_reason() -> None:
    files = [path for one in FOLDERS for path in sorted((ROOT / one).rglob("*.py"))]

    unsaid = {
        str(path.relative_to(ROOT)): list(silenced(path.read_text())) for path in files
    }

    assert {path: lines for path, lines in unsaid.items() if lines} == {}
