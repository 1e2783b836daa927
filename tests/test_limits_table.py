"""The tables of docs/security/limits.md: what each line names is there."""

import ast
import re
from collections import Counter
from pathlib import Path

from config.environment import Environment
from tests.cases import for_each

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "security" / "limits.md").read_text(encoding="utf-8")
SETTINGS = {name.upper() for name in Environment.model_fields}

TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
SETTING = re.compile(r"`([A-Z_]+)`")
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)


def lines() -> list[list[str]]:
    """The cells of each line: what, at most, setting, test."""
    rows = [row for row in PAGE.splitlines() if row.startswith("| ")]
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in rows]
    return [row for row in cells if row[0] != "what"]


LINES = lines()


def test_there_is_a_table_for_each_who() -> None:
    assert SECTION.findall(PAGE) == [
        "One account",
        "One client address, one mailbox",
        "One member of staff",
        "One token",
        "One text, one body",
    ]


@for_each("line", LINES)
def test_each_line_names_a_bound_and_a_test_that_exists(line: list[str]) -> None:
    what, at_most, setting, test = line

    assert what
    assert at_most
    assert set(SETTING.findall(setting)) <= SETTINGS
    for file, name in TEST.findall(test):
        module = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        names = [node.name for node in module.body if isinstance(node, ast.FunctionDef)]
        assert name in names, f"{file} has no {name}"
    assert TEST.search(test)


def test_no_line_stands_there_twice() -> None:
    said = Counter((what, test) for what, *_, test in LINES)

    assert [line for line, times in said.items() if times > 1] == []
