"""What somebody typed, kept while they sign in again, or while a form is refreshed.

A session may end, and a form lose the secret that each has, while somebody types. The
answer then carries what was sent, for the same person alone: each secret is noted with
whose forms have it, and what is carried is encrypted for them.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.http import HttpRequest
from django.middleware import csrf

from phr.accounts.models import User
from phr.core import ephemeral_store
from phr.core.encryption import Unreadable, decrypt, encrypt
from phr.core.errors import Unavailable

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
OWNERS_ARE_KNOWN_FOR = timedelta(hours=12)  # longer than any session
LONGEST = 700_000  # bytes; encrypted, it still fits into a request
# What is not carried: it is a secret, or of another page.
NOT_CARRIED = {"code", "otp", "typed", TOKEN}
OF_A_STEP_UP = "again-"


@dataclass(frozen=True, slots=True)
class Typed:
    """What was sent, and where to.

    :param fields: by name, in the order of the form.
    """

    path: str
    fields: list[tuple[str, str]]


def note_owner(request: HttpRequest, user: User) -> None:
    """Note whose forms have the present secret: at each sign-in there is another."""
    secret = str(request.META.get("CSRF_COOKIE", ""))
    with suppress(Unavailable):  # then nothing is carried
        name, lifetime = name_of(secret), OWNERS_ARE_KNOWN_FOR
        ephemeral_store.set(name, user.pk.hex, lifetime=lifetime)


def name_of(secret: str) -> str:
    return f"forms:{sha256(secret.encode()).hexdigest()}"


def find_owner(request: HttpRequest) -> UUID | None:
    """Who was signed in when the form was made that a request comes from."""
    token = request.POST.get(TOKEN, "")
    if len(token) != csrf.CSRF_TOKEN_LENGTH:
        return None
    with suppress(Unavailable, ValueError):  # ValueError: letters that no token has
        secret = csrf._unmask_cipher_token(token)  # type: ignore[attr-defined] # noqa: SLF001 - nothing else says which secret it hides
        found = ephemeral_store.get(name_of(secret))
        return UUID(hex=found) if found else None
    return None


def typed_in(request: HttpRequest) -> Typed:
    """What was sent, without secrets."""
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if may_be_carried(name)
    ]
    return Typed(request.get_full_path(), fields)


def may_be_carried(name: str) -> bool:
    is_secret = name in NOT_CARRIED or "password" in name
    return not is_secret and not name.startswith(OF_A_STEP_UP)


def seal(typed: Typed, owner: UUID) -> str:
    """What was sent as a text that its owner alone opens; empty if it is too long."""
    text = json.dumps([typed.path, typed.fields], ensure_ascii=False)
    is_too_long = len(text.encode()) > LONGEST
    return "" if is_too_long else encrypt(text, belongs_to=f"typed:{owner}")


def unseal(sealed: str, user: User) -> Typed | None:
    """What somebody had sent; None if it is not theirs, or none of ours."""
    try:
        path, fields = json.loads(decrypt(sealed, belongs_to=f"typed:{user.pk}"))
    except Unreadable:
        return None
    return Typed(path, [(name, value) for name, value in fields])
