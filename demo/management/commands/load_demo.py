"""Load the demo data and say who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from demo.loading import ADMINISTRATOR_ID, load
from demo.people import ACCOUNTS, Account
from phr.accounts.models import User
from phr.accounts.names import full_name
from phr.core.postgres.advisory_locks import PREPARING, await_lock


class Command(BaseCommand):
    help = "Fill an empty database with invented people; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: DEBUG is off, or the database holds other people."""
        if not settings.DEBUG:
            raise CommandError(
                "DEBUG is off. The demo's passwords are public; it is not loaded where "
                "people may keep real records."
            )
        with transaction.atomic():
            self.load_once()
        self.stdout.write("Demo sign-ins (username, password):\n\n")
        for account in ACCOUNTS:
            self.stdout.write(row(account))

    def load_once(self) -> None:
        """Load, unless it has been done. A second one waits, as beside `migrate`."""
        await_lock(connection, PREPARING)
        if User.objects.filter(pk=ADMINISTRATOR_ID).exists():
            return
        if User.objects.exists():
            raise CommandError(
                "The database holds people who are not of the demo. The demo is loaded "
                "into an empty database only; nothing was changed."
            )
        load()


def row(account: Account) -> str:
    name = full_name(account.first_name, account.last_name)
    kind = account.user_type.label
    return (
        f"  {account.username:<10} {account.password:<19} {name:<15} "
        f"{kind + ',':<14} {account.about}"
    )
