"""Load the demo data and say who can sign in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from demo.entries import Administrator, DemoFault, Doctor, Patient
from demo.files import people
from demo.loading import load
from phr.accounts.models import User
from phr.accounts.names import full_name
from phr.core.postgres.advisory_locks import PREPARING, await_lock


class Command(BaseCommand):
    help = "Fill an empty database with invented people. A second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: DEBUG is off, the database holds other people, or what
        stands in the files cannot be.
        """
        if not settings.DEBUG:
            raise CommandError(
                "DEBUG is off. The demo's passwords are public, so it is not loaded "
                "where real records may be stored."
            )
        try:
            with transaction.atomic():
                self.load_once()
        except DemoFault as fault:
            raise CommandError(f"The demo's files: {fault}") from fault
        self.stdout.write("Demo sign-ins (username, password):\n\n")
        for account in people().accounts:
            self.stdout.write(row(account))

    def load_once(self) -> None:
        """Load, unless it has been done. A second one waits, as beside `migrate`."""
        await_lock(connection, PREPARING)
        nora = people().administrator
        first = User.objects.filter(username=nora.username, created_at=nora.joined)
        if first.exists():
            return
        if User.objects.exists():
            raise CommandError(
                "The database contains people who are not part of the demo. The demo "
                "is only loaded into an empty database. Nothing was changed."
            )
        load()


def row(account: Administrator | Doctor | Patient) -> str:
    name = full_name(account.first_name, account.last_name)
    kind = account.user_type.label
    return (
        f"  {account.username:<10} {account.password:<19} {name:<15} "
        f"{kind + ',':<14} {account.about}"
    )
