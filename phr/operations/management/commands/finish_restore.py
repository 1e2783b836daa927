"""Make a database of another day fit for use."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils import timezone

from phr.audit.latest_seal import NotedSeal
from phr.audit.management.commands.verify_ledger import add_heads
from phr.operations.backup.after_restore import finish
from phr.operations.backup.arguments import (
    add_erasures,
    faults_as_errors,
    lines_of,
    read_erasures,
)
from phr.operations.backup.loading import (
    refuse_database_in_use,
    refuse_unfinished_recovery,
)
from phr.operations.backup.postgres_programs import connect
from phr.operations.backup.schema import refuse_other_database


class Command(BaseCommand):
    help = (
        "After PostgreSQL was restored by other means, such as pgBackRest, and before "
        "anything starts: end all sessions, hold what may have left already, check the "
        "ledger, erase again who was erased since, empty Redis."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_erasures(parser)
        add_heads(parser)

    def handle(
        self,
        *args: Any,
        erasures: Path | None,
        head: list[NotedSeal],
        **options: Any,
    ) -> None:
        """:raises CommandError: the database is in use, or not fit for it; says why."""
        past = read_erasures(erasures)
        connection.close()  # ours would be in the way
        with faults_as_errors():
            with connect(settings.DATABASE_URL) as session:
                refuse_unfinished_recovery(session)
                refuse_database_in_use(session)
            refuse_other_database()
            finished = finish(erasures=past, heads=head, at=timezone.now())
        for line in lines_of(finished):
            self.stdout.write(line)
