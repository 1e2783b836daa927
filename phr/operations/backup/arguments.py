"""What the commands about backups are told on their command line, and tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from phr.erasure.past_erasures import PastErasure, read_list
from phr.operations.backup.after_restore import Finished, Ledger
from phr.operations.backup.faults import BackupFault


def add_erasures(parser: CommandParser) -> None:
    """One of the two must be said, so that nobody forgets it."""
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument(
        "--erasures",
        type=Path,
        metavar="FILE",
        help="the last list of list_erasures: who was erased since is erased again",
    )
    group.add_argument(
        "--without-erasures",
        action="store_true",
        help="there is no list: whoever was erased since the backup is back",
    )


def read_erasures(file: Path | None) -> list[PastErasure]:
    """:raises CommandError: there is no such file, or it is not the list."""
    if file is None:
        return []
    try:
        return read_list(file.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise CommandError(f"{file}: {error}") from None


@contextmanager
def faults_as_errors() -> Iterator[None]:
    """:raises CommandError: for each `BackupFault`."""
    try:
        yield
    except BackupFault as fault:
        raise CommandError(str(fault)) from None


def lines_of_ledger(ledger: Ledger) -> Iterator[str]:
    yield f"The ledger is intact: {ledger.seals} seals over {ledger.lines} lines."
    if ledger.head:
        yield f"Head: {ledger.head}"
    if ledger.lost:
        yield (
            f"A later seal was known, {ledger.lost}: what it and those before "
            "it sealed is lost with everything else since the backup."
        )


def lines_of(finished: Finished) -> Iterator[str]:
    yield from lines_of_ledger(finished.ledger)
    yield f"Sessions ended: {finished.sessions}."
    yield f"Accounts erased again: {finished.erased}."
    if finished.not_erased:
        receipts = ", ".join(map(str, finished.not_erased))
        yield f"NOT erased, see the log: {receipts}."
    yield (
        f"Events and mails held: {finished.held}. They may have left already: decide "
        "with `manage.py held_events`."
    )
