"""Write the whole database into one encrypted file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from phr.operations.backup.faults import BackupFault
from phr.operations.backup.writing import make_backup, remove_old


class Command(BaseCommand):
    help = (
        "Write the whole database into one file in a folder, encrypted with "
        "BACKUP_KEY, and read it again. Redis needs no backup. See docs/restore.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where the file is put")
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help="afterwards remove all backups in the folder but the newest N",
        )

    def handle(
        self, *args: Any, folder: Path, keep: int | None, **options: Any
    ) -> None:
        """:raises CommandError: there is no backup; says why."""
        now = timezone.now()
        if keep is not None and keep < 1:
            raise CommandError("--keep must be 1 or more.")
        try:
            path, manifest = make_backup(folder, at=now)
        except BackupFault as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"{path}: {path.stat().st_size:,} bytes, read again.")
        if manifest.head:
            self.stdout.write(f"Head: {manifest.head}")
        if keep:
            gone = remove_old(folder, keep=keep, at=now)
            self.stdout.write(f"Older backups removed: {gone}.")
