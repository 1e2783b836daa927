"""Print the erasures, for a place where they outlive the database."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from phr.erasure.past_erasures import list_past_erasures


class Command(BaseCommand):
    help = (
        "Print each erasure that was begun: its receipt, the id of the account, when "
        "it was asked for. It names nobody. Keep the list in another place than the "
        "database, and give it to `manage.py restore`."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            type=Path,
            metavar="FILE",
            help="replace this file, when it is whole",
        )

    def handle(self, *args: Any, to: Path | None, **options: Any) -> None:
        """:raises CommandError: the file cannot be written."""
        lines = (f"{past}\n" for past in list_past_erasures())
        if to is None:
            self.stdout.writelines(lines)
            return
        try:
            replace_file(to, lines)
        except OSError as error:
            raise CommandError(f"{to} cannot be written: {error.strerror}.") from None


def replace_file(path: Path, lines: Iterable[str]) -> None:
    """:raises OSError: it stays as it was."""
    half = path.with_name(f"{path.name}.half")
    with half.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    half.chmod(0o600)
    half.replace(path)
