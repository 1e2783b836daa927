"""Rebuild an account of an archive that another installation has exported."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from phr.archive.importer import import_archive
from phr.archive.reader import ArchiveReader, ArchiveRefused
from phr.core.request_origin import Origin, current_origin


class Command(BaseCommand):
    help = (
        "Import the account of an exported archive, with the same ids and without a "
        "password. If anything is wrong, nothing is imported and the exit code is 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the archive (a ZIP file)")
        parser.add_argument(
            "--dry-run", action="store_true", help="check everything, write nothing"
        )

    def handle(
        self, *args: Any, file: Path, dry_run: bool = False, **options: Any
    ) -> None:
        before = current_origin.set(Origin(face="command"))
        try:
            counts = self.read(file, dry_run=dry_run)
        except ArchiveRefused as error:
            raise CommandError(f"Refused; nothing was written: {error}") from error
        finally:
            current_origin.reset(before)
        for what, count in sorted(counts.items()):
            self.stdout.write(f"{what}: {count}")
        self.stdout.write(
            "Everything can be imported. Nothing was written."
            if dry_run
            else (
                "The account is imported. The owner can now reset the password by mail."
            )
        )

    def read(self, file: Path, *, dry_run: bool) -> Counter[str]:
        self.stdout.write("Reading the archive")
        with ArchiveReader(file) as archive:
            return import_archive(
                archive,
                at=timezone.now(),
                dry_run=dry_run,
                tell=lambda step: self.stdout.write(f"Importing: {step}"),
            )
