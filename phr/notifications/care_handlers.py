"""Who is told about care, as tables: grants, emergencies, doctors' licences."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, cast

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.accounts.rights import Right, staff_with
from phr.care.choices import OPEN, EmergencyVerdict
from phr.care.events import (
    AccessRequested,
    DoctorAssigned,
    DoctorInvited,
    DoctorRefused,
    DoctorVerified,
    EmergencyAccessOpened,
    EmergencyReviewed,
    GrantAccepted,
    GrantChanged,
    GrantDeclined,
    GrantEnded,
    GrantEvent,
    LicenseHandedIn,
    VerificationEvent,
)
from phr.care.models import CareGrant, DoctorVerification
from phr.core.events import SubjectErased, subscribe
from phr.core.languages import filled
from phr.core.models import OutboxEvent
from phr.notifications.inbox_limits import Line, named
from phr.notifications.models import NotificationType
from phr.notifications.notify import notify

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Notice(Generic[Subject]):
    """What is told of an event.

    :param recipients: who is notified; nobody if it does not apply to this subject.
    :param message: with %(patient)s and %(doctor)s where their names stand; of a
        licence with %(until)s, too.
    """

    recipients: Callable[[Subject], Iterable[User]]
    notification_type: NotificationType
    title: Promise
    message: Promise


def the_patient(grant: CareGrant) -> list[User]:
    return [grant.patient.user]


def the_doctor(grant: CareGrant) -> list[User]:
    return [grant.doctor.user]


def both(grant: CareGrant) -> list[User]:
    return [grant.patient.user, grant.doctor.user]


def a_doctor_let_in(grant: CareGrant) -> list[User]:
    """Who waits learns the terms when accepted."""
    return the_doctor(grant) if grant.was_open else []


def who_did_not_end_it(grant: CareGrant) -> list[User]:
    """Both, if it was staff."""
    return [user for user in both(grant) if user != grant.ended_by]


def who_did_not_end_access(grant: CareGrant) -> list[User]:
    return who_did_not_end_it(grant) if grant.was_open else []


def who_did_not_close_the_request(grant: CareGrant) -> list[User]:
    return [] if grant.was_open else who_did_not_end_it(grant)


def both_if_justified(grant: CareGrant) -> list[User]:
    is_justified = grant.emergency.verdict == EmergencyVerdict.JUSTIFIED
    return both(grant) if is_justified else []


def both_if_not_justified(grant: CareGrant) -> list[User]:
    return [] if both_if_justified(grant) else both(grant)


def the_verified(verification: DoctorVerification) -> list[User]:
    return [verification.doctor.user]


OF_GRANTS: Mapping[type[GrantEvent], tuple[Notice[CareGrant], ...]] = {
    DoctorAssigned: (
        Notice(
            the_doctor,
            NotificationType.PATIENT_ASSIGNED,
            _("New patient"),
            _("%(patient)s is now in your care."),
        ),
        Notice(
            the_patient,
            NotificationType.DOCTOR_ASSIGNED,
            _("Your doctor"),
            _("%(doctor)s is now your doctor and may read your health records."),
        ),
    ),
    AccessRequested: (
        Notice(
            the_patient,
            NotificationType.CARE_REQUESTED,
            _("A doctor asks for access"),
            _("%(doctor)s asks to read your health records."),
        ),
    ),
    DoctorInvited: (
        Notice(
            the_doctor,
            NotificationType.CARE_CHANGED,
            _("A patient has given you access"),
            _("%(patient)s has given you access to their health records."),
        ),
    ),
    GrantAccepted: (
        Notice(
            the_doctor,
            NotificationType.CARE_CHANGED,
            _("Your request was accepted"),
            _("%(patient)s has accepted your request to read their health records."),
        ),
    ),
    GrantDeclined: (
        # Without the patient's name: a doctor may ask somebody they do not know.
        Notice(
            the_doctor,
            NotificationType.CARE_CHANGED,
            _("Your request was declined"),
            _("A patient has declined your request for access."),
        ),
    ),
    GrantChanged: (
        Notice(
            a_doctor_let_in,
            NotificationType.CARE_CHANGED,
            _("Access has changed"),
            _(
                "%(patient)s has changed which health records you can read, or "
                "until when."
            ),
        ),
    ),
    GrantEnded: (
        Notice(
            who_did_not_end_access,
            NotificationType.CARE_CHANGED,
            _("Access has ended"),
            _("%(doctor)s can no longer read the health records of %(patient)s."),
        ),
        # A request that is closed before an answer names the patient to nobody.
        Notice(
            who_did_not_close_the_request,
            NotificationType.CARE_CHANGED,
            _("A request was closed"),
            _("The request of %(doctor)s to read health records was closed."),
        ),
    ),
    EmergencyAccessOpened: (
        Notice(
            the_patient,
            NotificationType.EMERGENCY_ACCESS,
            _("Emergency access to your records"),
            _(
                "%(doctor)s has opened your health records in an emergency. You "
                "can end this access at any time. Staff will review it."
            ),
        ),
        Notice(
            lambda _grant: staff_with(Right.REVIEW_EMERGENCIES),
            NotificationType.EMERGENCY_ACCESS,
            _("Emergency access to review"),
            _("%(doctor)s has used emergency access. Please review it."),
        ),
    ),
    EmergencyReviewed: (
        Notice(
            both_if_justified,
            NotificationType.EMERGENCY_ACCESS,
            _("Emergency access was reviewed"),
            _("Staff have reviewed the emergency access of %(doctor)s: justified."),
        ),
        Notice(
            both_if_not_justified,
            NotificationType.EMERGENCY_ACCESS,
            _("Emergency access was reviewed"),
            _("Staff have reviewed the emergency access of %(doctor)s: not justified."),
        ),
    ),
}

# What these say is untrue once the grant is closed, and is not told then: that it was
# closed is an event of its own (ADR 88).
OF_OPEN_GRANTS = (
    DoctorAssigned,
    AccessRequested,
    DoctorInvited,
    GrantAccepted,
    GrantChanged,
)

OF_LICENSES: Mapping[type[VerificationEvent], Notice[DoctorVerification]] = {
    LicenseHandedIn: Notice(
        lambda _verification: staff_with(Right.VERIFY_DOCTORS),
        NotificationType.VERIFICATION,
        _("A licence to verify"),
        _("%(doctor)s has submitted a licence."),
    ),
    DoctorVerified: Notice(
        the_verified,
        NotificationType.VERIFICATION,
        _("You are verified"),
        _("Staff have verified you until %(until)s."),
    ),
    DoctorRefused: Notice(
        the_verified,
        NotificationType.VERIFICATION,
        _("Your licence was refused"),
        _("Staff have not accepted your licence. See the reason in your verification."),
    ),
}


@subscribe(*OF_GRANTS)
def notify_of_grant(event: GrantEvent, row: OutboxEvent) -> None:
    """:raises SubjectErased: its patient has been erased."""
    grants = CareGrant.objects.select_related(
        "patient__user", "doctor__user", "ended_by"
    )
    grant = grants.filter(pk=event.grant_id).first()
    if grant is None:
        raise SubjectErased
    if isinstance(event, OF_OPEN_GRANTS) and grant.status not in OPEN:
        return
    names = {"patient": named(grant.patient), "doctor": named(grant.doctor)}
    for notice in OF_GRANTS[type(event)]:
        message = filled(notice.message, **names)
        line = Line(notice.notification_type, notice.title, message, grant.patient)
        notify(row, notice.recipients(grant), line)


def local_day(at: datetime) -> Promise:
    """The day of a time, where and as its reader says it."""
    said_later = lazy(lambda: date_format(timezone.localtime(at), "DAY"), str)()
    return cast(Promise, said_later)  # for the type checker it was said already


@subscribe(*OF_LICENSES)
def notify_of_license(event: VerificationEvent, row: OutboxEvent) -> None:
    verifications = DoctorVerification.objects.select_related("doctor__user")
    verification = verifications.get(pk=event.verification_id)
    notice = OF_LICENSES[type(event)]
    until = verification.valid_until
    message = filled(
        notice.message,
        doctor=named(verification.doctor),
        until=local_day(until) if until else "",
    )
    line = Line(notice.notification_type, notice.title, message)
    notify(row, notice.recipients(verification), line)
