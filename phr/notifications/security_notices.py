"""What is said about the safety of an account, by the kind of event.

Each becomes a line in the inbox and a mail to each confirmed address of the account,
which nobody can switch off. Mails pass many hands, and so say nothing that is private.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """:param title: of the line in the inbox, and the subject of the mail."""

    title: str
    message: str


TELL = "tell the administrators of this server."
NOT_YOU = f"If that was not you, {TELL}"
CHANGE = f"If that was not you, change your password and {TELL}"

SECURITY = {
    "accounts.signed_in_from_new_place": Notice(
        "Sign-in from a new place",
        f"Your account was used from an address not seen before. {NOT_YOU}",
    ),
    "accounts.refresh_reused": Notice(
        "A sign-in was ended",
        "One of your sign-ins was ended, because its refresh token was used twice. "
        f"If that happens again, {TELL}",
    ),
    "accounts.password_changed": Notice(
        "Your password was changed",
        "Your account has a new password, and sign-ins elsewhere were ended. If it was "
        f"neither you nor somebody for you, {TELL}",
    ),
    "accounts.password_reset": Notice(
        "Your password was set anew",
        "Your account has a new password by a link from a mail, and all your sign-ins "
        f"were ended. {NOT_YOU}",
    ),
    "accounts.email_changed": Notice(
        "Your e-mail address was changed",
        f"Your account has another e-mail address. {CHANGE}",
    ),
    "accounts.email_changed_by_staff": Notice(
        "Staff have changed your e-mail address",
        "Staff have entered another e-mail address for your account. It gets no links "
        "before you, signed in, have it confirmed. If you did not ask for that, change "
        f"it back and {TELL}",
    ),
    "accounts.changed_by_staff": Notice(
        "Staff have changed your account",
        "Staff have changed something about your account; your access log says what. "
        f"If you did not ask for that, {TELL}",
    ),
    "accounts.email_confirmed": Notice(
        "Your e-mail address was confirmed",
        f"The e-mail address of your account was confirmed by a link. {NOT_YOU}",
    ),
    "accounts.totp_added": Notice(
        "An authenticator app was added",
        f"Your account can be signed in to with a new authenticator app. {CHANGE}",
    ),
    "accounts.totp_removed": Notice(
        "An authenticator app was removed",
        f"The authenticator app of your account was removed. {CHANGE}",
    ),
    "accounts.passkey_added": Notice(
        "A passkey was added",
        f"Your account can be signed in to with a new passkey. {CHANGE}",
    ),
    "accounts.passkey_removed": Notice(
        "A passkey was removed",
        f"A passkey of your account was removed. {CHANGE}",
    ),
    "accounts.recovery_codes_made": Notice(
        "New recovery codes",
        f"Your account has new recovery codes; older ones do not count. {CHANGE}",
    ),
    "accounts.recovery_code_used": Notice(
        "A recovery code was used",
        f"One of your recovery codes was used, and does not count any more. {CHANGE}",
    ),
    "accounts.factors_removed_by_staff": Notice(
        "Your second factors were removed",
        "Staff have removed all second factors of your account. If you did not ask for "
        f"that, {TELL}",
    ),
    "accounts.all_sessions_ended": Notice(
        "All your sign-ins were ended",
        f"Your account was signed out everywhere. {CHANGE}",
    ),
    "care.access_given": Notice(
        "You have given access to your health records",
        "A doctor was given access to your health records, or more of it than before. "
        "If that was not you, end the access, change your password and "
        f"{TELL}",
    ),
    "erasure.asked": Notice(
        "Your account is to be erased",
        "The erasure of your account was asked for. You can cancel it until it begins. "
        f"If that was not you, cancel it, change your password and {TELL}",
    ),
    "erasure.cancelled": Notice(
        "Your account is not erased",
        f"The erasure of your account was cancelled. {CHANGE}",
    ),
    "archive.export_asked": Notice(
        "An export of your data was asked for",
        f"A copy of the data of your account is being made. {CHANGE}",
    ),
    "archive.export_ready": Notice(
        "The export of your data is ready",
        "A copy of the data of your account is ready. Sign in and download it within "
        f"24 hours; then it is deleted. {CHANGE}",
    ),
}
