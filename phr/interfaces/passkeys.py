"""Passkeys (WebAuthn Level 3): allauth holds the ceremonies, we keep them apart.

A passkey that is kept here always verifies its user, by finger, face or PIN, so that it
signs in alone: it is two factors in one (NIST SP 800-63B-4, section 2.2.2).
"""

import json
import struct
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.core import context
from allauth.headless import app_settings
from allauth.headless.mfa.inputs import AddWebAuthnInput, LoginWebAuthnInput
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.db import transaction
from django.http import HttpRequest

from phr.accounts import factors
from phr.accounts.models import LoginSession, User
from phr.accounts.services import client_address
from phr.accounts.tokens import Tokens
from phr.audit.actions import Action
from phr.audit.models import Outcome
from phr.core import events
from phr.core.counters import Limit
from phr.core.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from phr.core.ids import uuid7
from phr.interfaces.entering import entered
from phr.interfaces.identity import strengthen
from phr.interfaces.signing_in import note_sign_in

MOST_PASSKEYS = 20
CEREMONIES_PER_CLIENT = Limit("passkey:client", 60, timedelta(minutes=15))
# fido2 and allauth trust the shape of what they read, which anybody may send.
BROKEN = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError),
    *(TypeError, ValueError, InvalidSignature, UnsupportedAlgorithm, struct.error),
)
NOBODYS = ""  # the session of a ceremony in which nobody is signed in yet

Options = dict[str, Any]


class PasskeyRefused(NotAllowed):
    code, title = "passkey_refused", "This is no answer to what was asked"
    advice = "Begin anew: each challenge can be answered once."


class UnknownPasskey(NotSignedIn):
    code, title = "unknown_passkey", "This passkey does not sign in here"
    advice = "Sign in with your password, and add the passkey again."


class TooManyPasskeys(Conflict):
    code, title = "too_many_passkeys", "Remove a passkey before you add another"
    advice = "Twenty are enough."


def ceremony_of(state: dict[str, Any]) -> HttpRequest:
    """A request as allauth's ceremonies want one, with no more in it than they need."""
    request = HttpRequest()
    request.session = state  # type: ignore[assignment] # allauth takes any mapping
    return request


def begin(make_options: Callable[[], Any], *, session: str) -> tuple[str, Options]:
    """Begin a ceremony.

    :param session: in which it must be finished.
    :returns: the token to finish it with, and what the browser's API is to be given.
    """
    request = ceremony_of({"session": session})
    with context.request_context(request):
        options = make_options()
    token = app_settings.TOKEN_STRATEGY.create_session_token(request)
    return token, json.loads(json.dumps(options, default=dict))


def finish(
    token: str, input_class: Any, data: dict[str, Any], *, session: str, **options: Any
) -> Any:
    """Finish a ceremony by the answer of the authenticator; each can be tried once.

    :returns: the checked input.
    :raises PasskeyRefused: no such ceremony, one of another session or of none, or
        this does not answer it.
    """
    state = app_settings.TOKEN_STRATEGY.lookup_session(token)
    if state is None:
        raise PasskeyRefused("Begin anew; it lasts five minutes.", field="challenge")
    if state["session"] != session:
        raise PasskeyRefused("It was begun elsewhere.", field="challenge")
    with context.request_context(ceremony_of(state)):
        try:
            checked = input_class(data=data, **options)
            is_right = checked.is_valid()
        except BROKEN:
            is_right = False
    if not is_right:
        raise PasskeyRefused(field="credential")
    return checked


def begin_adding(session: LoginSession) -> tuple[str, Options]:
    """Ask a browser for a new passkey for the session's user."""
    user = session.user
    return begin(
        lambda: auth.begin_registration(user, passwordless=True),
        session=str(session.pk),
    )


def finish_adding(
    session: LoginSession,
    *,
    challenge: str,
    name: str,
    credential: dict[str, Any],
    at: datetime,
) -> tuple[Authenticator, list[str]]:
    """Keep a new passkey.

    :returns: the passkey; and recovery codes, if it is the first factor.
    :raises PasskeyRefused: it does not answer what was asked in this session.
    :raises TooManyPasskeys: there are enough.
    :raises TooMany: too many factors were added in a day.
    """
    user = session.user
    data = {"name": name, "credential": credential, "passwordless": True}
    finish(challenge, AddWebAuthnInput, data, session=str(session.pk), user=user)
    with entered(user, Action.PASSKEY_ADDED):
        passkey = keep(user, name, credential)
        codes = factors.first_recovery_codes(user, at)
        strengthen(session, at=at)
    return passkey, codes


def keep(user: User, name: str, credential: dict[str, Any]) -> Authenticator:
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if passkeys_of(user).count() >= MOST_PASSKEYS:
        raise TooManyPasskeys
    factors.NEW_FACTORS_PER_ACCOUNT.take(str(user.pk))
    if is_kept(user, credential):
        raise PasskeyRefused("This passkey is here already.", field="credential")
    passkey: Authenticator = auth.WebAuthn.add(user, name, credential).instance
    passkey.data["id"] = str(uuid7())
    passkey.save(update_fields=["data"])
    events.emit("accounts.passkey_added", user_id=user.pk)
    return passkey


def is_kept(user: User, credential: dict[str, Any]) -> bool:
    """Whether the account has this very passkey (WebAuthn, section 7.1)."""
    attested = auth.parse_registration_response(credential).response.attestation_object
    known_as = attested.auth_data.credential_data.credential_id
    return auth.get_authenticator_by_credential_id(user, known_as) is not None


def passkeys_of(user: User) -> Any:
    return Authenticator.objects.filter(user=user, type=factors.PASSKEY)


def rename(user: User, passkey_id: UUID, *, name: str = "") -> Authenticator:
    """Give a passkey another name, if there is one.

    :raises NotFound: the user has no such passkey.
    """
    with transaction.atomic():
        mine = passkeys_of(user).select_for_update(no_key=True)
        passkey: Authenticator | None = mine.filter(data__id=str(passkey_id)).first()
        if passkey is None:
            raise NotFound
        passkey.data["name"] = name or passkey.data["name"]
        passkey.save(update_fields=["data"])
    return passkey


def begin_signing_in() -> tuple[str, Options]:
    """Ask a browser for any passkey of this server; nobody is named yet.

    :raises TooMany: this client has begun too many.
    """
    CEREMONIES_PER_CLIENT.take(client_address())
    return begin(auth.begin_authentication, session=NOBODYS)


def finish_signing_in(
    *, challenge: str, credential: dict[str, Any], at: datetime
) -> tuple[User, Tokens]:
    """Begin a login session for whoever holds the passkey.

    :raises PasskeyRefused: no such ceremony.
    :raises UnknownPasskey: it is not one of an active account, or not rightly signed.
    """
    try:
        checked = finish(
            challenge,
            LoginWebAuthnInput,
            {"credential": credential},
            session=NOBODYS,
        )
    except PasskeyRefused as error:
        if error.field == "challenge":
            raise
        note_sign_in(None, Outcome.REFUSED)
        raise UnknownPasskey from error
    passkey: Authenticator = checked.cleaned_data["credential"]
    user: User = passkey.user
    if not user.is_active:
        note_sign_in(user, Outcome.REFUSED)
        raise UnknownPasskey
    request = ceremony_of({})
    request.user = user
    tokens = app_settings.TOKEN_STRATEGY.create_access_token_payload(request)
    Authenticator.objects.filter(pk=passkey.pk).update(last_used_at=at)
    return user, Tokens(**tokens)
