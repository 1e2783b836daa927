"""A place in a list as text that may stand in an address."""

from datetime import datetime
from uuid import UUID

from django.core import signing

from phr.core.keyset_pagination import Cursor
from phr.core.signed_values import UNREADABLE

# As it was when only the API had lists: what it has given out stays good.
signer = signing.Signer(salt="phr.api.paging")


class UnknownCursor(ValueError):
    """This is no place that we have named."""


def encode(cursor: Cursor) -> str:
    """Sign a place in a list, so that only places that we have named come back."""
    parts = [cursor.forwards, cursor.time.isoformat(), str(cursor.id)]
    return signer.sign_object(parts)


def decode(text: str) -> Cursor:
    """:raises UnknownCursor: it is not a cursor that we have given out."""
    try:
        forwards, time, row_id = signer.unsign_object(text)
        return Cursor(forwards is True, datetime.fromisoformat(time), UUID(row_id))
    except UNREADABLE as error:
        raise UnknownCursor from error
