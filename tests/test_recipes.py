"""The recipes of docs/development still fit the code; `make recipes` tries them."""

import ast
import shutil
from pathlib import Path

import pytest

from dev.places import CHECKOUT
from dev.recipes import RECIPES, Edit, Recipe, recipes

PAGES = "".join(page.read_text(encoding="utf-8") for page in RECIPES.glob("*.md"))


def files_of(recipe: Recipe) -> set[str]:
    """What a recipe needs to be there."""
    edited = {edit.file for step in recipe.steps for edit in step.edits}
    copied = {(old, new) for step in recipe.steps for old, new in step.copies.items()}
    return edited - {new for _, new in copied} | {old for old, _ in copied}


@pytest.fixture(params=recipes(), ids=lambda recipe: recipe.name)
def recipe(request: pytest.FixtureRequest) -> Recipe:
    found: Recipe = request.param
    return found


def test_the_steps_can_be_taken_and_make_python(recipe: Recipe, tmp_path: Path) -> None:
    for name in files_of(recipe):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / name, tmp_path / name)

    for step in recipe.steps:
        step.write(tmp_path)

    for path in tmp_path.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))


def test_the_page_names_each_file_that_is_edited(recipe: Recipe) -> None:
    unnamed = {name for name in files_of(recipe) if Path(name).name not in PAGES}

    assert unnamed - {"phr/accounts/events.py", "phr/identity/passkeys.py"} == set()


def test_the_tests_that_are_run_are_there(recipe: Recipe) -> None:
    named = [
        *recipe.passes,
        *(test for step in recipe.steps for test in step.missed_by),
    ]

    for test in named:
        file, _, function = test.partition("::")
        assert (CHECKOUT / file).exists()
        assert not function or f"def {function}(" in (CHECKOUT / file).read_text(
            "utf-8"
        )


def test_most_steps_are_missed_by_a_test(recipe: Recipe) -> None:
    missed = [step for step in recipe.steps if step.missed_by]

    assert len(missed) >= len(recipe.steps) / 2


def test_a_text_that_is_not_there_once_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text("a = 1\na = 1\n")

    for old in ("a = 1\n", "b = 1\n"):
        with pytest.raises(LookupError):
            Edit("one.py", old, "").apply(tmp_path)
