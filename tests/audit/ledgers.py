"""Ledgers of some lines, sealed, and what an owner of the database can do to them."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from phr.audit.canonical_bytes import entries_in
from phr.audit.latest_seal import noted_seal
from phr.audit.models import AccessEntry, LedgerSeal
from phr.audit.seals import seal_ledger
from phr.audit.verification import Fault, verify
from tests.factories import AccessEntryFactory

VERIFY = "/api/access-log/verify/"
TABLES = ("audit_accessentry", "audit_ledgerseal", "audit_ledgerredaction")


def add_lines(count: int) -> list[AccessEntry]:
    """Enter lines, in the order of their positions."""
    return AccessEntry.objects.bulk_create(
        [AccessEntryFactory.build(address="192.0.2.17") for _ in range(count)]
    )


def seal(**options: Any) -> int:
    """Seal what is there; other databases of the same server do not matter."""
    return seal_ledger(at=timezone.now(), **options)


def tamper(statement: str, *values: Any) -> None:
    """Do what the triggers refuse, as the owner of the tables can."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values or None)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def leave_gap() -> int:
    """Take a position that no line gets, as a transaction does that is undone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('audit_accessentry_position')")
        return int(cursor.fetchone()[0])


def slip_in(position: int) -> AccessEntry:
    return AccessEntryFactory(position=position)


def found() -> Fault | None:
    """The first fault of the whole ledger."""
    head = noted_seal()
    *_, last = verify([head] if head else [])
    return last.fault


def run_command(*arguments: str) -> tuple[int, str]:
    """Exit code and output of `manage.py verify_ledger`."""
    out = StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def pages(client: APIClient) -> list[dict[str, Any]]:
    """Every page of the check over HTTP."""
    answers, url = [], VERIFY
    while url is not None:
        response = client.get(url)
        assert response.status_code == 200
        answers.append(response.json())
        url = answers[-1]["next"]
    return answers


def assert_named(client: APIClient, fault: Fault) -> None:
    """Command and endpoint name just this fault."""
    assert found() == fault
    code, text = run_command()
    assert code == 1
    assert f"BROKEN: {fault.kind}: " in text
    assert f"(seal {fault.seal}" in text
    *right, last = pages(client)
    assert all(page["ok"] for page in right)
    assert last["ok"] is False
    assert last["first_broken"] == {
        "kind": str(fault.kind),
        "seal": fault.seal,
        "position": fault.position,
        "entry_id": str(fault.entry_id) if fault.entry_id else None,
    }


def sealed_positions() -> list[int]:
    """The positions under all seals, in the order of the seals."""
    seals = LedgerSeal.objects.order_by("number")
    assert [one.number for one in seals] == list(range(1, len(seals) + 1))
    return [position for one in seals for position in entries_in(one)]


def positions() -> list[int]:
    return list(
        AccessEntry.objects.order_by("position").values_list("position", flat=True)
    )
