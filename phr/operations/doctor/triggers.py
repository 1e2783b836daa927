"""The triggers that protect the ledger and keep history: there, unchanged, enabled."""

from collections.abc import Iterator

import pgtrigger
from django.db import connection

from phr.operations.findings import Finding, Part

PART = Part("triggers")
INSTALLED = """
    SELECT relname, tgname, tgenabled::text, obj_description(pg_trigger.oid)
    FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace
"""
ENABLED = ("O", "A")  # for sessions as they are, and always


def examine() -> Iterator[Finding]:
    """Each trigger of this release, compared with what the database has."""
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED)
        there = {
            (table, trigger): (enabled, comment)
            for table, trigger, enabled, comment in cursor.fetchall()
        }
    found = []
    for model, trigger in pgtrigger.registered():
        table, name = model._meta.db_table, trigger.get_pgid(model)
        enabled, comment = there.get((table, name), (None, None))
        if enabled is None:
            found.append(fault(f"The trigger {name} of {table} is missing."))
        elif enabled not in ENABLED:
            found.append(
                PART.error(
                    f"The trigger {name} of {table} is disabled.",
                    f"As the owner: ALTER TABLE {table} ENABLE TRIGGER {name}. Then "
                    "`manage.py verify_ledger`: what was changed meanwhile is named.",
                )
            )
        elif comment != trigger.compile(model).hash:
            found.append(fault(f"The trigger {name} of {table} was changed."))
    yield from found
    if not found:
        yield PART.ok("All triggers are there, unchanged and enabled.")


def fault(says: str) -> Finding:
    return PART.error(
        says,
        "Run `manage.py migrate` if migrations are missing, else `manage.py pgtrigger "
        "install` as the owner of the tables. Then `manage.py verify_ledger`.",
    )
