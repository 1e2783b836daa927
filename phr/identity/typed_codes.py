"""Codes as people type them: of an authenticator app, or kept for when it is lost."""

import unicodedata
from hashlib import sha256

LONGEST_OTP = 20  # characters as typed: six digits, and what separates them
LONGEST_RECOVERY_CODE = 100


def plain_code(typed: str) -> str:
    """The letters and digits of a code, by which it is compared, in small letters.

    Apps show codes in groups, and keyboards of many languages have digits of their
    own: spaces, hyphens and invisible characters do not count, and a five is a five.
    """
    # Each for itself: sorting many marks on one letter would take long.
    compatible = "".join(unicodedata.normalize("NFKC", each) for each in typed)
    letters = filter(str.isalnum, compatible)
    return "".join(str(unicodedata.decimal(each, each)) for each in letters).lower()


def hashed(recovery_code: str) -> str:
    """What is kept of a recovery code."""
    plain = plain_code(recovery_code)
    return sha256(b"recovery:" + plain.encode()).hexdigest()
