"""Passkeys (WebAuthn Level 3): adding and removing them, and signing in with one.

A passkey that is kept here always verifies its user, by finger, face or PIN, so that it
signs in alone: it is two factors in one (NIST SP 800-63B-4, section 2.2.2).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.headless.mfa.inputs import AddWebAuthnInput, LoginWebAuthnInput
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.events import PasskeyAdded, PasskeyRemoved
from phr.accounts.models import User
from phr.accounts.presence import Presence
from phr.accounts.tokens import Tokens
from phr.audit.actions import Action
from phr.audit.models import Outcome
from phr.care.account_ledger import note_account_change
from phr.core import events
from phr.core.errors import Conflict, NotFound, NotSignedIn
from phr.core.ids import uuid7
from phr.core.rate_limits import Limit
from phr.core.request_origin import client_network
from phr.core.row_locks import lock_rows
from phr.identity.recovery_codes import first_recovery_codes
from phr.identity.second_factor_rules import strengthen_session
from phr.identity.second_factors import NEW_FACTORS_PER_ACCOUNT, PASSKEY, remove_factor
from phr.identity.sign_in import note_sign_in, start_session
from phr.identity.webauthn import (
    Options,
    PasskeyRefused,
    begin_ceremony,
    finish_ceremony,
)

MOST_PASSKEYS = 20
# One is begun by each page for signing in, also of many people behind one address.
CEREMONIES_PER_CLIENT = Limit("passkey:client", 600, timedelta(minutes=15))
NOBODYS = ""  # the session of a ceremony in which nobody is signed in yet


class UnknownPasskey(NotSignedIn):
    code, title = "unknown_passkey", _("This passkey is not valid for signing in")
    advice = _("Sign in with your password and add the passkey again.")


class TooManyPasskeys(Conflict):
    code, title = "too_many_passkeys", _("You have too many passkeys")
    advice = _("Remove a passkey before you add another; you can have twenty.")


def begin_adding_passkey(session: Presence) -> tuple[str, Options]:
    """Ask a browser for a new passkey for the session's user."""
    user = session.user
    return begin_ceremony(
        lambda: auth.begin_registration(user, passwordless=True),
        session=str(session.pk),
    )


def add_passkey(
    session: Presence,
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
    finish_ceremony(
        challenge, AddWebAuthnInput, data, session=str(session.pk), user=user
    )
    with transaction.atomic():
        passkey = keep_passkey(user, name, credential)
        codes = first_recovery_codes(user, at)
        strengthen_session(session, at=at)
        note_account_change(user, Action.PASSKEY_ADDED)
    return passkey, codes


def keep_passkey(user: User, name: str, credential: dict[str, Any]) -> Authenticator:
    User.objects.lock(user.pk)
    if passkeys_of(user).count() >= MOST_PASSKEYS:
        raise TooManyPasskeys
    NEW_FACTORS_PER_ACCOUNT.take(str(user.pk))
    if is_kept(user, credential):
        raise PasskeyRefused(
            _("This passkey is already registered."), field="credential"
        )
    passkey: Authenticator = auth.WebAuthn.add(user, name, credential).instance
    passkey.data["id"] = str(uuid7())
    passkey.save(update_fields=["data"])
    events.emit(PasskeyAdded(user_id=user.pk))
    return passkey


def is_kept(user: User, credential: dict[str, Any]) -> bool:
    """Whether the account has this very passkey (WebAuthn, section 7.1)."""
    attested = auth.parse_registration_response(credential).response.attestation_object
    known_as = attested.auth_data.credential_data.credential_id
    return auth.get_authenticator_by_credential_id(user, known_as) is not None


def passkeys_of(user: User) -> Any:
    return Authenticator.objects.filter(user=user, type=PASSKEY)


def rename_passkey(user: User, passkey_id: UUID, *, name: str = "") -> Authenticator:
    """Give a passkey another name, if there is one.

    :raises NotFound: the user has no such passkey.
    """
    with transaction.atomic():
        mine = lock_rows(passkeys_of(user))
        passkey: Authenticator | None = mine.filter(data__id=str(passkey_id)).first()
        if passkey is None:
            raise NotFound
        passkey.data["name"] = name or passkey.data["name"]
        passkey.save(update_fields=["data"])
    return passkey


@transaction.atomic
def remove_passkey(*, actor: User, passkey_id: UUID) -> None:
    """Take one passkey off the actor's account.

    :raises NotFound: the actor has no such passkey.
    :raises FactorNeeded: it is the last factor, and the actor's role needs one.
    """
    remove_factor(actor, kind=PASSKEY, passkey_id=passkey_id)
    events.emit(PasskeyRemoved(user_id=actor.pk))
    note_account_change(actor, Action.PASSKEY_REMOVED)


def begin_passkey_sign_in() -> tuple[str, Options]:
    """Ask a browser for any passkey of this server; nobody is named yet.

    :raises TooMany: this client has begun too many.
    """
    CEREMONIES_PER_CLIENT.take(client_network())
    return begin_ceremony(auth.begin_authentication, session=NOBODYS)


def sign_in_with_passkey(
    *, challenge: str, credential: dict[str, Any], at: datetime
) -> tuple[User, Tokens]:
    """Start a login session for the holder of the passkey.

    :raises PasskeyRefused, UnknownPasskey: as `identify_by_passkey` says.
    """
    user = identify_by_passkey(challenge=challenge, credential=credential, at=at)
    return user, start_session(user=user, at=at, second_factor=True)


def identify_by_passkey(
    *, challenge: str, credential: dict[str, Any], at: datetime
) -> User:
    """Find out who this is by their passkey, which is a second factor, too.

    :raises PasskeyRefused: no such ceremony.
    :raises UnknownPasskey: it is not one of an active account, or not rightly signed.
    """
    try:
        checked = finish_ceremony(
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
    with transaction.atomic():
        Authenticator.objects.filter(pk=passkey.pk).update(last_used_at=at)
        note_sign_in(user, Outcome.ALLOWED)
    return user
