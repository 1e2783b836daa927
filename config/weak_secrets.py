"""Keys and passwords that anybody can guess."""

from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

# HMAC-SHA-256 keys shorter than the hash weaken it (RFC 7518, section 3.2).
SHORTEST_KEY = 32  # characters
FEWEST_CHARACTERS = 8  # different ones; 32 random hex digits have 14 on average
# Prefixes of the keys in this repository, and in new Django projects.
KNOWN_BEGINNINGS = ("development-only-", "change-me", "django-insecure-")
# Whose private halves anybody can make: of development's key, and of 32 zero bytes.
KNOWN_PUBLIC_KEYS = {
    "9a8a2332ab9d1623f6b8a6659a07880b9added6f654e30d417d7ecf8f5fbe2b7",
    "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
}
# What images, tutorials and this repository's examples set, and what is tried first.
KNOWN_PASSWORDS = {
    *("admin", "administrator", "change-me", "change_me", "changeit", "changeme"),
    *("default", "dev", "development", "example", "foobared", "guest", "letmein"),
    *("mypassword", "mysecretpassword", "pass", "passw0rd", "password", "password1"),
    *("postgres", "postgresql", "qwerty", "redis", "root", "secret", "test", "user"),
    *("valkey", "welcome", "123456", "12345678", "123456789", "1234567890"),
}
KEYS = (
    *("SECRET_KEY", "SECRET_PREVIOUS_KEYS", "JWT_SIGNING_KEY", "JWT_PREVIOUS_KEYS"),
    *("LEDGER_SIGNING_KEY", "ENCRYPTION_KEY", "ENCRYPTION_PREVIOUS_KEYS"),
    "BACKUP_KEY",
)


def fault_of_key(key: str) -> str | None:
    """Why anybody could guess a key, in words that do not show it."""
    if len(key) < SHORTEST_KEY:
        return f"has fewer than {SHORTEST_KEY} characters"
    if key.strip().casefold().startswith(KNOWN_BEGINNINGS):
        return "is a well-known key: generate your own"
    if is_monotonous(key):
        return "repeats itself: generate a random key"
    return None


def is_monotonous(text: str) -> bool:
    """Whether a text has few characters, or is one part over and over."""
    letters = text.casefold()
    repeats = letters in (letters + letters)[1:-1]
    return repeats or len(set(letters)) < FEWEST_CHARACTERS


def fault_of_public_key(key: str) -> str | None:
    """Why anybody could sign for an Ed25519 public key.

    Those of a small order, for which a signature needs no private key, have few
    different digits or are their negatives (RFC 8032, section 5.1.7).
    """
    if key in KNOWN_PUBLIC_KEYS:
        return "is a well-known key: anybody can sign with it"
    if is_monotonous(key) or key in SMALL_ORDER:
        return "is not a public signing key"
    return None


# The points of order 8; those of order 1, 2 and 4 are nearly all zeros or all ones.
SMALL_ORDER = {
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
}


def fault_of_password(user: str, password: str) -> str | None:
    """Why anybody could guess a server's password; none at all is another matter."""
    tried = password.strip().casefold()
    if tried and (tried in KNOWN_PASSWORDS or tried == user.casefold()):
        return "has a well-known password: choose your own"
    return None


def fault_of_url(url: str) -> str | None:
    """As `fault_of_password`, of an address with user and password in it."""
    parts = urlsplit(url)
    return fault_of_password(
        unquote(parts.username or ""), unquote(parts.password or "")
    )


def repeated(key: str, others: Iterable[tuple[str, str]]) -> str | None:
    """Where else the same key is used; each is for one thing.

    :param others: names of settings, and a key of each.
    """
    names = [name.upper() for name, other in others if other == key]
    return f"is the same as {names[0]}" if names else None
