"""Erasures in the API's answers."""

from phr.api.json import JsonObject
from phr.erasure.models import Erasure


def represent_erasure(erasure: Erasure) -> JsonObject:
    return {
        "id": erasure.id,
        "requested_at": erasure.requested_at,
        "due_at": erasure.due_at,
        "cancelled_at": erasure.cancelled_at,
        "erased_at": erasure.erased_at,
    }
