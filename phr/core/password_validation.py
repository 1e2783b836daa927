"""How passwords are normalized, and rules for them beyond Django's."""

import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LETTERS_OF_ONES_OWN = 4
SHORTEST_WORD = 4  # of a host name; shorter ones turn up in anything


def normalized(password: str) -> str:
    """A password as it is hashed, whatever keyboard it was typed on.

    One keyboard sends é as a letter, another as an e and an accent (NIST SP 800-63B,
    section 5.1.1.2; UAX #15).

    :param password: of bounded length: sorting many marks on one letter takes long.
    """
    return unicodedata.normalize("NFKC", password)


class AsHashedValidator:
    """Has the other validators look at a password as it is hashed, as well.

    Eight characters as typed may be four letters with accents, and a common one may be
    typed in wide letters.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """:raises ValidationError: one of the others refuses it."""
        as_hashed = normalized(password)
        if as_hashed != password:
            validate_password(as_hashed, user)

    def get_help_text(self) -> str:
        return _("Accents typed in different ways count as the same password.")


class ObviousWordsValidator:
    """Refuses a password that is little more than words which suggest themselves here.

    Those are the ones given, and the parts of the server's own host name. What counts
    is how many letters are left without them: "Doctor-2026!" has none.

    :param words: in lower case.
    """

    def __init__(self, words: Sequence[str] = ()) -> None:
        host = (urlsplit(settings.PUBLIC_URL).hostname or "").split(".")
        named = {*words, *(part for part in host if len(part) >= SHORTEST_WORD)}
        self.words = sorted(named, key=len, reverse=True)

    def validate(self, password: str, user: Any = None) -> None:
        """:raises ValidationError: as the class says."""
        letters = "".join(filter(str.isalpha, password.casefold()))
        rest = letters
        for word in self.words:
            rest = rest.replace(word, "")
        if rest != letters and len(rest) < LETTERS_OF_ONES_OWN:
            raise ValidationError(self.get_help_text(), "password_of_obvious_words")

    def get_help_text(self) -> str:
        return _(
            "Your password can't be made of words that are easy to guess here, such "
            "as health, doctor or the name of this server."
        )
