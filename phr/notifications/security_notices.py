"""What is said about the safety of an account, by the type of event.

Each becomes a line in the inbox and a mail to each confirmed address of the account,
which nobody can switch off. Mails pass many hands, and so say nothing that is private.
"""

from dataclasses import dataclass

from phr.accounts.events import (
    AccountEvent,
    AllSessionsEnded,
    BrowserSignedInFromNewPlace,
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


TELL = "contact the administrators of this server."
NOT_YOU = f"If it was not you, {TELL}"
CHANGE = f"If it was not you, change your password and {TELL}"

SecurityEvent = AccountEvent | SessionEvent

NEW_PLACE = SecurityNotice(
    "Sign-in from a new place",
    f"Somebody signed in to your account from a new address. {NOT_YOU}",
)

SECURITY: dict[type[SecurityEvent], SecurityNotice] = {
    SignedInFromNewPlace: NEW_PLACE,
    BrowserSignedInFromNewPlace: NEW_PLACE,
    RefreshReused: SecurityNotice(
        "One of your sessions was ended",
        "One of your sessions was ended because its refresh token was used twice. If "
        f"this happens again, {TELL}",
    ),
    PasswordChanged: SecurityNotice(
        "Your password was changed",
        "Your account has a new password, and all other sessions were ended. If "
        f"neither you nor somebody on your behalf did this, {TELL}",
    ),
    PasswordReset: SecurityNotice(
        "Your password was reset",
        "Your password was reset with a link from a mail, and all your sessions were "
        f"ended. {NOT_YOU}",
    ),
    EmailChanged: SecurityNotice(
        "Your e-mail address was changed",
        f"Your account has a new e-mail address. {CHANGE}",
    ),
    EmailChangedByStaff: SecurityNotice(
        "Staff have changed your e-mail address",
        "Staff have entered a new e-mail address for your account. We do not send "
        "links to it until you sign in and confirm it. If you did not ask for this, "
        f"change it back and {TELL}",
    ),
    ChangedByStaff: SecurityNotice(
        "Staff have changed your account",
        "Staff have changed your account. Your access log shows what was changed. If "
        f"you did not ask for this, {TELL}",
    ),
    EmailConfirmed: SecurityNotice(
        "Your e-mail address was confirmed",
        f"The e-mail address of your account was confirmed with a link. {NOT_YOU}",
    ),
    TotpAdded: SecurityNotice(
        "An authenticator app was added",
        f"A new authenticator app was added to your account. {CHANGE}",
    ),
    TotpRemoved: SecurityNotice(
        "An authenticator app was removed",
        f"The authenticator app of your account was removed. {CHANGE}",
    ),
    PasskeyAdded: SecurityNotice(
        "A passkey was added",
        f"A new passkey can sign in to your account. {CHANGE}",
    ),
    PasskeyRemoved: SecurityNotice(
        "A passkey was removed",
        f"A passkey of your account was removed. {CHANGE}",
    ),
    RecoveryCodesMade: SecurityNotice(
        "New recovery codes",
        f"Your account has new recovery codes. The old ones no longer work. {CHANGE}",
    ),
    RecoveryCodeUsed: SecurityNotice(
        "A recovery code was used",
        f"One of your recovery codes was used and no longer works. {CHANGE}",
    ),
    FactorsRemovedByStaff: SecurityNotice(
        "Your second factors were removed",
        "Staff have removed all second factors from your account. If you did not ask "
        f"for this, {TELL}",
    ),
    AllSessionsEnded: SecurityNotice(
        "You were signed out everywhere",
        f"All sessions of your account were ended. {CHANGE}",
    ),
    AccessGiven: SecurityNotice(
        "You have given access to your health records",
        "A doctor was given access to your health records, or more access than "
        f"before. If it was not you, end the access, change your password and {TELL}",
    ),
}


def notice_of(kind: str) -> SecurityNotice | None:
    """What a mail of this kind says, if it is about safety: it has its event's kind."""
    event_type = types_by_kind.get(kind)
    if event_type is None or not issubclass(event_type, SecurityEvent):
        return None
    return SECURITY.get(event_type)
