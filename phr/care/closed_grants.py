"""Why a grant opens nothing at present, and whether it still names its patient."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.models import CareGrant, DoctorProfile

NOT_STARTED, NOT_VERIFIED = "NOT_STARTED", "NOT_VERIFIED"
# Why, with how many of the records the doctor can see.
CLOSED = {
    GrantStatus.PENDING: _(
        "%(visible)s of %(total)s, because it has not been accepted."
    ),
    GrantStatus.DECLINED: _("%(visible)s of %(total)s, because it was declined."),
    GrantStatus.ENDED: _("%(visible)s of %(total)s, because it was ended."),
    GrantStatus.EXPIRED: _("%(visible)s of %(total)s, because it has expired."),
    NOT_STARTED: _("%(visible)s of %(total)s, because it has not started yet."),
    NOT_VERIFIED: _("%(visible)s of %(total)s, because the doctor is not verified."),
}


def why_closed(grant: CareGrant, at: datetime) -> str:
    """The key of `CLOSED` for a grant, empty for one that is open."""
    state = grant.state(at)
    if state != GrantStatus.ACTIVE:
        return state
    if grant.starts_at > at:
        return NOT_STARTED
    return why_doctor_is_kept_out(grant.doctor, grant.origin)


def why_doctor_is_kept_out(doctor: DoctorProfile, origin: str) -> str:
    """The key of `CLOSED` if no such grant gives the doctor access, else empty."""
    needed = settings.CARE_CONSENT_REQUIRED or origin == GrantOrigin.EMERGENCY
    return NOT_VERIFIED if needed and not doctor.is_verified else ""


def names_patient_to(reader: User, grant: CareGrant, at: datetime) -> bool:
    """Whether one who may read a grant reads the patient's name in it.

    A doctor does only while the grant is open: anybody may ask anybody for access, and
    what has ended opens nothing.
    """
    return reader.user_type != UserType.DOCTOR or not why_closed(grant, at)
