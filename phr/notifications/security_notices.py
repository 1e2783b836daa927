"""What is said about the safety of an account, by the type of event.

Each becomes a line in the inbox and a mail to each confirmed address of the account,
which nobody can switch off. Mails pass many hands, and so say nothing that is private.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

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

    title: Promise
    message: Promise


def sentences(*each: Promise) -> Promise:
    """One after the other."""
    return format_lazy(" ".join(["{}"] * len(each)), *each)


NOT_YOU = _("If it was not you, contact the administrators of this server.")
CHANGE = _(
    "If it was not you, change your password and contact the administrators of this "
    "server."
)

SecurityEvent = AccountEvent | SessionEvent

NEW_PLACE = SecurityNotice(
    _("Sign-in from a new place"),
    sentences(_("Somebody signed in to your account from a new address."), NOT_YOU),
)

SECURITY: dict[type[SecurityEvent], SecurityNotice] = {
    SignedInFromNewPlace: NEW_PLACE,
    BrowserSignedInFromNewPlace: NEW_PLACE,
    RefreshReused: SecurityNotice(
        _("One of your sessions was ended"),
        _(
            "One of your sessions was ended because its refresh token was used "
            "twice. If this happens again, contact the administrators of this "
            "server."
        ),
    ),
    PasswordChanged: SecurityNotice(
        _("Your password was changed"),
        _(
            "Your account has a new password, and all other sessions were "
            "ended. If neither you nor somebody on your behalf did this, "
            "contact the administrators of this server."
        ),
    ),
    PasswordReset: SecurityNotice(
        _("Your password was reset"),
        sentences(
            _(
                "Your password was reset with a link from a mail, and all your "
                "sessions were ended."
            ),
            NOT_YOU,
        ),
    ),
    EmailChanged: SecurityNotice(
        _("Your e-mail address was changed"),
        sentences(_("Your account has a new e-mail address."), CHANGE),
    ),
    EmailChangedByStaff: SecurityNotice(
        _("Staff have changed your e-mail address"),
        _(
            "Staff have entered a new e-mail address for your account. We do "
            "not send links to it until you sign in and confirm it. If you did "
            "not ask for this, change it back and contact the administrators "
            "of this server."
        ),
    ),
    ChangedByStaff: SecurityNotice(
        _("Staff have changed your account"),
        _(
            "Staff have changed your account. Your access log shows what was "
            "changed. If you did not ask for this, contact the administrators "
            "of this server."
        ),
    ),
    EmailConfirmed: SecurityNotice(
        _("Your e-mail address was confirmed"),
        sentences(
            _("The e-mail address of your account was confirmed with a link."), NOT_YOU
        ),
    ),
    TotpAdded: SecurityNotice(
        _("An authenticator app was added"),
        sentences(_("A new authenticator app was added to your account."), CHANGE),
    ),
    TotpRemoved: SecurityNotice(
        _("An authenticator app was removed"),
        sentences(_("The authenticator app of your account was removed."), CHANGE),
    ),
    PasskeyAdded: SecurityNotice(
        _("A passkey was added"),
        sentences(_("A new passkey can sign in to your account."), CHANGE),
    ),
    PasskeyRemoved: SecurityNotice(
        _("A passkey was removed"),
        sentences(_("A passkey of your account was removed."), CHANGE),
    ),
    RecoveryCodesMade: SecurityNotice(
        _("New recovery codes"),
        sentences(
            _("Your account has new recovery codes. The old ones no longer work."),
            CHANGE,
        ),
    ),
    RecoveryCodeUsed: SecurityNotice(
        _("A recovery code was used"),
        sentences(
            _("One of your recovery codes was used and no longer works."), CHANGE
        ),
    ),
    FactorsRemovedByStaff: SecurityNotice(
        _("Your second factors were removed"),
        _(
            "Staff have removed all second factors from your account. If you "
            "did not ask for this, contact the administrators of this server."
        ),
    ),
    AllSessionsEnded: SecurityNotice(
        _("You were signed out everywhere"),
        sentences(_("All sessions of your account were ended."), CHANGE),
    ),
    AccessGiven: SecurityNotice(
        _("You have given access to your health records"),
        _(
            "A doctor was given access to your health records, or more access "
            "than before. If it was not you, end the access, change your "
            "password and contact the administrators of this server."
        ),
    ),
}


def notice_of(kind: str) -> SecurityNotice | None:
    """What a mail of this kind says, if it is about safety: it has its event's kind."""
    event_type = types_by_kind.get(kind)
    if event_type is None or not issubclass(event_type, SecurityEvent):
        return None
    return SECURITY.get(event_type)
