"""Have people and records found by what is stored of them now."""

from typing import Any

from django.core.management.base import BaseCommand

from phr.health_records.search_texts import renew_search_texts


class Command(BaseCommand):
    help = (
        "Rebuild search texts that are out of date. Run this after an update during "
        "which old processes were still writing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, renewed in renew_search_texts():
            self.stdout.write(f"Renewed: {renewed} {name}.")
