"""How far somebody's check of the log has come, as text that may stand in an address.

Signed for one person: what a link says that was found must have been found for who
reads it.
"""

from dataclasses import dataclass

from django.core import signing

from phr.accounts.models import User
from phr.audit.verification import START, Page, Place
from phr.core.signed_values import UNREADABLE


class UnknownProgress(ValueError):
    """This is no progress that we have named to this person."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What was found right so far.

    :param place: where to go on.
    :param lines: how many lines were as they were written.
    :param redacted: how many of these have lost the name of somebody erased.
    """

    place: Place = START
    lines: int = 0
    redacted: int = 0

    def after(self, page: Page) -> "Progress":
        return Progress(
            page.next or self.place,
            self.lines + page.entries,
            self.redacted + page.redacted,
        )


def signer_for(reader: User) -> signing.Signer:
    return signing.Signer(salt=f"phr.portal.access_log.check {reader.pk}")


def encode(progress: Progress, reader: User) -> str:
    place = progress.place
    parts = [place.number, place.hash.hex(), place.last_position]
    return signer_for(reader).sign_object([*parts, progress.lines, progress.redacted])


def decode(text: str, reader: User) -> Progress:
    """:raises UnknownProgress: it is none that we have given this person."""
    try:
        number, digest, last, lines, redacted = signer_for(reader).unsign_object(text)
        place = Place(int(number), bytes.fromhex(digest), int(last))
        return Progress(place, int(lines), int(redacted))
    except UNREADABLE as error:
        raise UnknownProgress from error
