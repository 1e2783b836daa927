"""Every stable code of the API, and what to do about it: the tables of the guide."""

from collections.abc import Iterator
from dataclasses import dataclass

from phr.api.problem_kinds import (
    ADVICE,
    BAD_HOST,
    GENERAL,
    INSECURE,
    INVALID_INPUT,
    MALFORMED_JSON,
)
from phr.api.problems import phrase_of
from phr.core.errors import Conflict, DomainError, Invalid
from phr.interfaces.errors import status_of

# The codes in errors, one for each field at fault, beside those of the domain.
FAULTS = {
    "required": "The field is missing.",
    "null": "The field may not be null.",
    "blank": "There is nothing but white space; of two names one must be there.",
    "invalid": "The value has the wrong type or form.",
    "invalid_choice": "The value is none of those listed.",
    "max_length": "The text, or the list, is too long.",
    "min_length": "The list is empty.",
    "min_value": "The number is too small.",
    "max_value": "The number is too large.",
    "max_string_length": "The number has too many digits.",
    "null_characters_not_allowed": "A text has a NUL character in it.",
    "surrogate_characters_not_allowed": "A text has half of a surrogate pair in it.",
    "control_characters_not_allowed": "A text of one line has a line break in it, "
    "another control, or what turns the direction of writing around.",
    "nothing_visible": "Nothing of the text could be seen.",
    "unknown_field": "There is no field, or parameter, of this name.",
    "read_only": "The field is the server's to write.",
    "repeated": "The parameter, or the type of notification, is there more than once.",
    "no_zone": "The time lacks its zone, such as Z.",
    "no_such_offset": "Offsets go from -14:00 to +14:00, in whole minutes.",
    "overflow": "The time is too far away to be told in UTC.",
    "date_of_birth_out_of_range": "The day is before 1900, or has not come yet.",
    "nothing_to_change": "The item names nothing that is to change.",
    "one_of_two": "Only one of the two fields can be there.",
    "one_of_these": "One of the fields must be there, and only one.",
    "wrong_password": "It is not the account's password.",
    "wrong_code": "The code is wrong, too old, or was used.",
    "invalid_link": "The key is forged, too old, or was used.",
    "passkey_refused": "It does not answer what was asked, or was used.",
    "mismatch": "The two passwords differ.",
    "unique": "The username, or a verified doctor's licence number, is taken.",
    "not_with_this": "The field does not go with another one that is there.",
    "doctors_only": "Only doctors have this field.",
    "not_found": "The id is of nothing that you may know about.",
    "doctor_not_verified": "The doctor is not verified.",
    "verified_identity": "Staff have verified what the field says.",
}
NOT_ANSWERED = {DomainError.code, Conflict.code, Invalid.code}  # only what is derived


@dataclass(frozen=True, slots=True)
class Code:
    """:param name: what a program compares with, and the anchor in the guide."""

    name: str
    status: int
    title: str
    advice: str

    @property
    def phrase(self) -> str:
        return phrase_of(self.status)


def problem_codes() -> list[Code]:
    """Each code that `code` can be, by status."""
    found = {
        kind.code: Code(kind.code, status_of(kind), kind.title, advice_on(kind))
        for kind in kinds_of(DomainError)
        if kind.code not in NOT_ANSWERED and not issubclass(kind, Invalid)
    }
    others = (
        *GENERAL.items(),
        (400, INVALID_INPUT),
        (400, MALFORMED_JSON),
        (400, BAD_HOST),
        (403, INSECURE),
    )
    found |= {
        known.code: Code(known.code, status, known.title, known.advice)
        for status, known in others
    }
    return sorted(found.values(), key=lambda code: (code.status, code.name))


def advice_on(kind: type[DomainError]) -> str:
    """The API's own, where it has one."""
    return ADVICE.get(kind.code) or kind.advice


def fault_codes() -> dict[str, str]:
    """Each code of a field at fault, and what it means."""
    of_domain = {kind.code: kind.advice for kind in kinds_of(Invalid) if kind.advice}
    return FAULTS | dict(sorted(of_domain.items()))


def kinds_of(error: type[DomainError]) -> Iterator[type[DomainError]]:
    """All errors of the domain that are of this kind."""
    for kind in error.__subclasses__():
        yield kind
        yield from kinds_of(kind)
