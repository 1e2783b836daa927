"""The table of docs/security/asvs.md is whole, and what it points to exists."""

import ast
import re
from collections import Counter

from dev import asvs
from dev.asvs import NUMBER, TEST, rows
from dev.places import CHECKOUT
from tests.cases import for_each

TABLE = asvs.TABLE.read_text(encoding="utf-8")
# Of each section, how many requirements are of level 1 or 2: they are the first ones.
COUNTS = """
1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2
4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3 5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3
6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3 9.2:4 10.1:2
10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1
12.1:3 12.2:2 12.3:4 13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3
15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4 17.3:2
"""
NUMBERS = [
    f"{section}.{number}"
    for section, _, most in (each.partition(":") for each in COUNTS.split())
    for number in range(1, int(most) + 1)
]
LEVEL_3 = ["7.5.3"]
STATES = ("met", "partly", "not met")

CODE = re.compile(r"`([^`]+)`")
PLACE = re.compile(r"[\w./-]+/[\w.-]+|[\w-]+\.(?:md|txt|toml|py)|Makefile")
ANSWERED = [cells for cells in rows() if len(cells) > 2]
NOT_APPLIED = [cells for cells in rows() if len(cells) == 2]


def numbers_of(cells: list[str]) -> list[str]:
    return cells[0].split(", ")


def test_the_numbers_are_as_many_as_the_standard_has() -> None:
    assert len(NUMBERS) == 253


def test_every_number_stands_in_one_place() -> None:
    named = [number for cells in rows() for number in numbers_of(cells)]

    assert [name for name, times in Counter(named).items() if times > 1] == []
    assert sorted(named) == sorted(NUMBERS + LEVEL_3)


def test_every_requirement_that_applies_has_a_row_of_its_own() -> None:
    for cells in ANSWERED:
        assert len(cells) == 5, cells
        assert len(numbers_of(cells)) == 1
        assert cells[2] in STATES
        assert cells[1]
        assert cells[3]
    for cells in NOT_APPLIED:
        assert cells[1]


def test_rows_stand_in_the_chapter_of_their_number() -> None:
    for chapter in TABLE.split("\n## V")[1:]:
        body = chapter.split("\n## ")[0]
        named = NUMBER.findall("\n".join(line[:9] for line in body.splitlines()))
        assert named
        assert {name.split(".")[0] for name in named} == {body.split()[0]}
        assert named == sorted(named, key=lambda each: [*map(int, each.split("."))])


def test_the_figures_in_the_text_are_those_of_the_table() -> None:
    states = Counter(cells[2] for cells in ANSWERED)
    others = sum(len(numbers_of(cells)) for cells in NOT_APPLIED)

    said = re.search(
        r"(\d+) are met, (\d+) partly, (\d+) not, and (\d+) do not\s+apply", TABLE
    )
    assert said
    counted = [*(states[name] for name in STATES), others]
    assert [int(figure) for figure in said.groups()] == counted


def test_what_is_partly_or_not_met_says_what_is_missing() -> None:
    short = [cells for cells in ANSWERED if cells[2] != "met" and len(cells[3]) < 15]

    assert short == []


PLACES = sorted({p for p in CODE.findall(TABLE) if PLACE.fullmatch(p)})


@for_each("place", PLACES)
def test_every_file_that_is_named_is_there(place: str) -> None:
    assert (CHECKOUT / place).exists() or list(CHECKOUT.glob(f"phr/**/{place}"))


@for_each(
    "named", sorted({code for code in CODE.findall(TABLE) if code.startswith("tests/")})
)
def test_every_test_that_is_named_is_there(named: str) -> None:
    match = TEST.fullmatch(named)
    assert match
    module = ast.parse((CHECKOUT / match[1]).read_text(encoding="utf-8"))
    functions = {node.name for node in module.body if isinstance(node, ast.FunctionDef)}

    assert match[2] in functions


def test_most_of_what_is_met_is_shown_by_a_test() -> None:
    met = [cells for cells in ANSWERED if cells[2] == "met"]
    shown = [cells for cells in met if cells[4]]

    assert len(PLACES) > 30
    assert len(shown) > 0.7 * len(met)


MUTATED = asvs.mutations()


@for_each("mutation", MUTATED)
def test_every_mutation_still_finds_what_it_changes(mutation: asvs.Mutation) -> None:
    assert mutation.applied_to(CHECKOUT)


def test_each_row_that_names_a_test_is_mutated_or_it_says_why_not() -> None:
    mutated = {mutation.row for mutation in MUTATED}

    assert asvs.reasons().keys() & mutated == set()
    assert asvs.reasons().keys() | mutated == asvs.named_tests().keys()
