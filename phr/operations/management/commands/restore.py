"""Restore a backup into an empty database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from phr.audit.latest_seal import NotedSeal
from phr.audit.management.commands.verify_ledger import add_heads
from phr.operations.backup.arguments import (
    add_erasures,
    faults_as_errors,
    lines_of,
    read_erasures,
)
from phr.operations.backup.backup_file import chosen
from phr.operations.backup.restoring import restore


class Command(BaseCommand):
    help = (
        "Restore a file of `manage.py backup` into the empty database of DATABASE_URL, "
        "with web, workers and beat stopped; then do what finish_restore does. If "
        "something is wrong, nothing is changed. See docs/restore.md."
    )
    requires_system_checks = []  # they look for tables

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the backup, or a folder of them")
        add_erasures(parser)
        add_heads(parser)

    def handle(
        self,
        *args: Any,
        path: Path,
        erasures: Path | None,
        head: list[NotedSeal],
        **options: Any,
    ) -> None:
        """:raises CommandError: it is not restored, or not fit for use; says why."""
        past = read_erasures(erasures)
        with faults_as_errors():
            file = chosen(path)
            manifest, finished = restore(
                file, erasures=past, heads=head, at=timezone.now()
            )
        self.stdout.write(f"{file}: restored as of {manifest.made_at}.")
        for line in lines_of(finished):
            self.stdout.write(line)
