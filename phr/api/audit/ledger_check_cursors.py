"""Places in the ledger as cursors."""

from django.core import signing
from django.utils.translation import gettext as _

from phr.api.paging import invalid
from phr.audit.verification import Place
from phr.core.signed_values import UNREADABLE

# A salt of its own: a cursor of a list is not one of these, nor the other way round.
signer = signing.Signer(salt="phr.api.audit.verify")


def encode(place: Place) -> str:
    """Sign a place, so that only places that we have found right come back."""
    parts = [place.number, place.hash.hex(), place.last_position]
    return signer.sign_object(parts)


def decode(text: str) -> Place:
    """:raises ValidationError: it is not a place that we have given out."""
    try:
        number, hash_, last_position = signer.unsign_object(text)
        return Place(int(number), bytes.fromhex(hash_), int(last_position))
    except UNREADABLE as error:
        raise invalid("cursor", _("This cursor is not valid.")) from error
