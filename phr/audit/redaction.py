"""Removing the name of an erased person from the ledger, and proving that nothing else
was changed (ADR 28).

A seal keeps the digest of a line as it was. Beside the line that has lost its name
stands a signed row with that digest and the one of the line as it is now.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from phr.audit import denied_attempts, signing_keys
from phr.audit.canonical_bytes import (
    COLUMNS,
    EPOCH,
    ID,
    POSITION,
    Line,
    entries_in,
    entry_of,
)
from phr.audit.models import REDACTED, AccessEntry, LedgerRedaction, LedgerSeal

# What the signature is about, so that it is never taken for one of a seal.
KIND = b"ledger redaction 1"


@transaction.atomic
def redact_lines(*, actor_id: UUID, at: datetime, at_most: int) -> int:
    """Take name, address and user agent out of lines of one actor.

    Also from lines about refused sign-ins to their account, whoever tried.

    Lines that have no seal yet get the signed row as well: whether somebody seals them
    at this moment, as they were or as they become, need not be known.

    :returns: how many lines have lost something; fewer than `at_most` were the last.
    """
    denied_attempts.enter_counts_of(
        actor_id
    )  # they know the networks of who was refused
    lines = lines_about(actor_id, at_most)
    LedgerRedaction.objects.bulk_create([redaction_of(line, at) for line in lines])
    ids = [line[ID] for line in lines]
    AccessEntry.objects.filter(pk__in=ids).update(**REDACTED)
    return len(lines)


def lines_about(actor_id: UUID, at_most: int) -> list[Line]:
    """Lines that still say who this was or where they were, some of each kind."""
    # In the order of the index of actors: by position it could be everybody's lines.
    named = AccessEntry.objects.naming(actor_id).order_by("-at", "-id")
    lines = list(named.values_list(*COLUMNS)[:at_most])
    refused = AccessEntry.objects.placing_refused_sign_ins(actor_id).order_by()
    return lines + list(refused.values_list(*COLUMNS)[: at_most - len(lines)])


def redaction_of(line: Line, at: datetime) -> LedgerRedaction:
    redaction = LedgerRedaction(
        position=line[POSITION],
        entry_id=line[ID],
        before=entry_of(line),
        after=entry_of(redacted(line)),
        at=at,
        key_id=signing_keys.name_of(signing_keys.public_key()),
    )
    redaction.signature = signing_keys.sign(message_of(redaction))
    return redaction


def redacted(line: Line) -> Line:
    """The line without what names its actor."""
    values: dict[str, Any] = dict(zip(COLUMNS, line, strict=True)) | REDACTED
    return tuple(values.values())


def message_of(redaction: LedgerRedaction) -> bytes:
    """What is signed: kind, key's name, both digests, microseconds since 1970."""
    microseconds = (redaction.at - EPOCH) // timedelta(microseconds=1)
    return b"\n".join(
        [
            KIND,
            redaction.key_id.encode(),
            bytes(redaction.before).hex().encode(),
            bytes(redaction.after).hex().encode(),
            str(microseconds).encode(),
        ]
    )


def redacted_under(seal: LedgerSeal, there: Sequence[Line]) -> set[int]:
    """The positions under a seal where a redaction is all that has been done.

    :param there: the lines in the seal's stretch, as they are now.
    """
    sealed = entries_in(seal)
    emptied = {line[POSITION]: line for line in there if line == redacted(line)}
    redactions = LedgerRedaction.objects.in_bulk(emptied.keys())
    return {
        position
        for position, redaction in redactions.items()
        if explains(redaction, sealed.get(position, b""), emptied[position])
    }


def explains(redaction: LedgerRedaction, sealed: bytes, line: Line) -> bool:
    """Whether an emptied line differs from its seal by this redaction alone.

    That the other columns are those of the sealed line, the signature alone says.
    """
    return (
        bytes(redaction.before) == sealed
        and bytes(redaction.after) == entry_of(line)
        and signing_keys.is_signed(
            message_of(redaction), bytes(redaction.signature), redaction.key_id
        )
    )
