"""Accounts, tables and rights of the database, before a release starts."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from phr.audit.database_roles import (
    NotCreated,
    create_as_set,
    let_application_in,
)
from phr.core.postgres.advisory_locks import PREPARING, await_lock


class Command(BaseCommand):
    help = (
        "Migrate as the account of DATABASE_OWNER_URL, and let that of DATABASE_URL "
        "use the tables and only add to the ledger. With DATABASE_ADMIN_URL both "
        "accounts and the database are created first. A second run changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: a setting is missing, or the server refuses."""
        application = connection.settings_dict["USER"]
        if fault := fault_in_settings():
            raise CommandError(fault)
        if settings.DATABASE_ADMIN_URL:
            self.create()
        connection.close()
        connection.settings_dict.update(settings.DATABASE_OWNER)
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        with transaction.atomic(), connection.cursor() as cursor:
            await_lock(connection, PREPARING)
            let_application_in(cursor.execute, application)
        self.stdout.write(f"The database is ready for the account {application}.")

    def create(self) -> None:
        try:
            create_as_set()
        except NotCreated as reason:
            raise CommandError(f"DATABASE_ADMIN_URL: {reason}.") from reason.__cause__


def fault_in_settings() -> str:
    owner, ours = settings.DATABASE_OWNER, connection.settings_dict
    if not owner:
        return "Set DATABASE_OWNER_URL: migrations sign in with it."
    if owner["USER"] == ours["USER"]:
        return (
            "DATABASE_OWNER_URL and DATABASE_URL name the same account. The "
            "application must not own the tables: give it an account of its own."
        )
    if owner["NAME"] != ours["NAME"]:
        return "DATABASE_OWNER_URL and DATABASE_URL name different databases."
    return ""
