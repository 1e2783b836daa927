"""Erasures and their receipts as JSON."""

from typing import Any

from rest_framework import serializers

from phr.api.fields import Id, Moment, Whole


class ErasureSerializer(serializers.Serializer[Any]):
    """That one's account is to be closed for good."""

    id = Id(help_text="Note it down: it is what the receipt is read with.")
    requested_at = Moment()
    due_at = Moment(help_text="Until then it can be taken back.")
    cancelled_at = Moment(allow_null=True)
    erased_at = Moment(allow_null=True)


class ReceiptSerializer(serializers.Serializer[Any]):
    """When an account was erased, and how much of what."""

    requested_at = Moment()
    erased_at = Moment()
    counts = serializers.DictField(
        child=Whole(min_value=1),
        help_text="By kind; what there was none of is left out.",
    )
