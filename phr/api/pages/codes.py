"""Every stable code of the API, and what to do about it: the tables of the guide."""

from collections.abc import Iterator
from dataclasses import dataclass

from phr.api.problems import (
    BAD_HOST,
    GENERAL,
    INSECURE,
    INVALID_INPUT,
    MALFORMED_JSON,
    phrase_of,
)
from phr.core.errors import Conflict, DomainError, Invalid
from phr.interfaces.errors import status_of

ADVICE = {
    "bad_request": "Something in the request's line or headers is broken.",
    "bad_host": "Use the name by which the administrators of this server know it.",
    "malformed_json": "Send one JSON document in UTF-8, without NaN or Infinity.",
    "invalid_input": "Mend what errors names; nothing was written.",
    "not_authenticated": "Send an access token: Authorization: Bearer <access>.",
    "invalid_token": "Get new tokens with the refresh token; if that is refused as "
    "well, the login session has ended: sign in.",
    "invalid_credentials": "The answer does not tell whether there is such an account.",
    "not_allowed": "You may see this, but what you asked for is not yours to do.",
    "not_cleared": "Ask for the permission to read clinical text; reading is entered "
    "in the patient's ledger.",
    "invalid_code": "Wait for the next code of the app, or use a recovery code.",
    "mfa_required": "The password is right: send otp or recovery_code as well.",
    "unknown_passkey": "Sign in with your password, and add the passkey again.",
    "wrong_password": "Try again; ten wrong ones in a quarter of an hour are enough.",
    "wrong_code": "Wait for the next code of the app, or use a recovery code.",
    "invalid_link": "Ask for another link: one is good for an hour, and once.",
    "passkey_refused": "Begin anew: each challenge can be answered once.",
    "address_taken": "Use another address, or the account that has confirmed this one.",
    "address_confirmed": "Nothing is left to do.",
    "setup_not_begun": "Begin the set-up at /api/auth/mfa/totp/.",
    "totp_in_use": "Remove the other app first.",
    "no_second_factor": "Set up an authenticator app, or add a passkey.",
    "factor_needed": "Add another factor before you remove this one.",
    "too_many_passkeys": "Twenty are enough.",
    "step_up_required": "Send password or code to /api/auth/step-up/, then ask again.",
    "second_factor_needed": "Set up a second factor at /api/auth/mfa/, and sign in "
    "with it.",
    "mfa_setup_required": "Set up a second factor at /api/auth/mfa/; nothing else is "
    "open until then.",
    "not_verified": "Hand in your licence, and wait until staff have checked it.",
    "https_required": "Sign in again over https: what was sent may have been read.",
    "not_found": "There is no such thing, or none that you may know about; where only "
    "the slash at its end is missing, detail names the address.",
    "method_not_allowed": "The header Allow says which methods there are.",
    "request_timeout": "The body came too slowly, or not at all: send it again.",
    "already_in_care": "Nothing is left to do.",
    "already_requested": "The patient has been asked and has not answered yet.",
    "doctor_not_verified": "Choose a doctor whom staff have verified.",
    "patient_has_primary_doctor": "Only that doctor, or staff, can hand over.",
    "grant_not_open": "What has been closed stays closed; begin anew.",
    "grant_not_pending": "It was answered already, or is closed: see present.",
    "emergency_grant_is_fixed": "End it instead; its terms are the server's.",
    "record_not_deleted": "Nothing is left to do.",
    "nothing_to_verify": "Wait until the doctor names a licence, or hands one in.",
    "license_changed": "Look at the licence that the doctor names now.",
    "emergency_access_off": "Ask the patient for access, or the administrators of this "
    "server for emergency access.",
    "emergency_access_open": "Nothing is left to do until it runs out.",
    "ended_by_patient": "Respect it: ask for access, or wait until it would have run "
    "out.",
    "ended_by_staff": "Ask staff, or wait until it would have run out.",
    "export_not_ready": "See present: wait while it is pending or preparing; else ask "
    "for another.",
    "already_reviewed": "A review is not changed.",
    "erasure_open": "Nothing is left to do; it can be taken back until it is due.",
    "erasure_begun": "It cannot be taken back any more.",
    "verified_identity": "Hand in your licence anew with what has changed.",
    "changed_meanwhile": "Look at the account again before you change it.",
    "no_confirmed_address": "Have the owner confirm an address first.",
    "last_superuser": "Make somebody else a superuser first.",
    "length_required": "Send the header Content-Length.",
    "too_large": "Send less; no record needs a mebibyte.",
    "unsupported_media_type": "Say Content-Type: application/json.",
    "head_too_large": "Send a shorter address, fewer parameters, or fewer headers.",
    "too_many_requests": "The header Retry-After says how many seconds to wait, and "
    "RateLimit-Policy for which limit.",
    "account_limit_reached": "Go on after the seconds of the header Retry-After; "
    "RateLimit-Policy says which limit it is.",
    "account_full": "Delete what you no longer need: it makes room after 30 days. Or "
    "ask the administrators of this server.",
    "internal_error": "A defect of the server. Report the request_id.",
    "unavailable": "Try again after the seconds of the header Retry-After.",
}
# The codes in errors, one for each field at fault.
INPUT = {
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
    "visit_date_out_of_range": "The visit is before 1900, or more than a day ahead.",
    "nothing_to_change": "The item names nothing that is to change.",
    "cannot_be_switched_off": "That is for everybody's safety; see is_fixed.",
    "one_of_two": "Only one of the two fields can be there.",
    "one_of_these": "One of the fields must be there, and only one.",
    "wrong_password": "It is not the account's password.",
    "wrong_code": "The code is wrong, too old, or was used.",
    "invalid_link": "The key is forged, too old, or was used.",
    "passkey_refused": "It does not answer what was asked, or was used.",
    "mismatch": "The two passwords differ.",
    "weak_password": "The password is short, common, all digits, like the name, or "
    "made of words that suggest themselves here.",
    "expires_in_the_past": "Access can only end in the future.",
    "dates_out_of_order": "Access would end before the first visit that it opens.",
    "unique": "The username, or a verified doctor's licence number, is taken.",
    "valid_until_out_of_range": "The end is past, or more than ten years ahead.",
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

    @property
    def phrase(self) -> str:
        return phrase_of(self.status)

    @property
    def advice(self) -> str:
        return ADVICE.get(self.name, "")


def problem_codes() -> list[Code]:
    """Each code that `code` can be, by status."""
    found = [Code(code, status, title) for status, (code, title) in GENERAL.items()]
    found += [
        Code(code, status, title)
        for status, (code, title) in (
            (400, INVALID_INPUT),
            (400, MALFORMED_JSON),
            (400, BAD_HOST),
            (403, INSECURE),
        )
    ]
    found += [
        Code(kind.code, status_of(kind), kind.title)
        for kind in kinds_of(DomainError)
        if kind.code not in NOT_ANSWERED and not issubclass(kind, Invalid)
    ]
    unique = {code.name: code for code in found}
    return sorted(unique.values(), key=lambda code: (code.status, code.name))


def kinds_of(error: type[DomainError]) -> Iterator[type[DomainError]]:
    """All errors of the domain that are of this kind."""
    for kind in error.__subclasses__():
        yield kind
        yield from kinds_of(kind)
