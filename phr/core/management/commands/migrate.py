"""Django's `migrate`, one at a time, and never in everybody's way."""

import time
from collections import Counter
from contextlib import closing
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.errors import LockNotAvailable

from phr.core import release
from phr.core.backing_services import NotUsable, check_postgres
from phr.core.postgres.advisory_locks import PREPARING, await_lock
from phr.core.postgres.schema import drop_unfinished_indexes, lock_timeout

# Whoever waits for a table has everybody who comes later wait behind them; this is
# less than a web process waits.
SECONDS_FOR_A_LOCK = 2
TRIES, SECONDS_BETWEEN_TRIES = 3, 3
# Whose end a statement may have to await. Roles see the times of their own only.
OLDEST = """
    SELECT pid, application_name, round(extract(epoch FROM now() - xact_start))
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend' AND xact_start < now() - interval '1 second'
    ORDER BY xact_start LIMIT 1
"""


def refuse_less(options: dict[str, Any], **least: int) -> None:
    """:raises CommandError: with no tries nothing would be done, and all seem well."""
    for name, number in least.items():
        if options[name] < number:
            option = name.replace("_", "-")
            raise CommandError(f"--{option}: expected at least {number}.")


class Command(migrate.Command):
    applying: object = None  # the migration that is under way

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--tries",
            type=int,
            default=TRIES,
            help="how often to try if a lock is not to be had (%(default)s)",
        )
        parser.add_argument(
            "--lock-timeout",
            type=int,
            default=SECONDS_FOR_A_LOCK,
            metavar="SECONDS",
            help="how long a statement waits for others to let go of a table "
            "(%(default)s; 0: without end)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate when nobody else does; who comes second finds it done.

        Indexes that were incomplete when an earlier run ended are rebuilt. A migration
        that does not get its lock gives up, and can be run again.

        The lock is held by a transaction of a connection of its own: it goes when this
        process does, and a pooler lends a connection for just as long.

        :raises CommandError: PostgreSQL is not there, or not what it must be; or a lock
            was not to be had; or an option makes no sense.
        """
        refuse_less(options, tries=1, lock_timeout=0)
        database = connections[options["database"]]
        with closing(database.copy()) as holder:
            try:
                check_postgres(holder, to_migrate=True)
            except NotUsable as reason:
                raise CommandError(str(reason)) from None
            holder.set_autocommit(False)
            await_lock(holder, PREPARING)
            if not (options["plan"] or options["check_unapplied"]):
                drop_unfinished_indexes(options["database"])
                self.name_other_releases(holder)
            for left in reversed(range(options["tries"])):
                try:
                    with lock_timeout(database, options["lock_timeout"]):
                        super().handle(*args, **options)
                except OperationalError as error:
                    self.give_up_or_wait(error, database, options, left)
                else:
                    return

    def give_up_or_wait(
        self,
        error: OperationalError,
        database: BaseDatabaseWrapper,
        options: dict[str, Any],
        left: int,
    ) -> None:
        """:raises CommandError: a lock was not to be had, and no try is left.
        :raises OperationalError: it was something else.
        """
        if not isinstance(error.__cause__, LockNotAvailable):
            raise error
        sentence = self.sentence_about_waiting(database, options["lock_timeout"])
        if not left:
            raise CommandError(sentence) from None
        self.stderr.write(f"{sentence} It is tried again in {SECONDS_BETWEEN_TRIES} s.")
        time.sleep(SECONDS_BETWEEN_TRIES)

    def sentence_about_waiting(self, database: BaseDatabaseWrapper, most: int) -> str:
        with database.cursor() as cursor:
            cursor.execute(OLDEST)
            found = cursor.fetchone()
        who = ""
        if found:
            pid, program, seconds = found
            who = (
                f" The oldest open transaction is of process {pid} ({program or '?'}), "
                f"{seconds:.0f} seconds old."
            )
        return (
            f"{self.applying or 'A migration'} gave up: another transaction did not "
            f"let go of a table within {most} seconds.{who} This step was undone, and "
            "nobody waits behind it. Run `migrate` again: it goes on there."
        )

    def migration_progress_callback(
        self,
        action: str,
        migration: Any = None,
        fake: bool = False,  # noqa: FBT001, FBT002 - Django's own arguments
    ) -> None:
        self.applying = migration
        super().migration_progress_callback(action, migration, fake)

    def name_other_releases(self, database: BaseDatabaseWrapper) -> None:
        """Tell of processes that were started from another release, and work on."""
        others = Counter(release.others_in_use(database))
        for name, count in sorted(others.items()):
            of = f"the release {name}" if name else "an older release or a stranger"
            self.stderr.write(
                f"In use by {of}: {count} connections. They go on with the new tables; "
                "restart web, workers and beat afterwards (docs/upgrading.md)."
            )
