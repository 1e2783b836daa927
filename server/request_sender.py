"""Who a request counts for: a user, an address, or an account that somebody signs in
to.

Asked on the event loop for each request, so nothing here waits for anything.
"""

from collections.abc import Hashable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from django.conf import settings
from django.http import parse_cookie

from phr.accounts.tokens import Claims, InvalidToken, TokenType, read_token
from phr.core.ip_networks import network_of, site_of
from phr.identity import known_devices
from phr.interfaces.browser import SIGNED_IN_AS
from phr.interfaces.proxies import client_address
from server.fair_share import Sender

# Where one is not signed in yet: whatever token comes with it says nothing. A view that
# asks for none and changes something belongs here; tests/server/ looks for it.
WITHOUT_TOKEN = frozenset(
    {
        "/api/auth/email/confirm/",
        "/api/auth/login/",
        "/api/auth/passkey/",
        "/api/auth/passkey/begin/",
        "/api/auth/password/forgot/",
        "/api/auth/password/reset/",
        "/api/auth/register/",
        "/api/auth/token/refresh/",
    }
)
NAMED_IN_BODY = frozenset(
    {
        "/api/auth/login/",
        "/api/auth/register/",
        "/sign-in/",
        "/sign-up/",
        "/sign-up/doctor/",
    }
)
LONGEST_SIGN_IN = 4_096  # bytes; of what is longer no name is looked for
SESSIONS_REMEMBERED = 4_096


class BrowserSessions:
    """Whose sessions they are that browsers have shown, as answers have told.

    The cookie says nothing by itself, and asking the database here would be waiting.
    One that has not been seen with a user counts for its address, as no cookie does:
    made-up ones are no new shares. The first request of a session does so as well.
    """

    def __init__(self) -> None:
        self.users: dict[bytes, UUID] = {}

    def user_of(self, environ: dict[str, Any]) -> UUID | None:
        return self.users.get(key_of_session(environ))

    def learn(self, environ: dict[str, Any]) -> None:
        """Keep what an answer has found out about the session of its request."""
        if SIGNED_IN_AS not in environ:
            return
        key, user_id = key_of_session(environ), environ[SIGNED_IN_AS]
        self.users.pop(key, None)
        if not user_id or not key:
            return
        self.users[key] = user_id
        if len(self.users) > SESSIONS_REMEMBERED:
            del self.users[next(iter(self.users))]


def key_of_session(environ: dict[str, Any]) -> bytes:
    """A name for the session of a browser; empty without one."""
    cookie = environ.get("HTTP_COOKIE")
    if not cookie:
        return b""
    session = parse_cookie(cookie).get(settings.SESSION_COOKIE_NAME, "")
    return sha256(session.encode()).digest() if session else b""


browser_sessions = BrowserSessions()


def sender_of(environ: dict[str, Any]) -> Sender:
    """The user of a request, if it is known, else its address."""
    address = client_address(environ)
    return Sender(user_of(environ) or network_of(address), site_of(address))


def sender_of_sign_in(environ: dict[str, Any]) -> Sender:
    """Of what hashes a password: the address, and the account that it is for.

    Turns go round among the accounts of an address. The name is not proven, and so is
    not shared with other addresses: else anybody could use up somebody else's turns. A
    device that an account has signed in with has turns of its own, one in two of all,
    so that somebody with very many addresses cannot keep it waiting. These are its
    account's, whatever name is in the body: one cookie is one sender.
    """
    address = client_address(environ)
    named = environ["PATH_INFO"] in NAMED_IN_BODY
    owner = owner_of_device(environ) if named else None
    if owner is not None:
        return Sender(("device of", owner), site_of(address), is_known=True)
    account = name_in_body(environ) if named else user_of(environ)
    return Sender(network_of(address), site_of(address), account)


def owner_of_device(environ: dict[str, Any]) -> str | None:
    """Whose device has sent this, if we gave it the cookie that it shows.

    The account counts and not the cookie, of which one can collect any number.
    """
    if "HTTP_COOKIE" not in environ:
        return None
    shown = parse_cookie(environ["HTTP_COOKIE"]).get(settings.DEVICE_COOKIE_NAME, "")
    return known_devices.owner_of(shown) if shown else None


def user_of(environ: dict[str, Any]) -> UUID | None:
    """The user of a token that is really ours, or of a browser's session.

    By one that just says so anybody could use up somebody else's share. Whether the
    session of a token still lives is not asked.
    """
    if not environ["PATH_INFO"].startswith("/api/"):
        return browser_sessions.user_of(environ)
    claims = claims_of(environ)
    return claims.user_id if claims else None


def session_of(environ: dict[str, Any]) -> Hashable:
    """The login session of a request whose user is known."""
    if not environ["PATH_INFO"].startswith("/api/"):
        return key_of_session(environ)
    claims = claims_of(environ)
    return claims.session_id if claims else None


def claims_of(environ: dict[str, Any]) -> Claims | None:
    """What the access token of a request says, if it comes with one that counts."""
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "bearer" or environ["PATH_INFO"] in WITHOUT_TOKEN:
        return None
    try:
        return read_token(token.strip(), TokenType.ACCESS)
    except InvalidToken:
        return None


def name_in_body(environ: dict[str, Any]) -> Hashable:
    """The name with which somebody signs in, as a hash; None if there is none."""
    body: bytes = environ["wsgi.input"].getvalue()
    if len(body) > LONGEST_SIGN_IN:
        return None
    try:
        if "json" in environ.get("CONTENT_TYPE", "").lower():
            name = orjson.loads(body)["username"]
        else:
            name = parse_qs(body.decode())["username"][-1]
        return sha256(name.strip().lower().encode()).digest()
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
