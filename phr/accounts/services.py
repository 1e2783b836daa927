"""Signing in, staying signed in, signing out."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from phr.accounts.factors import WrongCode, has_factor, use_code
from phr.accounts.guesses import Guess, Guesses, present_place
from phr.accounts.models import LoginSession, User
from phr.accounts.passwords import password_fits
from phr.accounts.sessions import end_sessions_beyond_most
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
from phr.core.mail_addresses import comparable
from phr.core.origin import current_origin, network_of

FAILED_LOGINS = Guesses.at_most(10, timedelta(minutes=15), name="login")
FAILED_LOGINS_PER_ADDRESS = Limit("login:address", 60, timedelta(minutes=15))
# Right ones as well: each costs a hash, and a row for each session that is begun.
SIGN_INS_PER_PLACE = Limit("sign-in:place", 600, timedelta(minutes=15))
SIGN_INS_PER_ACCOUNT = Limit("sign-in:account", 100, timedelta(minutes=15))
REGISTRATIONS_PER_ADDRESS = Limit("register:address", 60, timedelta(hours=1))
REGISTRATIONS_A_DAY = Limit("register:address-a-day", 240, timedelta(days=1))
REUSE_IS_REPETITION = timedelta(seconds=10)
SESSIONS_A_DAY = Limit("sessions-begun", 1_000, timedelta(days=1))
REFRESHES_PER_ADDRESS = Limit("refresh:address", 120, timedelta(minutes=1))
REFRESHES_PER_SESSION = Limit("refresh:session", 120, timedelta(minutes=1))


class InvalidCredentials(NotSignedIn):
    """:param account: whom the name belongs to, for the ledger only."""

    code, title = "invalid_credentials", "Username or password is wrong"
    advice = "The answer does not tell whether there is such an account."

    def __init__(self, account: User | None = None) -> None:
        super().__init__()
        self.account = account


class InvalidCode(InvalidCredentials):
    code, title = "invalid_code", "The code is wrong, or was used"
    advice = "Wait for the next code of the app, or use a recovery code."


class MfaRequired(NotSignedIn):
    code, title = "mfa_required", "Give a code as well"


def client_address() -> str:
    """For whom attempts are counted where nobody is signed in yet."""
    return network_of(current_origin.get().address or "unknown")


def sign_in_name(username: str) -> str:
    """The one form of a username or e-mail address, however it was typed."""
    return comparable(username) if "@" in username else username.lower()


def find_account(username: str) -> User | None:
    """The account with this username, or with this e-mail address.

    Of an address, the active account that has confirmed it; if none has, the oldest,
    so that nobody takes an address away by registering with it as well.
    """
    name = sign_in_name(username)
    if "@" not in name:
        return User.objects.alias(name=Lower("username")).filter(name=name).first()
    by_email = User.objects.alias(address=Lower("email")).filter(
        address=name, is_active=True
    )
    confirmed = EmailAddress.objects.filter(
        user=OuterRef("pk"), email=name, verified=True
    )
    by_email = by_email.alias(is_confirmed=Exists(confirmed))
    # What staff have entered is nobody's until its owner has confirmed it.
    by_email = by_email.filter(Q(address_set_by_staff_at=None) | Q(is_confirmed=True))
    return by_email.order_by("-is_confirmed", "created_at", "pk").first()


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows to sign in.

    :param otp: a code of their authenticator app.
    :param recovery_code: one of their recovery codes, instead.
    """

    username: str
    password: str
    otp: str = ""
    recovery_code: str = ""


def authenticate(proof: Proof, *, at: datetime) -> tuple[User, bool]:
    """Find out who this is.

    Whether the account exists shows neither in the answer nor in the time: without
    one, a hash is computed as well.

    :returns: the user, and whether a second factor was shown, too.
    :raises InvalidCredentials: unknown, blocked, or another password.
    :raises MfaRequired: the password is right, and a code is needed as well.
    :raises InvalidCode: the password is right, and the code is not, or was used.
    :raises TooMany: too many failures for this account or this client's address, or too
        many attempts, right ones included.
    """
    account = find_account(proof.username)
    guess = count_sign_in(account, proof, at)
    fits = password_fits(account, proof.password)
    guess.insist()  # after the hash, which takes its time whether the place is known
    if not fits or account is None:
        raise guess.is_wrong(InvalidCredentials(account))
    second = has_factor(account)
    asked = second and not (proof.otp or proof.recovery_code)
    if second and not asked:
        insist_on_code(account, proof, at)
    guess.is_right()
    if asked:
        raise MfaRequired
    # Whoever has only the password must not use this up.
    SIGN_INS_PER_ACCOUNT.take(str(account.pk))
    return account, second


def count_sign_in(account: User | None, proof: Proof, at: datetime) -> Guess:
    """Count an attempt to sign in for the client's address, the account and the place.

    A device that the account has signed in with does not count for the address, which
    may be a whole clinic's.

    :raises TooMany: too many failures from this address, or attempts of any kind from
        this address or device.
    """
    # Counted by just what it is looked up by: were two names counted together of which
    # one might be somebody's, the other would tell whether it is.
    name = str(account.pk) if account else sign_in_name(proof.username)
    place = present_place(account.pk if account else None, at=at)
    SIGN_INS_PER_PLACE.take(place.key)
    if place.is_device:
        return FAILED_LOGINS.count(name, place)
    address = client_address()
    FAILED_LOGINS_PER_ADDRESS.take(address)
    guess = FAILED_LOGINS.count(name, place)
    return replace(guess, taken=(*guess.taken, (FAILED_LOGINS_PER_ADDRESS, address)))


def insist_on_code(account: User, proof: Proof, at: datetime) -> None:
    """:raises InvalidCode: the code does not count, or was used."""
    try:
        use_code(account, otp=proof.otp, recovery_code=proof.recovery_code, at=at)
    except WrongCode:
        raise InvalidCode(account) from None


@transaction.atomic
def start_session(*, user: User, at: datetime, second_factor: bool = False) -> Tokens:
    """Begin a login session for somebody who has proved who they are.

    A sign-in from an address not seen before is announced to the user. Of very many
    sessions, those that were used longest ago end.

    :param user: as they were when they proved it.
    :param second_factor: whether by more than a password.
    :raises InvalidCredentials: they were blocked or got another password meanwhile.
    :raises MfaRequired: they have set up a second factor meanwhile.
    :raises TooMany: they have signed in a thousand times within a day.
    """
    SESSIONS_A_DAY.take(str(user.pk))
    now = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not now.is_active or now.password != user.password:
        raise InvalidCredentials(user)
    if not second_factor and has_factor(now):
        raise MfaRequired
    origin = current_origin.get()
    earlier = LoginSession.objects.of(user)
    here = earlier.filter(address=origin.address)
    from_new_place = User.objects.filter(
        Exists(earlier), ~Exists(here), pk=user.pk
    ).exists()
    session = LoginSession.objects.create(
        user=user,
        last_used_at=at,
        address=origin.address,
        user_agent=origin.user_agent,
        proved_at=at,
        second_factor=second_factor,
    )
    end_sessions_beyond_most(user=user, at=at)
    if from_new_place:
        events.emit(
            "accounts.signed_in_from_new_place", session_id=session.pk, by=user.pk
        )
    return issue_tokens(session, at=at)


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
        REFRESHES_PER_ADDRESS.take(client_address())
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
        events.emit(
            "accounts.refresh_reused", session_id=session.pk, by=session.user_id
        )
        return None
    return issue_tokens(session, at=session.last_used_at)


def just_spent(session: LoginSession, at: datetime) -> dict[str, float]:
    """Refresh tokens of a session that may still be used again, and their first use."""
    since = (at - REUSE_IS_REPETITION).timestamp()
    return {key: used for key, used in session.spent_refreshes.items() if used >= since}
