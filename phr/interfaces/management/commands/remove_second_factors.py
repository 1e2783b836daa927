"""Help somebody who has lost phone and recovery codes, and has proved who they are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from phr.accounts.factors import remove_all_factors
from phr.accounts.models import User
from phr.accounts.sessions import end_all_sessions
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.interfaces.signing_in import patient_id_of


class Command(BaseCommand):
    help = (
        "Take all second factors off an account and sign it out everywhere. Its owner "
        "is told, and it is entered in the ledger."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=username).first()
        if user is None:
            raise CommandError("There is no such account.")
        with transaction.atomic():
            gone = remove_all_factors(user=user)
            end_all_sessions(user=user, at=timezone.now())
            removed = Access(
                patient_id_of(user), "account", [user.pk], basis=Basis.STAFF
            )
            audit.note(None, Action.FACTORS_REMOVED_BY_STAFF, removed)
        self.stdout.write(f"Factors removed: {gone}.\n")
