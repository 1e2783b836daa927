"""A name can be taken out of the ledger; the seals still prove everything else."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from phr.audit.canonical_bytes import COLUMNS, entry_of
from phr.audit.models import AccessEntry, LedgerRedaction, LedgerSeal
from phr.audit.redaction import redaction_of
from phr.audit.signing_keys import private_key
from phr.core.ids import uuid7
from tests.audit.ledgers import (
    add_lines,
    found,
    pages,
    run_command,
    seal,
)
from tests.audit.redactions import ALLOWED, EMPTIED, OTHERS, redact, values_of
from tests.factories import AccessEntryFactory

pytestmark = pytest.mark.usefixtures("small_seals")


def test_a_redacted_line_keeps_everything_but_name_and_place(sealed):
    line = sealed[5]
    before = dict(zip(COLUMNS, values_of(line), strict=True))
    assert (before["actor_name"], before["address"]) == ("Bob Stone", "192.0.2.17")

    redact(line)

    after = dict(zip(COLUMNS, values_of(line), strict=True))
    emptied = {"actor_name": "", "address": None, "user_agent": ""}
    assert after == before | emptied


def test_other_lines_stay_as_they_are(sealed, redacted):
    named = AccessEntry.objects.filter(actor_name="Bob Stone", address="192.0.2.17")

    assert named.count() == len(sealed) - 1
    assert LedgerRedaction.objects.get().position == redacted.position


def test_the_ledger_is_right_afterwards_and_says_how_many_were_redacted(
    api, carol, redacted
):
    assert found() is None
    code, text = run_command()
    assert code == 0
    assert "Valid seals: 5, covering lines: 18." in text
    assert "Lines whose names were removed since, with a valid signature: 1." in text
    answers = pages(api("carol"))
    assert [page["redacted"] for page in answers] == [1, 0, 0]
    assert [page["entries"] for page in answers] == [8, 8, 2]
    assert all(page["ok"] for page in answers)


def test_the_command_says_nothing_of_redactions_where_there_are_none(sealed):
    assert "names were removed" not in run_command()[1]


def test_lines_are_redacted_in_batches_until_none_is_left(db):
    actor_id = uuid7()
    AccessEntryFactory.create_batch(5, actor_id=actor_id)
    first = AccessEntry.objects.order_by("position").first()
    seal()

    assert [redact(first, at_most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert found() is None
    assert LedgerRedaction.objects.count() == 5


def test_lines_that_never_had_a_name_are_not_touched(db):
    line = AccessEntryFactory(actor_name="")
    seal()

    assert redact(line) == 0
    assert not LedgerRedaction.objects.exists()


def test_a_line_redacted_before_it_was_sealed_is_sealed_as_it_is(api, carol, db):
    (line,) = add_lines(1)
    redact(line)

    seal()

    assert found() is None
    assert bytes(LedgerSeal.objects.get().entries) == entry_of(values_of(line))
    (page,) = pages(api("carol"))
    assert (page["ok"], page["redacted"]) == (True, 0)


def test_a_redaction_under_an_earlier_key_still_counts(redacted, settings):
    earlier = private_key(settings.LEDGER_SIGNING_KEY).public_key()
    settings.LEDGER_SIGNING_KEY = "another key, 32 characters or more of it"
    settings.LEDGER_PREVIOUS_PUBLIC_KEYS = [earlier.public_bytes_raw().hex()]

    assert found() is None


def test_a_page_without_redactions_costs_no_query_more(
    sealed, django_assert_num_queries
):
    with django_assert_num_queries(6):  # three pages of seals, and their lines
        assert found() is None


# What the triggers refuse


def refused(statement, *values):
    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
    return True


@pytest.fixture
def announced(sealed):
    """A line whose redaction stands there, and which has its name still."""
    line = sealed[5]
    redaction_of(values_of(line), timezone.now()).save(force_insert=True)
    return line


def test_every_column_is_let_through_or_refused():
    assert set(COLUMNS) == ALLOWED.keys() | OTHERS.keys()


@pytest.mark.parametrize("column", OTHERS)
def test_with_a_redaction_no_other_column_can_be_changed(announced, column):
    update = f"UPDATE audit_accessentry SET {EMPTIED}, {column} = {OTHERS[column]}"

    assert refused(f"{update} WHERE id = %s", announced.pk)


@pytest.mark.parametrize("value", ["actor_name = 'x'", "address = '::1'"])
def test_with_a_redaction_columns_can_only_be_emptied(announced, value):
    assert refused(
        f"UPDATE audit_accessentry SET {value} WHERE id = %s",
        announced.pk,
    )


@pytest.mark.parametrize("column", ALLOWED)
def test_a_line_is_emptied_whole_or_not_at_all(announced, column):
    update = f"UPDATE audit_accessentry SET {column} = {ALLOWED[column]}"

    assert refused(f"{update} WHERE id = %s", announced.pk)


def test_without_a_redaction_nothing_can_be_emptied(announced, sealed):
    assert refused(
        f"UPDATE audit_accessentry SET {EMPTIED} WHERE id = %s",
        sealed[6].pk,
    )


def test_a_redacted_line_cannot_be_deleted_nor_its_name_come_back(redacted):
    assert refused("DELETE FROM audit_accessentry WHERE id = %s", redacted.pk)
    assert refused(
        "UPDATE audit_accessentry SET actor_name = 'Bob Stone' WHERE id = %s",
        redacted.pk,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_ledgerredaction SET at = now()",
        "DELETE FROM audit_ledgerredaction",
    ],
)
def test_redactions_are_only_added(redacted, statement):
    assert refused(statement)


# The database's account of the application


@pytest.fixture
def application(redacted):
    """The rights on the ledger that docs/operations.md leaves to the application.

    Taken from the tables' owner, who is asked for them like everybody else.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "REVOKE UPDATE, DELETE, TRUNCATE ON audit_accessentry, audit_ledgerseal,"
            " audit_ledgerredaction FROM CURRENT_USER"
        )
        cursor.execute(
            "GRANT UPDATE (actor_name, address, user_agent) ON audit_accessentry"
            " TO CURRENT_USER"
        )


@pytest.mark.usefixtures("application")
def test_redacting_needs_no_more_than_the_right_to_empty_three_columns(sealed):
    assert redact(sealed[9]) == 1
    assert found() is None


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_accessentry SET count = 9",
        "DELETE FROM audit_accessentry",
        "UPDATE audit_ledgerredaction SET at = now()",
        "DELETE FROM audit_ledgerredaction",
    ],
)
def test_those_rights_allow_nothing_more(statement):
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
