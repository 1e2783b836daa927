"""What each line of the access log says, in a sentence for the patient."""

from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

from phr.audit.actions import Action
from phr.audit.models import AccessEntry, Outcome

Sentences = dict[str, str | Promise]

# What patients did themselves.
OWN: Sentences = {
    Action.SIGNED_IN: _("You signed in."),
    Action.SESSION_ENDED: _("You signed out of one of your devices."),
    Action.ALL_SESSIONS_ENDED: _("You signed out everywhere."),
    Action.PASSWORD_CHANGED: _("You changed your password."),
    Action.PASSWORD_RESET: _("You set a new password with a link from a mail."),
    Action.EMAIL_CONFIRMED: _("You confirmed your e-mail address."),
    Action.TOTP_ADDED: _("You set up an authenticator app."),
    Action.TOTP_REMOVED: _("You removed your authenticator app."),
    Action.PASSKEY_ADDED: _("You added a passkey."),
    Action.PASSKEY_REMOVED: _("You removed a passkey."),
    Action.RECOVERY_CODES_MADE: _("You made new recovery codes."),
    Action.PATIENT_REGISTERED: _("You signed up."),
    Action.PROFILE_CHANGED: _("You changed your profile."),
    Action.DOCTOR_INVITED: _("You gave {doctor} access."),
    Action.GRANT_ACCEPTED: _("You let {doctor} in, who had asked."),
    Action.GRANT_DECLINED: _("You declined what {doctor} asked."),
    Action.GRANT_CHANGED: _("You changed the access of {doctor}."),
    Action.GRANT_ENDED: _("You ended the access of {doctor}."),
    Action.RECORD_CREATED: _("You added {record}."),
    Action.RECORD_CHANGED: _("You changed {record}."),
    Action.RECORD_DELETED: _("You deleted {record}."),
    Action.RECORD_RESTORED: _("You brought back {record}."),
    Action.PREFERENCES_CHANGED: _("You changed what you are told of."),
    Action.LOG_DOWNLOADED: _("You downloaded this list."),
    Action.EXPORT_REQUESTED: _("You asked for a copy of your data."),
    Action.EXPORT_READ: _("You looked at a copy of your data."),
    Action.EXPORT_DOWNLOADED: _("You downloaded a copy of your data."),
    Action.ACCOUNT_IMPORTED: _("You imported your account."),
    Action.ERASURE_REQUESTED: _("You asked that your account be deleted."),
    Action.ERASURE_CANCELLED: _("You decided to keep your account."),
}
# What others did.
OTHERS: Sentences = {
    Action.CHART_OPENED: _("{who} opened your chart."),
    Action.RECORDS_LISTED: _("{who} looked through {records}."),
    Action.RECORD_OPENED: _("{who} opened {records}."),
    Action.HISTORY_READ: _("{who} read what had changed in {records}."),
    Action.COMMENTS_READ: _("{who} read the comments on {records}."),
    Action.COMMENT_ADDED: _("{who} commented on one of your records."),
    Action.COMMENT_CHANGED: _("{who} changed a comment on one of your records."),
    Action.COMMENT_DELETED: _("{who} deleted a comment on one of your records."),
    Action.PATIENTS_LISTED: _("{who} saw your name in the list of their patients."),
    Action.TEXT_READ_BY_STAFF: _("{who} read {records} as staff."),
    Action.PROFILE_READ_BY_STAFF: _("{who} read your profile as staff."),
    Action.RECORD_PURGED: _("Records that you had deleted were removed for good."),
    Action.DOCTOR_ASSIGNED: _("{who} put you in the care of {doctor}."),
    Action.ACCESS_REQUESTED: _("{who} asked you for access."),
    Action.GRANT_READ: _("{who} looked at how far the access of {doctor} goes."),
    Action.GRANT_ENDED: _("{who} ended the access of {doctor}."),
    Action.EMERGENCY_ACCESS: _("{who} opened your records in an emergency."),
    Action.EMERGENCY_REVIEWED: _("{who} reviewed the emergency access of {doctor}."),
    Action.ACCESS_EXPLAINED: _("{who} asked who can see one of your records."),
    Action.FACTORS_REMOVED_BY_STAFF: _("{who} removed your second factors as staff."),
    Action.ACCOUNT_CHANGED_BY_STAFF: _("{who} changed your account as staff."),
    Action.ADDRESS_CHANGED_BY_STAFF: _("{who} changed your e-mail address as staff."),
    Action.BIRTH_DATE_CHANGED_BY_STAFF: _("{who} changed your date of birth as staff."),
    Action.PASSWORD_LINK_SENT_BY_STAFF: _(
        "{who} sent you a link to set a new password."
    ),
    Action.SESSION_ENDED_BY_STAFF: _("{who} signed one of your devices out."),
    Action.EXPORT_READY: _("The copy of your data was ready."),
    Action.ACCOUNT_IMPORTED: _("Your account was imported."),
}
TRIED: Sentences = {
    Action.SIGNED_IN: _("{who} tried to sign in as you, and was refused."),
    Action.CHART_OPENED: _("{who} tried to open your chart, and was refused."),
    Action.RECORDS_LISTED: _("{who} tried to look through your records in vain."),
    Action.RECORD_OPENED: _("{who} tried to open {records}, and was refused."),
    Action.HISTORY_READ: _(
        "{who} tried to read what had changed in {records}, and was refused."
    ),
    Action.COMMENTS_READ: _(
        "{who} tried to read the comments on {records}, and was refused."
    ),
    Action.COMMENT_ADDED: _(
        "{who} tried to comment on one of your records, and was refused."
    ),
    Action.RECORD_CHANGED: _("{who} tried to change {records}, and was refused."),
    Action.RECORD_DELETED: _("{who} tried to delete {records}, and was refused."),
    Action.ACCESS_REQUESTED: _("{who} tried to ask you for access in vain."),
    Action.DOCTOR_ASSIGNED: _("{who} tried to take you into care, and was refused."),
    Action.EMERGENCY_ACCESS: _(
        "{who} tried to open your records in an emergency, and was refused."
    ),
    Action.GRANT_READ: _("{who} tried to look at your access, and was refused."),
    Action.GRANT_PREVIEWED: _("{who} tried to look at your access, and was refused."),
    Action.GRANT_ACCEPTED: _("{who} tried to answer for you, and was refused."),
    Action.GRANT_DECLINED: _("{who} tried to answer for you, and was refused."),
    Action.GRANT_CHANGED: _("{who} tried to change your access, and was refused."),
    Action.GRANT_ENDED: _("{who} tried to end an access, and was refused."),
    Action.ACCESS_EXPLAINED: _(
        "{who} tried to find out who can see a record of yours, and was refused."
    ),
}
DID = _("{who} did this: {action}.")
DID_IN_VAIN = _("{who} tried this, and was refused: {action}.")


def sentence_about(entry: AccessEntry, *, is_own: bool) -> str:
    """The sentence for a line, with places for who, doctor, record and records.

    What has none of its own, such as an action of another release, is named.

    :param is_own: whether the reader did it.
    """
    if entry.outcome != Outcome.ALLOWED:
        return str(TRIED.get(entry.action, DID_IN_VAIN))
    own = OWN.get(entry.action) if is_own else None
    return str(own or OTHERS.get(entry.action, DID))


def action_in_words(action: str) -> str:
    """An action that has no sentence, in the words of the ledger."""
    try:
        label = str(Action(action).label)
    except ValueError:
        return action
    return translate(label)
