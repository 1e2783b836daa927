"""Migrations, and which releases of this program use the database now."""

from collections import Counter
from collections.abc import Iterator

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from phr.core import release
from phr.operations.findings import Finding, Part

PART = Part("release")
UPGRADING = "See docs/upgrading.md."


def examine_migrations() -> Iterator[Finding]:
    """Whether the tables are those of this release."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations)
    known = set(loader.disk_migrations)
    missing = {key for key in known - applied if key not in loader.replacements}
    if missing:
        such = name_of(missing)
        yield PART.error(
            f"The database lacks {len(missing)} migrations, such as {such}.",
            "Run `manage.py migrate` as the owner of the tables, then restart.",
        )
    ours = {label for label, _ in known}
    if newer := {key for key in applied - known if key[0] in ours}:
        yield PART.error(
            f"The database has {len(newer)} migrations that this release does not "
            f"know, such as {name_of(newer)}: a newer release has migrated it.",
            f"Run that release, or migrate back with it first. {UPGRADING}",
        )
    if not (missing or newer):
        yield PART.ok("All migrations were run, and none is of a newer release.")


def name_of(migrations: set[tuple[str, str]]) -> str:
    return ".".join(min(migrations))


def examine_users() -> Iterator[Finding]:
    """Whether processes of another release work on the same database."""
    others = Counter(release.others_in_use(connection))
    if not others:
        yield PART.ok(f"No other release than this one ({release.name()}) is in use.")
    yield from of_others(others)


def examine_named_users() -> Iterator[Finding]:
    """As `examine_users`, without connections that do not say what they are of."""
    others = Counter(release.others_in_use(connection))
    others.pop("", None)
    yield from of_others(others)


def of_others(others: Counter[str]) -> Iterator[Finding]:
    for name, count in sorted(others.items()):
        who = f"of the release {name}" if name else "of an older release or a stranger"
        yield PART.warning(
            f"Open connections {who}: {count}, beside this release "
            f"({release.name()}). What the older one writes may lack what is new.",
            "Restart web, workers and beat when the new release is in place. "
            + UPGRADING,
        )
