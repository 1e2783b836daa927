"""The ceremonies of WebAuthn: allauth and fido2 hold them, and this keeps them apart.

The one place that makes a request up: allauth's ceremonies read and write the session
of one. Between its two halves a ceremony is kept for five minutes and for one answer:
of two that answer at once, one finds it.
"""

import json
import struct
from collections.abc import Callable
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from allauth.core import context
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from phr.core import ephemeral_store
from phr.core.errors import NotAllowed

CEREMONY_LASTS = timedelta(minutes=5)
# fido2 and allauth trust the shape of what they read, which anybody may send.
BROKEN = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError),
    *(TypeError, ValueError, InvalidSignature, UnsupportedAlgorithm, struct.error),
)

Options = dict[str, Any]


class PasskeyRefused(NotAllowed):
    code, title = "passkey_refused", _("The response does not match the challenge")
    advice = _("Start again. Each challenge can be answered once.")


def ceremony_of(state: dict[str, Any]) -> HttpRequest:
    """A minimal request for allauth's ceremonies."""
    request = HttpRequest()
    request.session = state  # type: ignore[assignment] # allauth takes any mapping
    return request


def begin_ceremony(
    make_options: Callable[[], Any], *, session: str
) -> tuple[str, Options]:
    """Begin a ceremony.

    :param session: in which it must be finished.
    :returns: the token to finish it with, and what the browser's API is to be given.
    """
    request = ceremony_of({"session": session})
    with context.request_context(request):
        options = make_options()
    token = token_urlsafe(24)
    state = dict(request.session)
    ephemeral_store.set(f"ceremony:{token}", state, lifetime=CEREMONY_LASTS)
    return token, json.loads(json.dumps(options, default=dict))


def finish_ceremony(
    token: str, input_class: Any, data: dict[str, Any], *, session: str, **options: Any
) -> Any:
    """Finish a ceremony by the answer of the authenticator; each can be tried once.

    :returns: the checked input.
    :raises PasskeyRefused: no such ceremony, one of another session or of none, or
        this does not answer it.
    """
    state = ephemeral_store.pop(f"ceremony:{token}")
    if state is None:
        raise PasskeyRefused(
            _("Start again. A challenge is valid for five minutes."), field="challenge"
        )
    if state["session"] != session:
        raise PasskeyRefused(_("It was started in another session."), field="challenge")
    with context.request_context(ceremony_of(state)):
        try:
            checked = input_class(data=data, **options)
            is_right = checked.is_valid()
        except BROKEN:
            is_right = False
    if not is_right:
        raise PasskeyRefused(field="credential")
    return checked
