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
    "required": "The field is required but missing.",
    "null": "The field must not be null.",
    "blank": (
        "The value is empty or only white space. Of first and last name, at least one "
        "is required."
    ),
    "invalid": "The value has the wrong type or format.",
    "invalid_choice": "The value is not one of the allowed choices.",
    "max_length": "The text, or the list, is too long.",
    "min_length": "The list is empty.",
    "min_value": "The number is too small.",
    "max_value": "The number is too large.",
    "max_string_length": "The number has too many digits.",
    "null_characters_not_allowed": "The text contains a NUL character.",
    "surrogate_characters_not_allowed": "The text contains an unpaired surrogate.",
    "control_characters_not_allowed": "A single-line text contains a line break, "
    "another control character, or a character that "
    "changes the text direction.",
    "nothing_visible": "The text has no visible characters.",
    "unknown_field": "There is no field or parameter with this name.",
    "read_only": "Only the server can write this field.",
    "repeated": "The parameter or the notification type appears more than once.",
    "no_zone": "The time has no zone, such as Z.",
    "no_such_offset": (
        "The offset is not between -14:00 and +14:00, or not in whole minutes."
    ),
    "overflow": "The time cannot be represented in UTC.",
    "date_of_birth_out_of_range": "The date is before 1900 or in the future.",
    "nothing_to_change": "The item does not change anything.",
    "one_of_two": "Send only one of the two fields.",
    "one_of_these": "Send exactly one of the fields.",
    "wrong_password": "The password is wrong.",
    "wrong_code": "The code is wrong, expired or already used.",
    "invalid_link": "The key is invalid, expired or already used.",
    "passkey_refused": (
        "The response does not match the challenge, or was already used."
    ),
    "mismatch": "The two passwords do not match.",
    "unique": "The username is taken, or a verified doctor has this licence number.",
    "not_with_this": "The field cannot be combined with another field in the request.",
    "doctors_only": "Only doctors have this field.",
    "not_found": "There is nothing with this id, or you may not see it.",
    "doctor_not_verified": "The doctor is not verified.",
    "verified_identity": (
        "Staff have verified this field, so you cannot change it here."
    ),
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
        kind.code: Code(kind.code, status_of(kind), str(kind.title), advice_on(kind))
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
        known.code: Code(known.code, status, str(known.title), str(known.advice))
        for status, known in others
    }
    return sorted(found.values(), key=lambda code: (code.status, code.name))


def advice_on(kind: type[DomainError]) -> str:
    """The API's own, where it has one."""
    return str(ADVICE.get(kind.code) or kind.advice)


def fault_codes() -> dict[str, str]:
    """Each code of a field at fault, and what it means."""
    of_domain = {
        kind.code: str(kind.advice) for kind in kinds_of(Invalid) if kind.advice
    }
    return FAULTS | dict(sorted(of_domain.items()))


def kinds_of(error: type[DomainError]) -> Iterator[type[DomainError]]:
    """All errors of the domain that are of this kind."""
    for kind in error.__subclasses__():
        yield kind
        yield from kinds_of(kind)
