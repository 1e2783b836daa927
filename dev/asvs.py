"""The rows of docs/security/asvs.md, and the changes that must make their tests fail.

tests/mutations/vNN.toml has the changes of a chapter: for each row, what is put in the
place of which text. Where no change could show anything, `[not_mutated]` says why.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev import places

TABLE = places.CHECKOUT / "docs" / "security" / "asvs.md"
MUTATIONS = places.CHECKOUT / "tests" / "mutations"
NOT_MUTATED = "not_mutated"

NUMBER = re.compile(r"\d+\.\d+\.\d+")
TEST = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")


@dataclass(frozen=True, slots=True)
class Mutation:
    """One control of a row, taken out.

    :param without: what does not hold any more, as a short phrase.
    :param old: a text that the file has exactly once.
    """

    row: str
    without: str
    file: str
    old: str
    new: str

    def applied_to(self, checkout: Path) -> str:
        """The file's text after the change.

        :raises LookupError: the text to be replaced is not there exactly once, or what
            comes of it is no Python, which would fail in any test.
        """
        path = checkout / self.file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if (times := text.count(self.old)) != 1:
            raise LookupError(f"{self.row}: {self.file} has {times} times {self.old!r}")
        changed = text.replace(self.old, self.new)
        try:
            if path.suffix == ".py":
                ast.parse(changed)
        except SyntaxError as error:
            raise LookupError(f"{self.row}: {self.new!r} makes no Python") from error
        return changed


def rows() -> list[list[str]]:
    """The cells of each row, in both kinds of tables."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    numbered = [line for line in lines if NUMBER.match(line[2:])]
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in numbered
    ]


def tests_of(cells: list[str]) -> list[str]:
    """The ids of the tests that a row names."""
    return ["::".join(found) for found in TEST.findall(" ".join(cells[4:]))]


def named_tests() -> dict[str, list[str]]:
    """For each row that names tests, which."""
    found = {cells[0]: tests_of(cells) for cells in rows()}
    return {row: tests for row, tests in found.items() if tests}


def mutations() -> list[Mutation]:
    return [
        Mutation(row=row, **change)
        for row, changes in chapters()
        if row != NOT_MUTATED
        for change in changes
    ]


def reasons() -> dict[str, str]:
    """For rows whose test no change of the code could show to be one: why."""
    found = [changes for row, changes in chapters() if row == NOT_MUTATED]
    return {row: why for each in found for row, why in each.items()}


def chapters() -> Iterator[tuple[str, Any]]:
    for path in sorted(MUTATIONS.glob("v*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8")).items()
