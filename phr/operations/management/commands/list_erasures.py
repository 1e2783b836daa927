"""Print the erasures, for a place where they outlive the database."""

from typing import Any

from django.core.management.base import BaseCommand

from phr.erasure.past_erasures import list_past_erasures


class Command(BaseCommand):
    help = (
        "Print each erasure that was begun: its receipt, the id of the account, when "
        "it was asked for. It names nobody. Keep the list in another place than the "
        "database, and give it to `manage.py restore`."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for past in list_past_erasures():
            self.stdout.write(str(past))
