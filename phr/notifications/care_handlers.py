"""Who is told about care, as tables: grants, emergencies, doctors' licences."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from phr.core.events import Delivery
from phr.core.languages import filled
from phr.notifications.inbox_limits import Line, News, named
from phr.notifications.models import NotificationType
from phr.notifications.notify import tells

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Notice(Generic[Subject]):
    """What is told of an event.

    :param recipients: who is notified, nobody if it does not apply to this subject; or
        the right by which staff are.
    :param message: with %(patient)s and %(doctor)s where their names stand; of a
        licence with %(until)s, too.
    """

    recipients: Callable[[Subject], Sequence[User]] | Right
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
            Right.REVIEW_EMERGENCIES,
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
        Right.VERIFY_DOCTORS,
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


def recipients(
    notices: Iterable[Notice[Subject]],
) -> Callable[[Notice[Subject], Subject], Sequence[User]]:
    """Who is told by each of these, with staff looked up once for a whole batch."""
    rights = {each.recipients for each in notices if isinstance(each.recipients, Right)}
    staff = {right: staff_with(right) for right in rights}

    def of_subject(notice: Notice[Subject], subject: Subject) -> Sequence[User]:
        if isinstance(notice.recipients, Right):
            return staff[notice.recipients]
        return notice.recipients(subject)

    return of_subject


@tells(*OF_GRANTS)
def news_of_grants(deliveries: Sequence[Delivery[GrantEvent]]) -> Iterator[News]:
    grants = CareGrant.objects.select_related(
        "patient__user", "doctor__user", "ended_by", "emergency"
    ).in_bulk([each.event.grant_id for each in deliveries])
    told = [
        (each.row, grants[each.event.grant_id], notice)
        for each in deliveries
        if is_told(each.event, grants.get(each.event.grant_id))
        for notice in OF_GRANTS[type(each.event)]
    ]
    who = recipients(notice for _, _, notice in told)
    for row, grant, notice in told:
        names = {"patient": named(grant.patient), "doctor": named(grant.doctor)}
        message = filled(notice.message, **names)
        line = Line(notice.notification_type, notice.title, message, grant.patient)
        yield News(row, who(notice, grant), line)


def is_told(event: GrantEvent, grant: CareGrant | None) -> bool:
    """Not if its patient has been erased, or what it says has become untrue."""
    if grant is None:
        return False
    return grant.status in OPEN or not isinstance(event, OF_OPEN_GRANTS)


def day_here(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DAY")


day_later = lazy(day_here, str)


def local_day(at: datetime) -> Promise:
    """The day of a time, where and as its reader says it."""
    # For the type checker it was said already.
    return cast(Promise, day_later(at))


@tells(*OF_LICENSES)
def news_of_licenses(
    deliveries: Sequence[Delivery[VerificationEvent]],
) -> Iterator[News]:
    verifications = DoctorVerification.objects.select_related("doctor__user").in_bulk(
        [each.event.verification_id for each in deliveries]
    )
    who = recipients(OF_LICENSES[type(each.event)] for each in deliveries)
    for each in deliveries:
        verification = verifications[each.event.verification_id]
        notice = OF_LICENSES[type(each.event)]
        until = verification.valid_until
        message = filled(
            notice.message,
            doctor=named(verification.doctor),
            until=local_day(until) if until else "",
        )
        line = Line(notice.notification_type, notice.title, message)
        yield News(each.row, who(notice, verification), line)
