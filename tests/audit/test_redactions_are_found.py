"""Whatever is done to redacted lines, and to redactions, is found."""

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.audit.redaction import message_of, redaction_of
from phr.audit.signing_keys import private_key
from phr.audit.verification import Fault, FaultKind
from tests.audit.ledgers import (
    assert_named,
    found,
    tamper,
)
from tests.audit.redactions import EMPTIED, OTHERS, changed, redact, values_of

pytestmark = pytest.mark.usefixtures("small_seals")


def test_an_emptied_line_without_a_redaction_is_found(api, carol, sealed):
    tamper(f"UPDATE audit_accessentry SET {EMPTIED} WHERE id = %s", sealed[5].pk)

    assert_named(api("carol"), changed(sealed[5]))


def test_a_removed_redaction_is_found(api, carol, redacted):
    tamper("DELETE FROM audit_ledgerredaction")

    assert_named(api("carol"), changed(redacted))


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 microsecond'",
        "key_id = 'somebody else'",
        "signature = decode(repeat('00', 64), 'hex')",
        "position = position + 1",
        "before = after",
        "after = before",
    ],
)
def test_a_changed_redaction_is_found(api, carol, redacted, change):
    tamper(f"UPDATE audit_ledgerredaction SET {change}")

    assert_named(api("carol"), changed(redacted))


@pytest.mark.parametrize("column", sorted(OTHERS.keys() - {"position"}))
def test_a_change_after_the_redaction_is_found(api, carol, redacted, column):
    tamper(
        f"UPDATE audit_accessentry SET {column} = {OTHERS[column]} WHERE id = %s",
        redacted.pk,
    )

    assert found() == changed(redacted)


def test_another_name_after_the_redaction_is_found(api, carol, redacted):
    tamper(
        "UPDATE audit_accessentry SET actor_name = 'Sam Reyes' WHERE id = %s",
        redacted.pk,
    )

    assert_named(api("carol"), changed(redacted))


def test_an_edit_before_the_redaction_is_found(api, carol, sealed):
    tamper("UPDATE audit_accessentry SET count = 9 WHERE id = %s", sealed[5].pk)

    redact(sealed[5])

    assert_named(api("carol"), changed(sealed[5]))


def test_a_removed_line_that_was_redacted_is_found(api, carol, redacted):
    tamper("DELETE FROM audit_accessentry WHERE id = %s", redacted.pk)

    assert_named(
        api("carol"), Fault(FaultKind.REMOVED, 2, redacted.position, redacted.pk)
    )


def test_a_redaction_of_another_line_does_not_count(api, carol, sealed, redacted):
    other = sealed[6]

    tamper(f"UPDATE audit_accessentry SET {EMPTIED} WHERE id = %s", other.pk)
    tamper(
        "UPDATE audit_ledgerredaction SET position = %s, entry_id = %s",
        *(other.position, other.pk),
    )

    assert_named(api("carol"), changed(redacted))  # the first of two


def test_a_redaction_signed_by_somebody_else_does_not_count(api, carol, sealed):
    line = sealed[5]
    forged = redaction_of(values_of(line), timezone.now())
    key = private_key("the key of somebody who has the database only")
    forged.signature = key.sign(message_of(forged))
    forged.save(force_insert=True)
    AccessEntry.objects.filter(pk=line.pk).update(
        actor_name="", address=None, user_agent=""
    )

    assert_named(api("carol"), changed(line))


def test_a_second_fault_behind_a_redacted_line_is_found(api, carol, sealed, redacted):
    tamper("UPDATE audit_accessentry SET count = 9 WHERE id = %s", sealed[7].pk)

    assert_named(api("carol"), changed(sealed[7]))
