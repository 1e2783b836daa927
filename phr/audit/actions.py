"""What can be done with somebody's data: each action that the ledger knows."""

from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Action(TextChoices):
    """An action as it is stored, app.thing_happened, and the sentence people read.

    The stored values are for ever: lines are never changed. The actor, and whether it
    was refused, are added separately: see `sentence_of`.
    """

    # accounts
    SIGNED_IN = "accounts.signed_in", _("Signed in")
    SESSION_ENDED = "accounts.session_ended", _("Ended one of their sessions")
    ALL_SESSIONS_ENDED = "accounts.all_sessions_ended", _("Signed out everywhere")
    PASSWORD_CHANGED = "accounts.password_changed", _("Changed their password")
    PASSWORD_RESET = (
        "accounts.password_reset",
        _("Reset their password with a mailed link"),
    )
    EMAIL_CONFIRMED = "accounts.email_confirmed", _("Confirmed their e-mail address")
    TOTP_ADDED = "accounts.totp_added", _("Set up an authenticator app")
    TOTP_REMOVED = "accounts.totp_removed", _("Removed their authenticator app")
    PASSKEY_ADDED = "accounts.passkey_added", _("Added a passkey")
    PASSKEY_REMOVED = "accounts.passkey_removed", _("Removed a passkey")
    RECOVERY_CODES_MADE = "accounts.recovery_codes_made", _("Made new recovery codes")
    FACTORS_REMOVED_BY_STAFF = (
        "accounts.factors_removed_by_staff",
        _("Staff removed the second factors of the account"),
    )
    ACCOUNT_CHANGED_BY_STAFF = (
        "accounts.account_changed_by_staff",
        _("Changed the account as staff"),
    )
    ADDRESS_CHANGED_BY_STAFF = (
        "accounts.address_changed_by_staff",
        _("Changed the account's e-mail address as staff"),
    )
    BIRTH_DATE_CHANGED_BY_STAFF = (
        "accounts.birth_date_changed_by_staff",
        _("Changed the date of birth as staff"),
    )
    PASSWORD_LINK_SENT_BY_STAFF = (
        "accounts.password_link_sent_by_staff",
        _("Sent the owner of the account a link to set a new password"),
    )
    SESSION_ENDED_BY_STAFF = (
        "accounts.session_ended_by_staff",
        _("Ended a session as staff"),
    )
    PAGE_REFUSED = "accounts.page_refused", _("Opened a page of the admin site")

    # care
    PATIENT_REGISTERED = "care.patient_registered", _("Created the patient's profile")
    PROFILE_CHANGED = "care.profile_changed", _("Changed their profile")
    PATIENTS_LISTED = "care.patients_listed", _("Listed their patients")
    DOCTOR_ASSIGNED = "care.doctor_assigned", _("Put the patient in a doctor's care")
    DOCTOR_INVITED = "care.doctor_invited", _("Gave a doctor access")
    ACCESS_REQUESTED = "care.access_requested", _("Asked for access")
    GRANT_READ = "care.grant_read", _("Looked at a doctor's access")
    GRANT_PREVIEWED = "care.grant_previewed", _("Previewed what a doctor can see")
    GRANT_ACCEPTED = "care.grant_accepted", _("Accepted a request for access")
    GRANT_DECLINED = "care.grant_declined", _("Declined a request for access")
    GRANT_CHANGED = "care.grant_changed", _("Changed a doctor's access")
    GRANT_ENDED = "care.grant_ended", _("Ended a doctor's access")
    EMERGENCY_ACCESS = "care.emergency_access", _("Opened emergency access")
    EMERGENCY_REVIEWED = "care.emergency_reviewed", _("Reviewed an emergency access")
    LICENSE_HANDED_IN = "care.license_handed_in", _("Submitted a licence")
    DOCTOR_DECIDED = "care.doctor_decided", _("Decided about a doctor's verification")
    DOCTOR_VERIFIED = "care.doctor_verified", _("Verified a doctor")
    DOCTOR_REFUSED = "care.doctor_refused", _("Did not verify a doctor")
    DOCTOR_CORRECTED = "care.doctor_corrected", _("Corrected a doctor's details")

    # health records
    CHART_OPENED = "health_records.chart_opened", _("Opened the patient's chart")
    RECORDS_LISTED = "health_records.records_listed", _("Listed health records")
    RECORD_OPENED = "health_records.record_opened", _("Opened a health record")
    HISTORY_READ = (
        "health_records.history_read",
        _("Read the history of a health record"),
    )
    RECORD_CREATED = "health_records.record_created", _("Added a health record")
    RECORD_CHANGED = "health_records.record_changed", _("Changed a health record")
    RECORD_DELETED = "health_records.record_deleted", _("Deleted a health record")
    RECORD_RESTORED = "health_records.record_restored", _("Restored a deleted record")
    RECORD_PURGED = (
        "health_records.record_purged",
        _("Removed deleted records for good"),
    )
    COMMENTS_READ = (
        "health_records.comments_read",
        _("Read comments on a health record"),
    )
    COMMENT_ADDED = "health_records.comment_added", _("Commented on a health record")
    COMMENT_CHANGED = "health_records.comment_changed", _("Changed a comment")
    COMMENT_DELETED = "health_records.comment_deleted", _("Deleted a comment")
    ACCESS_EXPLAINED = (
        "health_records.access_explained",
        _("Asked whether a doctor can see a health record"),
    )
    TEXT_READ_BY_STAFF = (
        "health_records.text_read_by_staff",
        _("Read the text of a health record as staff"),
    )
    PROFILE_READ_BY_STAFF = (
        "health_records.profile_read_by_staff",
        _("Read a patient's profile as staff"),
    )

    # the rest
    PREFERENCES_CHANGED = (
        "notifications.preferences_changed",
        _("Changed their notification settings"),
    )
    LOG_DOWNLOADED = "audit.log_downloaded", _("Downloaded their access log")
    EXPORT_REQUESTED = "archive.export_asked", _("Requested an export of the account")
    EXPORT_READ = "archive.export_read", _("Looked at an export of the account")
    EXPORT_READY = "archive.export_ready", _("Finished an export of the account")
    EXPORT_DOWNLOADED = (
        "archive.export_downloaded",
        _("Downloaded an export of the account"),
    )
    ACCOUNT_IMPORTED = "archive.account_imported", _("Imported the account")
    ERASURE_REQUESTED = "erasure.asked", _("Requested the erasure of the account")
    ERASURE_CANCELLED = "erasure.cancelled", _("Cancelled the erasure of the account")
    ERASURE_BEGUN = "erasure.begun", _("Began to erase the account")
    ACCOUNT_ERASED = "erasure.account_erased", _("Erased the account")
    ACCOUNT_CLOSED = "erasure.account_closed", _("Closed the account")


# What shows somebody the content of records.
LOOKS = (
    Action.CHART_OPENED,
    Action.RECORDS_LISTED,
    Action.RECORD_OPENED,
    Action.HISTORY_READ,
    Action.COMMENTS_READ,
    Action.TEXT_READ_BY_STAFF,
    Action.PROFILE_READ_BY_STAFF,
)


def sentence_of(action: str, outcome: str) -> str:
    """What people read of a line; an action of another release stays as it is stored.

    :param outcome: a value of `Outcome`; all but ALLOWED was refused.
    """
    try:
        sentence = str(Action(action).label)
    except ValueError:
        sentence = action
    if outcome == "ALLOWED":
        return sentence
    # In each language, the sentences begin with a word that can be in lower case.
    refused = f"{sentence[0].lower()}{sentence[1:]}"
    return gettext("Refused: %(sentence)s") % {"sentence": refused}
