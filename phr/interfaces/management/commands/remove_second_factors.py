"""Help somebody who has lost phone and recovery codes, and has proved who they are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from phr.accounts.models import User
from phr.identity.account_administration import remove_second_factors


class Command(BaseCommand):
    help = (
        "Remove all second factors of an account and sign it out everywhere. The "
        "owner is notified, and the ledger records it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError("This account does not exist.")
        gone = remove_second_factors(user=user, at=timezone.now())
        self.stdout.write(f"Factors removed: {gone}.\n")
