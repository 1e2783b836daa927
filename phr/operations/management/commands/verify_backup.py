"""Try a backup: how old it is, and whether it can be restored."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from phr.audit.latest_seal import NotedSeal
from phr.audit.management.commands.verify_ledger import add_heads
from phr.operations.backup.arguments import (
    faults_as_errors,
    lines_of_ledger,
)
from phr.operations.backup.backup_file import chosen
from phr.operations.backup.last_verified import note_verified
from phr.operations.backup.verifying import verify_backup


class Command(BaseCommand):
    help = (
        "Restore a backup into a new database, check the ledger there, drop it, and "
        "say how old the backup is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the backup, or a folder of them")
        parser.add_argument(
            "--server",
            default=settings.DATABASE_ADMIN_URL,
            metavar="URL",
            help="an account that may create databases, on any PostgreSQL "
            "(DATABASE_ADMIN_URL)",
        )
        add_heads(parser)

    def handle(
        self,
        *args: Any,
        path: Path,
        server: str | None,
        head: list[NotedSeal],
        **options: Any,
    ) -> None:
        """:raises CommandError: the backup is of no use; says why."""
        if not server:
            raise CommandError("Name a server: --server, or DATABASE_ADMIN_URL.")
        with faults_as_errors():
            file = chosen(path)
            manifest, ledger = verify_backup(file, server=server, heads=head)
        note_verified(manifest.time)
        age = timezone.now() - manifest.time
        self.stdout.write(
            f"{file}: of {manifest.made_at}, {age.total_seconds() / 3600:.1f} hours "
            "old. It can be restored."
        )
        for line in lines_of_ledger(ledger):
            self.stdout.write(line)
