"""Staying signed in: a refresh token is exchanged for new tokens."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from phr.accounts.events import RefreshReused
from phr.accounts.models import LoginSession
from phr.accounts.tokens import (
    Claims,
    InvalidToken,
    Tokens,
    TokenType,
    issue_tokens,
    read_token,
)
from phr.core import events
from phr.core.errors import Unavailable
from phr.core.ids import uuid7
from phr.core.rate_limits import Limit
from phr.core.request_origin import client_network

REUSE_IS_REPETITION = timedelta(seconds=10)
REFRESHES_PER_ADDRESS = Limit("refresh:address", 120, timedelta(minutes=1))
REFRESHES_PER_SESSION = Limit("refresh:session", 120, timedelta(minutes=1))


def refresh_session(*, refresh: str, at: datetime) -> Tokens:
    """Exchange a refresh token for new tokens.

    Used again within seconds, by a second tab or after an answer that was lost, it gets
    the same refresh token as before (ADR 59). A later use means that somebody has a
    copy, so the whole session ends (RFC 9700, section 4.14.2).

    :raises InvalidToken: not a refresh token, used before, or its session has ended.
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
        REFRESHES_PER_ADDRESS.take(client_network())
        raise
    with suppress(Unavailable):
        REFRESHES_PER_SESSION.take(str(claims.session_id))
    return claims


def rotate(session: LoginSession, refresh_id: UUID, at: datetime) -> Tokens | None:
    """Give a locked session its next tokens, or end it if the refresh id is spent."""
    spent = just_spent(session, at)
    if session.refresh_id == refresh_id:
        session.spent_refreshes = {**spent, str(refresh_id): at.timestamp()}
        session.refresh_id, session.last_used_at = uuid7(), at
        session.save(
            update_fields=[
                "refresh_id",
                "spent_refreshes",
                "last_used_at",
                "updated_at",
            ]
        )
    elif str(refresh_id) not in spent:
        session.revoked_at = at
        session.save(update_fields=["revoked_at", "updated_at"])
        events.emit(RefreshReused(session_id=session.pk, by=session.user_id))
        return None
    return issue_tokens(session, at=session.last_used_at)


def just_spent(session: LoginSession, at: datetime) -> dict[str, float]:
    """Refresh tokens of a session that may still be used again, and their first use."""
    since = (at - REUSE_IS_REPETITION).timestamp()
    return {key: used for key, used in session.spent_refreshes.items() if used >= since}
