"""What a check of the ledger answers, as JSON."""

from typing import Any

from rest_framework import serializers

from phr.api.fields import Choice, Id, Moment, Whole
from phr.audit.verification import MOST_UNSEALED, FaultKind

HEX_OF_32_BYTES = r"^[0-9a-f]{64}$"


class LedgerFaultSerializer(serializers.Serializer[Any]):
    """The first thing that does not agree."""

    kind = Choice(FaultKind.choices)
    seal = Whole(min_value=1, help_text="The number of the seal that shows the fault.")
    position = Whole(
        allow_null=True,
        help_text="The position of the line; null if the fault is in a seal.",
    )
    entry_id = Id(allow_null=True)


class LedgerHeadSerializer(serializers.Serializer[Any]):
    """The last seal of the page."""

    number = Whole(min_value=1)
    hash = serializers.RegexField(HEX_OF_32_BYTES)
    sealed_at = Moment()


class LedgerCheckSerializer(serializers.Serializer[Any]):
    """Whether a stretch of the ledger is as it was sealed."""

    ok = serializers.BooleanField()
    seals = Whole(min_value=0, help_text="Valid seals on this page.")
    entries = Whole(min_value=0, help_text="Lines under these seals.")
    redacted = Whole(
        min_value=0,
        help_text="How many of these lines have since lost the name of an erased "
        "person. Each of them has a signature of its own.",
    )
    unsealed = Whole(
        min_value=0,
        max_value=MOST_UNSEALED,
        allow_null=True,
        help_text="On the last page: the lines after the last seal, counted up to "
        f"{MOST_UNSEALED:,}. Otherwise null.",
    )
    first_broken = LedgerFaultSerializer(allow_null=True)
    head = LedgerHeadSerializer(
        allow_null=True, help_text="Null if no seal on this page is valid."
    )
    public_key = serializers.RegexField(
        HEX_OF_32_BYTES, help_text="Ed25519; verifies the seals that are made now."
    )
    next = serializers.URLField(
        allow_null=True,
        help_text="The next page; null at the end, or if the ledger is broken.",
    )
