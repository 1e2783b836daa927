"""Problems that do not come from the domain, and what to do about them."""

from typing import NamedTuple

from phr.core.errors import NotAllowed


class Kind(NamedTuple):
    """A problem that does not come from the domain.

    :param advice: what to do about it; the guide shows it.
    """

    code: str
    title: str
    advice: str = ""


# What goes wrong before the domain is asked, by status.
GENERAL = {
    400: Kind(
        "bad_request",
        "The request is broken",
        "Something in the request's line or headers is broken.",
    ),
    401: Kind(
        "not_authenticated",
        "Sign in first",
        "Send an access token: Authorization: Bearer <access>.",
    ),
    403: Kind("not_allowed", NotAllowed.title, NotAllowed.advice),
    404: Kind(
        "not_found",
        "Not found",
        "There is no such thing, or none that you may know about; where only the slash "
        "at its end is missing, detail names the address.",
    ),
    405: Kind(
        "method_not_allowed",
        "This address does not know the method",
        "The header Allow says which methods there are.",
    ),
    408: Kind(
        "request_timeout",
        "The body did not arrive in time",
        "The body came too slowly, or not at all: send it again.",
    ),
    411: Kind(
        "length_required", "Say how long the body is", "Send the header Content-Length."
    ),
    413: Kind(
        "too_large",
        "The body is larger than 1 MiB",
        "Send less; no record needs a mebibyte.",
    ),
    415: Kind(
        "unsupported_media_type",
        "Send application/json",
        "Say Content-Type: application/json.",
    ),
    431: Kind(
        "head_too_large",
        "Address and headers are longer than 16 KiB",
        "Send a shorter address, fewer parameters, or fewer headers.",
    ),
    500: Kind(
        "internal_error",
        "Something went wrong on our side",
        "A defect of the server. Report the request_id.",
    ),
    503: Kind(
        "unavailable",
        "Temporarily unavailable",
        "Try again after the seconds of the header Retry-After.",
    ),
}
INVALID_INPUT = Kind(
    "invalid_input",
    "The input is not valid",
    "Mend what errors names; nothing was written.",
)
MALFORMED_JSON = Kind(
    "malformed_json",
    "The body is not valid JSON",
    "Send one JSON document in UTF-8, without NaN or Infinity.",
)
INSECURE = Kind(
    "https_required",
    "Use https",
    "Sign in again over https: what was sent may have been read.",
)
BAD_HOST = Kind(
    "bad_host",
    "This server does not go by that name",
    "Use the name by which the administrators of this server know it.",
)
# On errors of the domain whose remedy only the API can name: an address, a header, a
# member of its answers.
ADVICE = {
    "mfa_required": "The password is right: send otp or recovery_code as well.",
    "setup_not_begun": "Begin the set-up at /api/auth/mfa/totp/.",
    "step_up_required": "Send password or code to /api/auth/step-up/, then ask again.",
    "second_factor_needed": "Set up a second factor at /api/auth/mfa/, and sign in "
    "with it.",
    "mfa_setup_required": "Set up a second factor at /api/auth/mfa/; nothing else is "
    "open until then.",
    "grant_not_pending": "It was answered already, or is closed: see present.",
    "export_not_ready": "See present: wait while it is pending or preparing; else ask "
    "for another.",
    "too_many_requests": "The header Retry-After says how many seconds to wait, and "
    "RateLimit-Policy for which limit.",
    "account_limit_reached": "Go on after the seconds of the header Retry-After; "
    "RateLimit-Policy says which limit it is.",
}
