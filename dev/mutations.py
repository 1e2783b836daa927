"""Takes each control of docs/security/asvs.md out, and sees the tests of its row fail.

`python -m dev.mutations [ROW...]`, for example `9.1.1` or `9`. Each change is made in a
copy of this checkout, and only the tests that its row names are run. A test that passes
all the same shows nothing.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dev import places
from dev.asvs import Mutation, mutations, named_tests
from dev.console import CannotGoOn, say, step
from dev.servers import throwaway_servers

MOST_SECONDS = 300  # for the tests of one change
MOST_SECONDS_AS_IS = 1_800  # for all tests that are named, without any change
PASSED, FAILED = 0, 1  # exit codes of pytest; all others mean that it could not run
FAILURES = re.compile(r"^\d+ failed", re.MULTILINE)
KILLED, SURVIVED, COULD_NOT_RUN = "killed", "SURVIVED", "COULD NOT RUN"
SHOWN = 30  # lines of what pytest said, when it could not


@contextlib.contextmanager
def copied_checkout() -> Iterator[Path]:
    """A copy of the files that git knows or would add, as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=places.CHECKOUT,
        stdout=subprocess.PIPE,
        check=True,
    )
    with tempfile.TemporaryDirectory(prefix="copy-") as folder:
        copy = Path(folder) / places.CHECKOUT.name
        for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
            if (places.CHECKOUT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(places.CHECKOUT / name, copy / name)
        yield copy


def run_tests(
    copy: Path, tests: list[str], *options: str, most: int = MOST_SECONDS
) -> tuple[int, str]:
    """Run tests in the copy, until one fails.

    :returns: pytest's exit code (-1: it took too long), and what it said.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    # A .pyc of before has the same time and size, if a change is quick and short.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [*command, *options, *tests],
            cwd=copy,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=most,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -1, f"no answer within {most} seconds"
    return done.returncode, done.stdout


def database_options(mutation: Mutation) -> list[str]:
    """One database serves all changes but those of what is in it."""
    made_anew = "/migrations/" in mutation.file
    return ["--create-db"] if made_anew else ["--reuse-db"]


def try_out(copy: Path, mutation: Mutation, tests: list[str]) -> bool:
    """Make one change, run the tests, and take it back; say whether one failed."""
    path, started = copy / mutation.file, time.monotonic()
    original = path.read_bytes()
    path.write_text(mutation.applied_to(copy), encoding="utf-8")
    try:
        code, output = run_tests(copy, tests, *database_options(mutation))
    finally:
        path.write_bytes(original)
    took = time.monotonic() - started
    result = result_of(code, output)
    say(f"{mutation.row:8}{result:14}{took:5.1f} s  {mutation.without}")
    if result == COULD_NOT_RUN:
        say("\n".join(output.splitlines()[-SHOWN:]))
    return result == KILLED


def result_of(code: int, output: str) -> str:
    """What a run of pytest says about a change; a fixture that breaks says nothing."""
    if code == PASSED:
        return SURVIVED
    return KILLED if code == FAILED and FAILURES.search(output) else COULD_NOT_RUN


def chosen(wanted: list[str]) -> list[Mutation]:
    """The changes of the rows, sections or chapters that are named, or all.

    :raises CannotGoOn: there are none.
    """

    def is_wanted(mutation: Mutation) -> bool:
        return any(f"{mutation.row}.".startswith(f"{each}.") for each in wanted)

    found = [each for each in mutations() if not wanted or is_wanted(each)]
    if not found:
        raise CannotGoOn(f"There are no mutations for {', '.join(wanted)}.")
    return found


def try_all(wanted: list[Mutation]) -> list[Mutation]:
    """Try each change; return those that no test noticed.

    :raises CannotGoOn: the tests do not pass as things are.
    """
    tests = {each.row: named_tests().get(each.row, []) for each in wanted}
    with throwaway_servers() as urls, copied_checkout() as copy:
        os.environ.update(urls)
        every = sorted({test for row in tests.values() for test in row})
        with step(f"Running {len(every)} tests as things are"):
            code, output = run_tests(
                copy, every, "--create-db", most=MOST_SECONDS_AS_IS
            )
        if code != PASSED:
            raise CannotGoOn(f"{output}\nThe tests fail without any change.")
        return [each for each in wanted if not try_out(copy, each, tests[each.row])]


def main() -> int:
    try:
        wanted = chosen(sys.argv[1:])
        survived = try_all(wanted)
    except (CannotGoOn, LookupError) as trouble:
        say(str(trouble))
        return 2
    say(f"{len(wanted) - len(survived)} of {len(wanted)} changes made a test fail.")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
