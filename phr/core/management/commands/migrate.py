"""Django's `migrate`, one at a time: others at the same time wait for the first."""

from contextlib import closing
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections

from phr.core.backing_services import NotUsable, check_postgres
from phr.core.postgres.advisory_locks import PREPARING, await_lock
from phr.core.postgres.schema import drop_unfinished_indexes


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate when nobody else does; who comes second finds it done.

        Indexes that were incomplete when an earlier run ended are rebuilt.

        The lock is held by a transaction of a connection of its own: it goes when this
        process does, and a pooler lends a connection for just as long.

        :raises CommandError: PostgreSQL is not there, or not what it must be.
        """
        with closing(connections[options["database"]].copy()) as holder:
            try:
                check_postgres(holder, to_migrate=True)
            except NotUsable as reason:
                raise CommandError(str(reason)) from None
            holder.set_autocommit(False)
            await_lock(holder, PREPARING)
            if not (options["plan"] or options["check_unapplied"]):
                drop_unfinished_indexes(options["database"])
            super().handle(*args, **options)
