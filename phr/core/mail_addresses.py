"""E-mail addresses: one spelling for each mailbox, and the one that mail servers take.

Domains are those of IDNA 2008 (RFC 5891), written as people write them (the mapping of
UTS #46, without its transitional step): `straße.example` is not `strasse.example`.
"""

import re

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

LONGEST = 254  # octets: a path of 256 with its brackets, RFC 5321, section 4.5.3.1.3
LONGEST_LABEL = 63  # octets: RFC 1035, section 2.3.4
OF_IDNA = "xn--"
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def normalized(address: str) -> str:
    """The one way to write an address: its domain in letters, its name without quotes.

    Before the @, large and small letters stay; `comparable` makes them equal.

    :raises ValidationError: it is not an address, its domain has no form in ASCII, or
        the part before the @ is not ASCII: a Kelvin sign in small letters is a k, and
        so another person's mailbox.
    """
    if len(address) > LONGEST:  # it is no shorter in ASCII
        raise not_an_address()
    quoted, _, domain = address.strip().rpartition("@")
    local = unquoted(quoted)
    try:
        host = domain_in_ascii(domain)
        letters = domain_in_letters(host)
    except UnicodeError:
        raise not_an_address() from None
    if local.startswith('"') or host.startswith("["):
        raise not_an_address()  # these have many spellings, and nobody uses them
    if not local.isascii() or len(local) + 1 + len(host) > LONGEST:
        raise not_an_address()
    validate_email(f"{local}@{host}")
    return f"{local}@{letters}"


def not_an_address() -> ValidationError:
    return ValidationError(_("Enter a valid email address."), "invalid")


def validate_address(address: str) -> None:
    """:raises ValidationError: as `normalized`."""
    normalized(address)


def comparable(address: str) -> str:
    """The form in which addresses are compared: normalized, and in small letters.

    Of what is no address, small letters are all that is done.
    """
    try:
        return normalized(address).lower()
    except ValidationError:
        return address.strip().lower()


def in_ascii(address: str) -> str:
    """The address as every mail server takes it (RFC 5891, section 4.4).

    :raises UnicodeError: its domain has no such form.
    """
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain_in_ascii(domain)}"


def domain_in_ascii(domain: str) -> str:
    """The domain as DNS has it, in small letters.

    :raises UnicodeError: IDNA 2008 does not know such a domain.
    """
    mapped = idna.uts46_remap(domain, std3_rules=not domain.isascii())
    return ".".join(map(label_in_ascii, mapped.split(".")))


def label_in_ascii(label: str) -> str:
    if label.isascii() and not label.startswith(OF_IDNA):
        return label
    if len(label) > LONGEST_LABEL:  # before it is taken apart, by the square of it
        raise UnicodeError
    return idna.alabel(label).decode()


def domain_in_letters(host: str) -> str:
    """A domain as people read it.

    :param host: as `domain_in_ascii` gives it.
    """
    labels = host.split(".")
    return ".".join(
        idna.ulabel(label) if label.startswith(OF_IDNA) else label for label in labels
    )


def unquoted(local: str) -> str:
    """The part before the @ without quotes that it does not need: they say nothing
    (RFC 5321, section 4.1.2)."""
    if len(local) < 3 or local[0] != '"' or local[-1] != '"':
        return local
    inside = ESCAPED.sub(r"\1", local[1:-1])
    try:
        validate_email(f"{inside}@localhost")
    except ValidationError:
        return local
    return inside
