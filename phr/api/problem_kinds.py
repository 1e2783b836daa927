"""Problems that do not come from the domain, and what to do about them."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from phr.core.errors import NotAllowed


class Kind(NamedTuple):
    """A problem that does not come from the domain.

    :param advice: what to do about it; the guide shows it, which is in English.
    """

    code: str
    title: str | Promise
    advice: str | Promise = ""


# What goes wrong before the domain is asked, by status.
GENERAL = {
    400: Kind(
        "bad_request",
        _("The request is malformed"),
        "Check the request line and the headers.",
    ),
    401: Kind(
        "not_authenticated",
        _("Sign in first"),
        "Send an access token: Authorization: Bearer <access>.",
    ),
    403: Kind("not_allowed", NotAllowed.title, NotAllowed.advice),
    404: Kind(
        "not_found",
        _("Not found"),
        "The resource does not exist, or you may not see it. If only the slash at the "
        "end of the address is missing, detail says so.",
    ),
    405: Kind(
        "method_not_allowed",
        _("This method is not allowed here"),
        "The Allow header lists the allowed methods.",
    ),
    408: Kind(
        "request_timeout",
        _("The request body did not arrive in time"),
        "The body arrived too slowly, or not at all. Send the request again.",
    ),
    411: Kind(
        "length_required",
        _("The Content-Length header is missing"),
        "Send the Content-Length header.",
    ),
    413: Kind(
        "too_large",
        _("The request body is larger than 1 MiB"),
        "Send a smaller body.",
    ),
    415: Kind(
        "unsupported_media_type",
        _("The content type must be application/json"),
        "Send the header Content-Type: application/json.",
    ),
    431: Kind(
        "head_too_large",
        _("The address and headers are longer than 16 KiB"),
        "Send a shorter address, fewer parameters, or fewer headers.",
    ),
    500: Kind(
        "internal_error",
        _("Something went wrong on our side"),
        "This is a bug in the server. Report it with the request_id.",
    ),
    503: Kind(
        "unavailable",
        _("Temporarily unavailable"),
        "Retry after the number of seconds in the Retry-After header.",
    ),
}
INVALID_INPUT = Kind(
    "invalid_input",
    _("The input is not valid"),
    "Fix the fields listed in errors, then retry. Nothing was saved.",
)
MALFORMED_JSON = Kind(
    "malformed_json",
    _("The body is not valid JSON"),
    "Send one JSON document in UTF-8, without NaN or Infinity.",
)
INSECURE = Kind(
    "https_required",
    _("Use https"),
    "Sign in again over https. Others may have read what you sent over http.",
)
BAD_HOST = Kind(
    "bad_host",
    _("This host name is not valid for this server"),
    "Use the host name that the administrators of this server gave you.",
)
# On errors of the domain whose remedy only the API can name: an address, a header, a
# member of its answers.
ADVICE = {
    "mfa_required": "The password is correct. Send otp or recovery_code as well.",
    "setup_not_begun": "Start the setup at /api/auth/mfa/totp/.",
    "step_up_required": (
        "Send your password or a code to /api/auth/step-up/, then retry the request."
    ),
    "second_factor_needed": "Set up a second factor at /api/auth/mfa/ and sign in "
    "with it.",
    "mfa_setup_required": "Set up a second factor at /api/auth/mfa/. You cannot do "
    "anything else until then.",
    "grant_not_pending": "The grant was already answered or closed: see present.",
    "export_not_ready": "See present: wait while it is pending or preparing, "
    "otherwise request another export.",
    "too_many_requests": "Wait for the number of seconds in the Retry-After header. "
    "RateLimit-Policy shows which limit was reached.",
    "account_limit_reached": "Wait for the number of seconds in the Retry-After "
    "header. RateLimit-Policy shows which limit was reached.",
}
