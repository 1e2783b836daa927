"""Signing in: by a name and a password, with a code where there is a second factor."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from phr.accounts.events import SignedInFromNewPlace
from phr.accounts.metrics import SIGN_INS
from phr.accounts.models import LoginSession, User
from phr.accounts.passwords import password_fits
from phr.accounts.sessions import end_sessions_beyond_most, is_new_place
from phr.accounts.tokens import Tokens, issue_tokens
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Outcome
from phr.audit.services import Access
from phr.care.account_ledger import patient_id_of
from phr.core import events
from phr.core.errors import NotSignedIn
from phr.core.mail_addresses import comparable
from phr.core.rate_limits import Limit
from phr.core.request_origin import client_network, current_origin
from phr.core.stale_reads import note_writing
from phr.identity.guess_limits import Guess, Guesses, present_place
from phr.identity.second_factor_codes import use_code
from phr.identity.second_factors import WrongCode, has_factor

FAILED_LOGINS = Guesses.at_most(10, timedelta(minutes=15), name="login")
FAILED_LOGINS_PER_ADDRESS = Limit("login:address", 60, timedelta(minutes=15))
# Right ones as well: each costs a hash, and a row for each session that is begun.
SIGN_INS_PER_PLACE = Limit("sign-in:place", 600, timedelta(minutes=15))
SIGN_INS_PER_ACCOUNT = Limit("sign-in:account", 100, timedelta(minutes=15))
SESSIONS_A_DAY = Limit("sessions-begun", 1_000, timedelta(days=1))


class InvalidCredentials(NotSignedIn):
    """:param account: the owner of the name, only for the ledger."""

    code, title = "invalid_credentials", _("The username or password is wrong")
    advice = _("Check both and try again. We do not say whether the account exists.")

    def __init__(self, account: User | None = None) -> None:
        super().__init__()
        self.account = account


class InvalidCode(InvalidCredentials):
    code, title = "invalid_code", _("The code is wrong or was already used")
    advice = _("Wait for the next code in your app, or use a recovery code.")


class MfaRequired(NotSignedIn):
    """:param account: whose password was right, for a second half of the sign-in."""

    code, title = "mfa_required", _("A second factor is required")

    def __init__(self, account: User | None = None) -> None:
        super().__init__()
        self.account = account


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody shows to sign in.

    :param otp: a code of their authenticator app.
    :param recovery_code: one of their recovery codes, instead.
    """

    username: str
    password: str
    otp: str = ""
    recovery_code: str = ""


def sign_in(credentials: Credentials, *, at: datetime) -> tuple[User, Tokens]:
    """Check who this is and begin a login session.

    :raises InvalidCredentials: unknown, blocked, another password or a wrong code.
    :raises MfaRequired: a code is needed as well.
    :raises TooMany: too many failures for this account or this client's address.
    """
    user, second_factor = authenticate(credentials, at=at)
    return user, begin_session(user=user, at=at, second_factor=second_factor)


def authenticate(credentials: Credentials, *, at: datetime) -> tuple[User, bool]:
    """As `check_credentials`; a failure is entered."""
    try:
        return check_credentials(credentials, at=at)
    except InvalidCredentials as error:
        note_sign_in(error.account, Outcome.REFUSED)
        raise


def identify(credentials: Credentials, *, at: datetime) -> tuple[User, bool]:
    """Find out who this is, for a session of a browser.

    :returns: the user, and whether a second factor was shown, too.
    :raises InvalidCredentials, MfaRequired, TooMany: as `check_credentials` says.
    """
    user, second_factor = authenticate(credentials, at=at)
    note_sign_in(user, Outcome.ALLOWED)
    return user, second_factor


def check_credentials(credentials: Credentials, *, at: datetime) -> tuple[User, bool]:
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
    account = find_account(credentials.username)
    guess = count_sign_in(account, credentials, at)
    fits = password_fits(account, credentials.password)
    guess.insist()  # after the hash, which takes its time whether the place is known
    if not fits or account is None:
        raise guess.is_wrong(InvalidCredentials(account))
    second = has_factor(account)
    asked = second and not (credentials.otp or credentials.recovery_code)
    if second and not asked:
        insist_on_code(account, credentials, at)
    guess.is_right()
    if asked:
        raise MfaRequired(account)
    # Whoever has only the password must not use this up.
    SIGN_INS_PER_ACCOUNT.take(str(account.pk))
    return account, second


def count_sign_in(
    account: User | None, credentials: Credentials, at: datetime
) -> Guess:
    """Count an attempt to sign in for the client's address, the account and the place.

    A device that the account has signed in with does not count for the address, which
    may be a whole clinic's.

    :raises TooMany: too many failures from this address, or attempts of any kind from
        this address or device.
    """
    # Counted by just what it is looked up by: were two names counted together of which
    # one might be somebody's, the other would tell whether it is.
    name = str(account.pk) if account else sign_in_name(credentials.username)
    place = present_place(account.pk if account else None, at=at)
    SIGN_INS_PER_PLACE.take(place.key)
    if place.is_device:
        return FAILED_LOGINS.count(name, place)
    address = client_network()
    FAILED_LOGINS_PER_ADDRESS.take(address)
    guess = FAILED_LOGINS.count(name, place)
    return replace(guess, taken=(*guess.taken, (FAILED_LOGINS_PER_ADDRESS, address)))


def insist_on_code(account: User, credentials: Credentials, at: datetime) -> None:
    """:raises InvalidCode: the code does not count, or was used."""
    try:
        use_code(
            account, otp=credentials.otp, recovery_code=credentials.recovery_code, at=at
        )
    except WrongCode:
        raise InvalidCode(account) from None


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


@transaction.atomic
def begin_session(*, user: User, at: datetime, second_factor: bool = False) -> Tokens:
    """Begin a login session for somebody who has just proved who they are."""
    tokens = start_session(user=user, at=at, second_factor=second_factor)
    note_sign_in(user, Outcome.ALLOWED)
    return tokens


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
    admit(user, second_factor=second_factor)
    origin = current_origin.get()
    from_new_place = is_new_place(user, origin.address)
    session = LoginSession.objects.create(
        user=user,
        last_used_at=at,
        address=origin.address,
        user_agent=origin.user_agent,
        proved_at=at,
        second_factor=second_factor,
    )
    end_sessions_beyond_most(user=user, at=at)
    # They may have changed something before, as when they made the account.
    transaction.on_commit(lambda: note_writing(user.pk), robust=True)
    if from_new_place:
        events.emit(SignedInFromNewPlace(session_id=session.pk, by=user.pk))
    return issue_tokens(session, at=at)


def admit(user: User, *, second_factor: bool) -> None:
    """Look once more, under a lock, before a session begins; of whichever face.

    :raises InvalidCredentials, MfaRequired, TooMany: as `start_session` says.
    """
    SESSIONS_A_DAY.take(str(user.pk))
    now = User.objects.lock(user.pk)
    if not now.is_active or now.password != user.password:
        raise InvalidCredentials(user)
    if not second_factor and has_factor(now):
        raise MfaRequired(now)


def note_sign_in(account: User | None, outcome: Outcome) -> None:
    """Enter a sign-in; a failed one too, for an unknown name without a person."""
    SIGN_INS.labels(outcome.lower()).inc()
    patient_id, account_id = patient_id_of(account), account.pk if account else None
    if outcome == Outcome.REFUSED or account is None:
        audit.note_denied_sign_in(account_id, Action.SIGNED_IN, patient_id=patient_id)
        return
    audit.note(account, Action.SIGNED_IN, Access(patient_id, "account", [account.pk]))
