"""Signing in, staying signed in, signing out."""

from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import IPv6Network
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models.functions import Lower

from phr.accounts.models import LoginSession, User
from phr.accounts.tokens import (
    Claims,
    InvalidToken,
    Tokens,
    TokenType,
    issue_tokens,
    read_token,
)
from phr.core import events
from phr.core.counters import Limit
from phr.core.errors import NotSignedIn, Unavailable
from phr.core.ids import uuid7
from phr.core.origin import current_origin
from phr.core.text import fold

FAILED_LOGINS_PER_ACCOUNT = Limit("login:account", 10, timedelta(minutes=15))
FAILED_LOGINS_PER_ADDRESS = Limit("login:address", 60, timedelta(minutes=15))
REGISTRATIONS_PER_ADDRESS = Limit("register:address", 60, timedelta(hours=1))
REFRESHES_PER_ADDRESS = Limit("refresh:address", 120, timedelta(minutes=1))
REFRESHES_PER_SESSION = Limit("refresh:session", 120, timedelta(minutes=1))


class InvalidCredentials(NotSignedIn):
    """:param account: whom the name belongs to, for the ledger only."""

    code, title = "invalid_credentials", "Username or password is wrong"

    def __init__(self, account: User | None = None) -> None:
        super().__init__()
        self.account = account


def client_address() -> str:
    """For whom attempts are counted where nobody is signed in yet.

    Of an IPv6 address the first 64 bits: the rest is one customer's to choose.
    """
    address = current_origin.get().address or "unknown"
    if ":" not in address:
        return address
    return str(IPv6Network((address, 64), strict=False))


def find_account(username: str) -> User | None:
    """The account with this username, or the oldest active one with this e-mail.

    The oldest, so that nobody takes an address away by registering with it as well.
    """
    name = username.lower()
    if "@" not in name:
        return User.objects.alias(name=Lower("username")).filter(name=name).first()
    by_email = User.objects.alias(address=Lower("email")).filter(
        address=name, is_active=True
    )
    return by_email.order_by("created_at", "pk").first()


def authenticate(*, username: str, password: str) -> User:
    """Find out whose password this is.

    Whether the account exists shows neither in the answer nor in the time: without
    one, a hash is computed as well.

    :raises InvalidCredentials: unknown, blocked, or another password.
    :raises TooMany: too many failures for this account or this client's address.
    """
    account = find_account(username)
    address, name = client_address(), str(account.pk) if account else fold(username)
    FAILED_LOGINS_PER_ADDRESS.take(address)
    FAILED_LOGINS_PER_ACCOUNT.take(name)
    if not password_fits(account, password) or account is None:
        raise InvalidCredentials(account)
    FAILED_LOGINS_PER_ADDRESS.give_back(address)
    FAILED_LOGINS_PER_ACCOUNT.give_back(name)
    return account


def password_fits(account: User | None, password: str) -> bool:
    if account is None:
        make_password(password)  # takes the time that checking would
        return False
    return check_password(password, account.password) and account.is_active


@transaction.atomic
def start_session(*, user: User, at: datetime, second_factor: bool = False) -> Tokens:
    """Begin a login session for somebody who has proved who they are.

    A sign-in from an address not seen before is announced to the user.

    :param user: as they were when they proved it.
    :param second_factor: whether by more than a password.
    :raises InvalidCredentials: they were blocked or got another password meanwhile.
    """
    now = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not now.is_active or now.password != user.password:
        raise InvalidCredentials(user)
    origin = current_origin.get()
    earlier = LoginSession.objects.of(user)
    from_new_place = (
        earlier.exists() and not earlier.filter(address=origin.address).exists()
    )
    session = LoginSession.objects.create(
        user=user,
        last_used_at=at,
        address=origin.address,
        user_agent=origin.user_agent,
        proved_at=at,
        second_factor=second_factor,
    )
    if from_new_place:
        events.emit("accounts.signed_in_from_new_place", session_id=session.pk)
    return issue_tokens(session, at=at)


def refresh_session(*, refresh: str, at: datetime) -> Tokens:
    """Exchange a refresh token for new tokens; it works once.

    Of any number of simultaneous uses at most one succeeds. A second use means that
    somebody has a copy, so the whole session ends (RFC 9700, section 4.14.2).

    :raises InvalidToken: not a refresh token, used already, or its session has ended.
    :raises TooMany: too many from this client's address, or of this session.
    """
    claims = admit_refresh(refresh)
    with transaction.atomic():
        session = (
            LoginSession.objects.live()
            .select_for_update(of=("self",))
            .filter(pk=claims.session_id, user=claims.user_id)
            .first()
        )
        if session is None:
            raise InvalidToken
        tokens = rotate(session, claims.token_id, at)
    if tokens is None:  # outside the transaction: the session's end must be kept
        raise InvalidToken
    return tokens


def admit_refresh(refresh: str) -> Claims:
    """Read a refresh token and count the attempt.

    What is no token of ours counts for the client's address, a real one for its own
    session only, and passes while the counters are away: neither a neighbour's attempts
    nor an outage shuts anybody out of a session that they hold.
    """
    try:
        claims = read_token(refresh, TokenType.REFRESH)
    except InvalidToken:
        REFRESHES_PER_ADDRESS.take(client_address())
        raise
    with suppress(Unavailable):
        REFRESHES_PER_SESSION.take(str(claims.session_id))
    return claims


def rotate(session: LoginSession, refresh_id: UUID, at: datetime) -> Tokens | None:
    """Give a locked session its next tokens, or end it if the refresh id is spent."""
    if session.refresh_id != refresh_id:
        session.revoked_at = at
        session.save(update_fields=["revoked_at", "updated_at"])
        events.emit("accounts.refresh_reused", session_id=session.pk)
        return None
    session.refresh_id, session.last_used_at = uuid7(), at
    session.save(update_fields=["refresh_id", "last_used_at", "updated_at"])
    return issue_tokens(session, at=at)


def end_session(*, session_id: UUID, at: datetime) -> None:
    """Sign out: neither of the session's tokens works from now on."""
    LoginSession.objects.filter(pk=session_id, revoked_at=None).update(
        revoked_at=at, updated_at=at
    )


def end_all_sessions(*, user: User, at: datetime) -> int:
    """Sign a user out everywhere, for example after a change of password."""
    live = LoginSession.objects.of(user).filter(revoked_at=None)
    return live.update(revoked_at=at, updated_at=at)
