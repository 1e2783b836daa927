"""What happens to accounts, and the mails that are to leave."""

from dataclasses import dataclass
from uuid import UUID

from phr.core.events import Event
from phr.core.models import NOBODY
from phr.core.queues import Queue


@dataclass(frozen=True, kw_only=True)
class AccountEvent(Event):
    """About one account, in whose turn it is delivered if nobody else caused it."""

    queue = Queue.URGENT

    user_id: UUID
    by: UUID = NOBODY

    def __post_init__(self) -> None:
        if self.by == NOBODY:
            object.__setattr__(self, "by", self.user_id)


@dataclass(frozen=True, kw_only=True)
class SessionEvent(Event):
    """About one login session, whose user is told."""

    queue = Queue.URGENT

    session_id: UUID


class SignedInFromNewPlace(SessionEvent):
    """Somebody has signed in from an address not seen before; the user is told."""

    kind = "accounts.signed_in_from_new_place"


class BrowserSignedInFromNewPlace(AccountEvent):
    """The same in a browser, whose sessions are not login sessions."""

    kind = "accounts.browser_signed_in_from_new_place"


class RefreshReused(SessionEvent):
    """A session was ended as its refresh token was used twice; the user is told."""

    kind = "accounts.refresh_reused"


class PasswordChanged(AccountEvent):
    """The user, or staff for them, have set another password; the user is told."""

    kind = "accounts.password_changed"


class PasswordReset(AccountEvent):
    """A link from a mail has set a new password; the user is told."""

    kind = "accounts.password_reset"


class PasswordResetAsked(AccountEvent):
    """Somebody wants a link for a new password; it is mailed.

    About `NOBODY` where no account has the address that was given.
    """

    kind = "accounts.password_reset_asked"


class PasswordLinkByStaff(AccountEvent):
    """Staff have a link for a new password sent; it is mailed."""

    kind = "accounts.password_link_by_staff"


class AddressToConfirm(AccountEvent):
    """The account has an address that nobody has confirmed; a link is mailed to it."""

    kind = "accounts.address_to_confirm"


class EmailChanged(AccountEvent):
    """The user has given another address; they are told at the old one as well."""

    kind = "accounts.email_changed"


class EmailChangedByStaff(AccountEvent):
    """Staff have entered another address; the user is told at the confirmed one."""

    kind = "accounts.email_changed_by_staff"


class EmailConfirmed(AccountEvent):
    """A link from a mail has confirmed the address; the user is told."""

    kind = "accounts.email_confirmed"


class ChangedByStaff(AccountEvent):
    """Staff have changed something about the account; the user is told."""

    kind = "accounts.changed_by_staff"


class TotpAdded(AccountEvent):
    """The user has set up an authenticator app, and is told."""

    kind = "accounts.totp_added"


class TotpRemoved(AccountEvent):
    """The user has removed the authenticator app, and is told."""

    kind = "accounts.totp_removed"


class PasskeyAdded(AccountEvent):
    """The user has added a passkey, and is told."""

    kind = "accounts.passkey_added"


class PasskeyRemoved(AccountEvent):
    """The user has removed a passkey, and is told."""

    kind = "accounts.passkey_removed"


class RecoveryCodesMade(AccountEvent):
    """The user has new recovery codes, and is told."""

    kind = "accounts.recovery_codes_made"


class RecoveryCodeUsed(AccountEvent):
    """A recovery code has stood in for a second factor; the user is told."""

    kind = "accounts.recovery_code_used"


class FactorsRemovedByStaff(AccountEvent):
    """An operator has removed all second factors; the user is told."""

    kind = "accounts.factors_removed_by_staff"


class AllSessionsEnded(AccountEvent):
    """The user has signed out everywhere, and is told."""

    kind = "accounts.all_sessions_ended"


@dataclass(frozen=True, kw_only=True)
class MailDue(Event):
    """A mail has to be sent, in the turn of the person who caused it.

    Mails about safety are emitted into a queue of their own.
    """

    kind = "accounts.mail_due"
    queue = Queue.MAIL

    mail_id: UUID
