"""Cut tails and edited seals are found, and named."""

from dataclasses import replace

import pytest
from django.core.management import CommandError
from django.db import DatabaseError, connection, transaction

from phr.audit import seals, signing_keys
from phr.audit.canonical_bytes import hash_of
from phr.audit.latest_seal import KEY
from phr.audit.models import AccessEntry, LedgerSeal
from phr.audit.verification import Fault, FaultKind
from phr.core import redis_client
from tests.audit.ledgers import (
    TABLES,
    add_lines,
    assert_named,
    found,
    run_command,
    seal,
    tamper,
)

LINES, SEALS = 18, 5
pytestmark = pytest.mark.usefixtures("small_seals")


def broken(kind, line, number):
    return Fault(kind, number, line.position, line.pk)


# The tail.


def cut_lines(sealed, kept):
    tamper(
        "DELETE FROM audit_accessentry WHERE position > %s", sealed[kept - 1].position
    )


def cut_seals(kept):
    tamper("DELETE FROM audit_ledgerseal WHERE number > %s", kept)


TAIL_MISSING = Fault(FaultKind.TAIL_MISSING, 4)


def test_lines_cut_off_under_their_seals_are_found(api, carol, sealed):
    cut_lines(sealed, 12)

    assert_named(api("carol"), broken(FaultKind.REMOVED, sealed[12], 4))


def test_a_tail_cut_off_with_its_seals_is_found(api, carol, sealed):
    cut_lines(sealed, 12)
    cut_seals(3)

    assert_named(api("carol"), TAIL_MISSING)


def test_seals_taken_off_their_lines_are_found(api, carol, sealed):
    cut_seals(3)

    assert_named(api("carol"), TAIL_MISSING)


def test_a_ledger_that_was_emptied_is_found(api, carol, sealed):
    cut_lines(sealed, 1)
    cut_seals(0)
    tamper("DELETE FROM audit_accessentry")

    assert_named(api("carol"), replace(TAIL_MISSING, seal=1))


def test_sealing_on_does_not_hide_that_the_tail_was_cut(api, carol, sealed):
    cut_lines(sealed, 12)
    cut_seals(3)

    for _ in range(4):
        add_lines(5)
        seal()

    assert LedgerSeal.objects.count() > SEALS
    assert_named(api("carol"), replace(TAIL_MISSING, seal=SEALS))


def test_an_operator_who_noted_the_head_needs_no_redis(sealed):
    newest = LedgerSeal.objects.get(number=SEALS)
    head = f"--head={newest.number}:{bytes(newest.hash).hex()}"
    assert head.removeprefix("--head=") in run_command()[1]
    assert run_command(head)[0] == 0
    cut_lines(sealed, 12)
    cut_seals(3)
    redis_client.connection().delete(KEY)

    assert run_command()[0] == 0  # nobody is left who knows
    code, text = run_command(head)
    assert code == 1
    assert "BROKEN: TAIL_MISSING: " in text


def edit(line):
    tamper("UPDATE audit_accessentry SET count = 9 WHERE id = %s", line.pk)


def option(name, number):
    seal = LedgerSeal.objects.get(number=number)
    return f"--{name}={seal.number}:{bytes(seal.hash).hex()}"


def test_from_a_noted_seal_on_only_what_came_later_is_checked(sealed):
    edit(sealed[1])
    since = option("since", 3)

    assert run_command()[0] == 1
    code, text = run_command(since)
    assert code == 0
    assert "Valid seals: 2, covering lines: 6." in text
    assert "What lies before seal 3 was not checked." in text
    edit(sealed[12])
    code, text = run_command(since)
    assert code == 1
    assert "BROKEN: CHANGED: " in text


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM audit_ledgerseal WHERE number = 3",
        "UPDATE audit_ledgerseal SET hash = previous WHERE number = 3",
        # The lines behind it would seem to be the first that nobody has sealed.
        "UPDATE audit_ledgerseal SET last_position = last_position + 6 WHERE number=3",
    ],
    ids=["missing", "another hash", "ends elsewhere"],
)
def test_a_check_begins_at_no_seal_but_the_one_that_was_noted(sealed, change):
    since = option("since", 3)
    tamper(change)

    code, text = run_command(since)
    assert code == 1
    assert "BROKEN: TAIL_MISSING: " in text
    assert "(seal 3)" in text


def test_a_head_that_would_not_be_looked_at_is_refused(sealed):
    with pytest.raises(CommandError, match="before that of --since"):
        run_command(option("since", 3), option("head", 2))


def test_a_head_that_the_server_has_not_signed_is_not_believed(sealed):
    redis_client.connection().hset(KEY, mapping={"number": 99, "hash": bytes(32).hex()})

    assert found() is None


# The seals.


def test_a_seal_removed_from_between_others_is_found(api, carol, sealed):
    tamper("DELETE FROM audit_ledgerseal WHERE number = 3")

    assert_named(api("carol"), Fault(FaultKind.SEAL_MISSING, 3))


SEAL_EDITS = {
    "number": ("100", FaultKind.SEAL_MISSING),
    "first_position": ("first_position - 1", FaultKind.SEAL_CHANGED),
    "last_position": ("last_position - 1", FaultKind.SEAL_CHANGED),
    "count": ("count - 1", FaultKind.SEAL_CHANGED),
    "entries": ("substr(entries, 41)", FaultKind.SEAL_CHANGED),
    "previous": ("previous || '\\x00'", FaultKind.SEAL_CHANGED),
    "hash": ("sha256(hash)", FaultKind.SEAL_CHANGED),
    "signature": ("set_byte(signature, 5, 1 + get_byte(signature, 5) % 255)", None),
    "key_id": ("'0123456789abcdef'", FaultKind.UNKNOWN_KEY),
    "sealed_at": ("sealed_at - interval '1 microsecond'", FaultKind.SEAL_CHANGED),
}


def test_every_column_of_a_seal_is_tried():
    columns = {field.attname for field in LedgerSeal._meta.concrete_fields}

    assert SEAL_EDITS.keys() == columns


@pytest.mark.parametrize("column", SEAL_EDITS)
def test_an_edited_seal_is_found(api, carol, sealed, column):
    value, kind = SEAL_EDITS[column]

    tamper(f"UPDATE audit_ledgerseal SET {column} = {value} WHERE number = 2")

    assert_named(api("carol"), Fault(kind or FaultKind.BAD_SIGNATURE, 2))


def test_a_seal_of_another_history_is_found(api, carol, sealed):
    """Signed by this server, as one that a later sealing replaced."""
    other = LedgerSeal.objects.get(number=3)
    other.previous = bytes(32)
    other.hash = hash_of(other)
    other.signature = signing_keys.sign(other.hash)

    tamper("DELETE FROM audit_ledgerseal WHERE number = 3")
    other.save(force_insert=True)

    assert_named(api("carol"), Fault(FaultKind.SEAL_CHANGED, 3))


def forge(sealed, key_id):
    """Edit a line and make its seal, and all seals behind, anew with another key."""
    line = sealed[5]
    tamper("UPDATE audit_accessentry SET count = 9 WHERE id = %s", line.pk)
    before = LedgerSeal.objects.get(number=1)
    cut_seals(1)
    while True:
        rows = list(seals.lines_after(before.last_position)[:4])
        if not rows:
            return
        made = seals.make_seal(before, rows, before.sealed_at)
        made.key_id = key_id or made.key_id
        made.hash = hash_of(made)
        made.signature = signing_keys.sign(made.hash)
        made.save(force_insert=True)
        before = made


@pytest.mark.parametrize("kind", [FaultKind.UNKNOWN_KEY, FaultKind.BAD_SIGNATURE])
def test_seals_made_anew_with_another_key_are_found(api, carol, sealed, settings, kind):
    redis_client.connection().delete(KEY)
    ours, key_id = (
        settings.LEDGER_SIGNING_KEY,
        signing_keys.name_of(signing_keys.public_key()),
    )
    settings.LEDGER_SIGNING_KEY = "a key of somebody else, 32 characters or more"

    forge(sealed, None if kind == FaultKind.UNKNOWN_KEY else key_id)

    settings.LEDGER_SIGNING_KEY = ours
    assert_named(api("carol"), Fault(kind, 2))


def test_seals_of_an_earlier_key_hold_while_it_is_listed(api, carol, sealed, settings):
    earlier = signing_keys.public_key().hex()
    settings.LEDGER_SIGNING_KEY = "the next key, 32 characters or more, no doubt"
    add_lines(5)
    seal()
    assert_named(api("carol"), Fault(FaultKind.UNKNOWN_KEY, 1))

    settings.LEDGER_PREVIOUS_PUBLIC_KEYS = [earlier]

    assert found() is None
    assert run_command()[0] == 0


@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_to_empty_the_tables(sealed, table):
    with (
        pytest.raises(DatabaseError, match=f"Cannot truncate table {table}"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {table}")

    assert AccessEntry.objects.count() == LINES


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_ledgerseal SET count = count", "DELETE FROM audit_ledgerseal"],
)
def test_the_database_refuses_to_edit_seals(sealed, statement):
    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert LedgerSeal.objects.count() == SEALS
