"""What is said about the safety of an account, by the type of event.

Each becomes a line in the inbox and a mail to each confirmed address of the account,
which nobody can switch off. Mails pass many hands, and so say nothing that is private.
"""

from dataclasses import dataclass

from phr.accounts.events import (
    AccountEvent,
    AllSessionsEnded,
    ChangedByStaff,
    EmailChanged,
    EmailChangedByStaff,
    EmailConfirmed,
    FactorsRemovedByStaff,
    PasskeyAdded,
    PasskeyRemoved,
    PasswordChanged,
    PasswordReset,
    RecoveryCodesMade,
    RecoveryCodeUsed,
    RefreshReused,
    SessionEvent,
    SignedInFromNewPlace,
    TotpAdded,
    TotpRemoved,
)
from phr.care.events import AccessGiven
from phr.core.events import types_by_kind


@dataclass(frozen=True, slots=True)
class SecurityNotice:
    """:param title: of the line in the inbox, and the subject of the mail."""

    title: str
    message: str


TELL = "tell the administrators of this server."
NOT_YOU = f"If that was not you, {TELL}"
CHANGE = f"If that was not you, change your password and {TELL}"

SecurityEvent = AccountEvent | SessionEvent

SECURITY: dict[type[SecurityEvent], SecurityNotice] = {
    SignedInFromNewPlace: SecurityNotice(
        "Sign-in from a new place",
        f"Your account was used from an address not seen before. {NOT_YOU}",
    ),
    RefreshReused: SecurityNotice(
        "A sign-in was ended",
        "One of your sign-ins was ended, because its refresh token was used twice. "
        f"If that happens again, {TELL}",
    ),
    PasswordChanged: SecurityNotice(
        "Your password was changed",
        "Your account has a new password, and sign-ins elsewhere were ended. If it was "
        f"neither you nor somebody for you, {TELL}",
    ),
    PasswordReset: SecurityNotice(
        "Your password was set anew",
        "Your account has a new password by a link from a mail, and all your sign-ins "
        f"were ended. {NOT_YOU}",
    ),
    EmailChanged: SecurityNotice(
        "Your e-mail address was changed",
        f"Your account has another e-mail address. {CHANGE}",
    ),
    EmailChangedByStaff: SecurityNotice(
        "Staff have changed your e-mail address",
        "Staff have entered another e-mail address for your account. It gets no links "
        "before you, signed in, have it confirmed. If you did not ask for that, change "
        f"it back and {TELL}",
    ),
    ChangedByStaff: SecurityNotice(
        "Staff have changed your account",
        "Staff have changed something about your account; your access log says what. "
        f"If you did not ask for that, {TELL}",
    ),
    EmailConfirmed: SecurityNotice(
        "Your e-mail address was confirmed",
        f"The e-mail address of your account was confirmed by a link. {NOT_YOU}",
    ),
    TotpAdded: SecurityNotice(
        "An authenticator app was added",
        f"Your account can be signed in to with a new authenticator app. {CHANGE}",
    ),
    TotpRemoved: SecurityNotice(
        "An authenticator app was removed",
        f"The authenticator app of your account was removed. {CHANGE}",
    ),
    PasskeyAdded: SecurityNotice(
        "A passkey was added",
        f"Your account can be signed in to with a new passkey. {CHANGE}",
    ),
    PasskeyRemoved: SecurityNotice(
        "A passkey was removed",
        f"A passkey of your account was removed. {CHANGE}",
    ),
    RecoveryCodesMade: SecurityNotice(
        "New recovery codes",
        f"Your account has new recovery codes; older ones do not count. {CHANGE}",
    ),
    RecoveryCodeUsed: SecurityNotice(
        "A recovery code was used",
        f"One of your recovery codes was used, and does not count any more. {CHANGE}",
    ),
    FactorsRemovedByStaff: SecurityNotice(
        "Your second factors were removed",
        "Staff have removed all second factors of your account. If you did not ask for "
        f"that, {TELL}",
    ),
    AllSessionsEnded: SecurityNotice(
        "All your sign-ins were ended",
        f"Your account was signed out everywhere. {CHANGE}",
    ),
    AccessGiven: SecurityNotice(
        "You have given access to your health records",
        "A doctor was given access to your health records, or more of it than before. "
        "If that was not you, end the access, change your password and "
        f"{TELL}",
    ),
}


def notice_of(kind: str) -> SecurityNotice | None:
    """What a mail of this kind says, if it is about safety: it has its event's kind."""
    event_type = types_by_kind.get(kind)
    if event_type is None or not issubclass(event_type, SecurityEvent):
        return None
    return SECURITY.get(event_type)
