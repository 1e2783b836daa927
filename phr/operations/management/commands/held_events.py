"""Decide about events and mails that are held since a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count, Max, Min
from django.utils import timezone

from phr.core import outbox
from phr.operations.backup.after_restore import release_held

MINUTE = "%Y-%m-%d %H:%M UTC"


class Command(BaseCommand):
    help = (
        "List the events that are held since a restore: they may have been delivered "
        "between the backup and the loss. Deliver or drop all of them; single ones can "
        "be replayed in the admin site."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument(
            "--deliver", action="store_true", help="deliver them, mails included"
        )
        group.add_argument("--drop", action="store_true", help="never deliver them")

    def handle(self, *args: Any, deliver: bool, drop: bool, **options: Any) -> None:
        now = timezone.now()
        if deliver:
            self.stdout.write(f"Events to be delivered: {release_held(at=now)}.")
        elif drop:
            self.stdout.write(f"Events dropped: {outbox.drop_held(now=now)}.")
        else:
            self.list()

    def list(self) -> None:
        kinds = outbox.held().values_list("kind").order_by("kind")
        spans = kinds.annotate(Count("pk"), Min("created_at"), Max("created_at"))
        for kind, count, first, last in spans:
            self.stdout.write(f"{count:6} {kind}, {first:{MINUTE}} to {last:{MINUTE}}")
        self.stdout.write(f"Held: {outbox.held().count()}.")
