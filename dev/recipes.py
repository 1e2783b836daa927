"""Tries the recipes of docs/development, each in a copy of this checkout.

`python -m dev.recipes [NAME...]`, for example `field`. All steps of the recipe are
taken, and the tests that it names must pass; then one step after the other is left out,
and the tests that the step names must fail: who forgets it is told.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from difflib import ndiff
from pathlib import Path
from typing import Any

from dev import places
from dev.console import CannotGoOn, say, step
from dev.mutations import KILLED, PASSED, copied_checkout, result_of, run_tests
from dev.servers import throwaway_servers

RECIPES = places.CHECKOUT / "docs" / "development"
MOST_SECONDS = 600  # for the tests that pass when all is done
GIT = ["git", "-c", "user.name=recipes", "-c", "user.email=recipes@localhost"]
LINES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Edit:
    """:param old: a text that the file has exactly once."""

    file: str
    old: str
    new: str

    def apply(self, folder: Path) -> None:
        """:raises LookupError: the text to be replaced is not there exactly once."""
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        if (times := text.count(self.old)) != 1:
            raise LookupError(f"{self.file} has {times} times {self.old!r}")
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")

    @property
    def lines(self) -> int:
        """How many lines are written by hand."""
        changes = ndiff(self.old.splitlines(), self.new.splitlines())
        return sum(line.startswith("+ ") for line in changes)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a recipe.

    :param copies: files that begin as a copy of another: it, and the new one.
    :param commands: what Python is to run, after the edits.
    :param missed_by: tests that fail without this step.
    """

    what: str
    copies: dict[str, str]
    edits: list[Edit]
    commands: list[list[str]]
    missed_by: list[str]

    @property
    def makes_migrations(self) -> bool:
        return any("makemigrations" in command for command in self.commands)

    def write(self, folder: Path) -> None:
        """Do what is done by hand.

        :raises LookupError: a text to be replaced is not there exactly once.
        """
        for old, new in self.copies.items():
            shutil.copyfile(folder / old, folder / new)
        for edit in self.edits:
            edit.apply(folder)

    def take(self, folder: Path) -> None:
        """:raises CannotGoOn: a command failed."""
        self.write(folder)
        for command in self.commands:
            run([sys.executable, *command], folder)


@dataclass(frozen=True, slots=True)
class Recipe:
    """:param passes: tests that pass when all steps are taken."""

    name: str
    passes: list[str]
    steps: list[Step]

    def __str__(self) -> str:
        edits = [edit for each in self.steps for edit in each.edits]
        files, lines = {edit.file for edit in edits}, sum(edit.lines for edit in edits)
        return f"{self.name}: {lines} lines by hand, in {len(files)} files"


def recipes() -> list[Recipe]:
    return [
        recipe_of(path.stem, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(RECIPES.glob("*.toml"))
    ]


def recipe_of(name: str, written: dict[str, Any]) -> Recipe:
    steps = [
        Step(
            each["what"],
            each.get("copies", {}),
            [Edit(**edit) for edit in each.get("edits", [])],
            each.get("commands", []),
            each.get("missed_by", []),
        )
        for each in written["steps"]
    ]
    return Recipe(name, written["passes"], steps)


def run(command: list[str], folder: Path) -> str:
    """:raises CannotGoOn: it failed, with what it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotGoOn(f"{done.stdout}\n{' '.join(command)} failed.")
    return done.stdout


def commit(folder: Path, message: str) -> str:
    """Keep all that has changed; return the commit's name."""
    run(["git", "add", "--all"], folder)
    run([*GIT, "commit", "--quiet", "--no-verify", "--message", message], folder)
    return run(["git", "rev-parse", "HEAD"], folder).strip()


def take_all(recipe: Recipe, copy: Path) -> list[tuple[str, Step]]:
    """Take the steps, each as a commit, whose name stands beside it.

    :raises CannotGoOn: one cannot be taken, or the tests fail after the last.
    """
    run(["git", "init", "--quiet"], copy)
    commit(copy, "As it was")
    taken = []
    for each in recipe.steps:
        with step(f"{recipe.name}: {each.what}"):
            each.take(copy)
            taken.append((commit(copy, each.what), each))
    with step(f"{recipe.name}: running the tests"):
        code, said = run_tests(copy, recipe.passes, "--create-db", most=MOST_SECONDS)
    if code != PASSED:
        raise CannotGoOn(f"{said}\nThe tests fail though all steps were taken.")
    return taken


def is_missed(copy: Path, made: str, left_out: Step) -> bool:
    """Leave one step out, run its tests, and take it again; say whether one failed."""
    run([*GIT, "revert", "--no-commit", made], copy)
    option = "--create-db" if left_out.makes_migrations else "--reuse-db"
    try:
        code, said = run_tests(copy, left_out.missed_by, option)
    finally:
        run(["git", "reset", "--quiet", "--hard"], copy)
        run(["git", "clean", "--quiet", "-d", "--force"], copy)
    result = result_of(code, said)
    say(f"  {'missed' if result == KILLED else result:14}{left_out.what}")
    if result != KILLED:
        say("\n".join(said.splitlines()[-LINES_SHOWN:]))
    return result == KILLED


def try_out(recipe: Recipe) -> list[str]:
    """Try a recipe; return the steps that nobody would miss.

    :raises CannotGoOn: it does not lead to where it should.
    """
    with copied_checkout() as copy:
        taken = take_all(recipe, copy)
        say(f"{recipe}. Without one of the steps:")
        checked = [(made, each) for made, each in taken if each.missed_by]
        # Last, since the database that is there has the column.
        checked.sort(key=lambda pair: pair[1].makes_migrations)
        return [each.what for made, each in checked if not is_missed(copy, made, each)]


def chosen(names: list[str]) -> list[Recipe]:
    """The recipes of these names, or all.

    :raises CannotGoOn: there is none of a name.
    """
    known = {recipe.name: recipe for recipe in recipes()}
    if unknown := set(names) - known.keys():
        raise CannotGoOn(f"There is no recipe {', '.join(sorted(unknown))}.")
    return [known[name] for name in names or known]


def main() -> int:
    try:
        wanted = chosen(sys.argv[1:])
        with throwaway_servers() as urls:
            # As in `run_tests`: a .pyc of before would be taken for that of now.
            os.environ.update(urls, PYTHONDONTWRITEBYTECODE="1")
            unmissed = [what for each in wanted for what in try_out(each)]
    except (CannotGoOn, LookupError) as trouble:
        say(str(trouble))
        return 2
    return 1 if unmissed else 0


if __name__ == "__main__":
    sys.exit(main())
