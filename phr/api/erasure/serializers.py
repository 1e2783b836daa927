"""Erasures and their receipts as JSON."""

from typing import Any

from rest_framework import serializers

from phr.api.fields import Id, Moment, Whole


class ErasureSerializer(serializers.Serializer[Any]):
    """That one's account is to be closed for good."""

    id = Id(help_text="Keep this id: you need it to read the receipt.")
    requested_at = Moment()
    due_at = Moment(help_text="You can cancel the erasure until then.")
    cancelled_at = Moment(allow_null=True)
    erased_at = Moment(allow_null=True)


class ReceiptSerializer(serializers.Serializer[Any]):
    """When an account was erased, and how much of what."""

    requested_at = Moment()
    erased_at = Moment()
    counts = serializers.DictField(
        child=Whole(min_value=1),
        help_text="Counts by kind; kinds without any items are left out.",
    )
