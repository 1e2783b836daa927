"""What docs/restore.md tells of pgBackRest with Docker Compose, typed: every change is
kept, and PostgreSQL is restored to a second before something that is to be undone."""

import re
import time
from collections.abc import Sequence
from dataclasses import replace

from dev import places
from dev.console import CannotGoOn, step
from dev.deploy_test.commands import insist
from dev.deploy_test.stack import FILES, UP, Stack
from dev.deploy_test.upgrade import await_healthy, in_database

MORE = "compose.continuous-backup.yaml"
BLOCK = r"<!-- {0}:start -->\n```bash\n(.*?)```\n<!-- {0}:end -->"
PSQL = ("psql", "--host=/run/postgresql", "--tuples-only", "--no-align")
FIRST_BACKUP = 300  # seconds
SECRET = "said-only-in-this-test"


def try_page(stack: Stack) -> None:
    """Turn it on as the page tells, lose changes and get them back, and turn it off."""
    stack = replace(stack, files=f"{FILES}:{MORE}")
    with step("Compose with pgBackRest, and its first backup"):
        stack.type_in(["cd deploy", *lines_of("compose-pgbackrest")])
        await_backup(stack)
    with step("Restoring to a second before"):
        before = write(stack)
        refuse_without_need(stack)
        (stack.folder / "backups").mkdir(exist_ok=True)
        (stack.folder / "backups" / "erasures.txt").touch()
        script = "\n".join(lines_of("compose-point")).replace("--rm", "--rm -T")
        typed = re.sub(r'restore-to ".*"', f'restore-to "{before}"', script)
        stack.type_in(["cd deploy", typed])
        await_healthy(stack, "database")
        kept = in_database(stack, *PSQL, "--command=SELECT text FROM kept").split()
        insist(kept == [f"{SECRET}-1", f"{SECRET}-2"], f"There are {kept}.")
        in_database(stack, *PSQL, "--command=DROP TABLE kept")


def lines_of(part: str) -> Sequence[str]:
    """What a part of the page tells to type, without building the image."""
    page = (places.CHECKOUT / "docs" / "restore.md").read_text(encoding="utf-8")
    found = re.search(BLOCK.format(part), page, re.DOTALL)
    lines = found[1].splitlines() if found else []
    insist(lines, f"docs/restore.md has no part {part}.")
    return [line for line in lines if " build " not in line]


def await_backup(stack: Stack) -> None:
    """:raises CannotGoOn: none is made in time; the test shows the logs then."""
    deadline = time.monotonic() + FIRST_BACKUP
    while time.monotonic() < deadline:
        said = stack.run("logs", "--no-color", "continuous-backup")
        if "A backup was made" in said:
            return
        time.sleep(2)
    raise CannotGoOn("continuous-backup makes no backup.")


def write(stack: Stack) -> str:
    """Write what is to be there afterwards, and then what is to be undone.

    :returns: a moment between the two.
    """

    def tell(statement: str) -> str:
        return in_database(stack, *PSQL, f"--command={statement}").strip()

    tell(f"CREATE TABLE kept AS SELECT '{SECRET}-1' AS text")
    tell("SELECT pg_switch_wal()")
    tell(f"INSERT INTO kept VALUES ('{SECRET}-2')")
    moment = tell("SELECT clock_timestamp() FROM pg_sleep(1)")
    tell("SELECT pg_sleep(1)")
    tell(f"INSERT INTO kept VALUES ('{SECRET}-3')")
    nightly = ("exec", "-T", "--user=postgres", "continuous-backup")
    stack.run(*nightly, "pgbackrest", "--stanza=main", "check")
    look = f"! grep -rl {SECRET} /var/lib/pgbackrest"
    stack.run(*nightly, "sh", "-c", look)
    return moment


def refuse_without_need(stack: Stack) -> None:
    """See that a running PostgreSQL and another key are refused in a sentence."""
    restore = ("run", "--rm", "-T", "--no-deps", "database", "restore-to")
    insist("Type first: docker compose stop" in refusal(stack, *restore), "No refusal.")
    key = stack.folder / "repository-key.conf"
    right = key.read_text()
    stack.run("stop", seconds=UP)
    key.write_text("[global]\nrepo1-cipher-pass=another\n")
    insist("Nothing was changed." in refusal(stack, *restore), "Another key is taken.")
    key.write_text(right)


def refusal(stack: Stack, *command: str) -> str:
    """What a command says that must fail."""
    try:
        stack.run(*command, seconds=UP)
    except CannotGoOn as refused:
        return str(refused)
    raise CannotGoOn(f"{' '.join(command)} is not refused.")
