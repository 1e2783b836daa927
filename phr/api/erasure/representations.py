"""Erasures in the API's answers."""

from datetime import datetime
from typing import Annotated, TypedDict
from uuid import UUID

from phr.api.answer_types import Keywords
from phr.erasure.models import Erasure


class ErasureJson(TypedDict):
    """That one's account is to be closed for good."""

    id: Annotated[UUID, "Keep this id: you need it to read the receipt."]
    requested_at: datetime
    due_at: Annotated[datetime, "You can cancel the erasure until then."]
    cancelled_at: datetime | None
    erased_at: datetime | None


class ReceiptJson(TypedDict):
    """When an account was erased, and how much of what."""

    requested_at: datetime
    erased_at: datetime
    counts: Annotated[
        dict[str, Annotated[int, Keywords(minimum=1)]],
        "Counts by kind; kinds without any items are left out.",
    ]


def represent_erasure(erasure: Erasure) -> ErasureJson:
    return {
        "id": erasure.id,
        "requested_at": erasure.requested_at,
        "due_at": erasure.due_at,
        "cancelled_at": erasure.cancelled_at,
        "erased_at": erasure.erased_at,
    }


def represent_receipt(receipt: Erasure) -> ReceiptJson:
    assert receipt.erased_at is not None  # or there is none to read
    return {
        "requested_at": receipt.requested_at,
        "erased_at": receipt.erased_at,
        "counts": receipt.counts,
    }
