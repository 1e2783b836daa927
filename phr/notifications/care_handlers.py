"""Who is told about care: grants, emergencies, doctors' licences."""

from phr.accounts.rights import Right, staff_with
from phr.care.models import CareGrant, DoctorVerification
from phr.core.events import SubjectErased, subscribe
from phr.core.models import OutboxEvent
from phr.core.queues import Queue
from phr.notifications.inbox_limits import Line, named
from phr.notifications.models import NotificationType
from phr.notifications.notify import notify


def grant_of(event: OutboxEvent) -> CareGrant:
    """:raises SubjectErased: its patient has been erased."""
    grants = CareGrant.objects.select_related(
        "patient__user", "doctor__user", "ended_by"
    )
    grant = grants.filter(pk=event.payload["grant_id"]).first()
    if grant is None:
        raise SubjectErased
    return grant


def verification_of(event: OutboxEvent) -> DoctorVerification:
    verifications = DoctorVerification.objects.select_related("doctor__user")
    return verifications.get(pk=event.payload["verification_id"])


@subscribe("care.doctor_assigned")
def tell_doctor_and_patient(event: OutboxEvent) -> None:
    grant = grant_of(event)
    notify(
        event,
        [grant.doctor.user],
        Line(
            NotificationType.PATIENT_ASSIGNED,
            "New patient",
            f"{named(grant.patient)} is now in your care.",
            about=grant.patient,
        ),
    )
    notify(
        event,
        [grant.patient.user],
        Line(
            NotificationType.DOCTOR_ASSIGNED,
            "Your doctor",
            f"{named(grant.doctor)} is now your doctor and may read your health "
            "records.",
            about=grant.patient,
        ),
    )


@subscribe("care.access_requested")
def ask_the_patient(event: OutboxEvent) -> None:
    grant = grant_of(event)
    notify(
        event,
        [grant.patient.user],
        Line(
            NotificationType.CARE_REQUESTED,
            "A doctor asks for access",
            f"{named(grant.doctor)} asks to read your health records.",
            about=grant.patient,
        ),
    )


@subscribe("care.doctor_invited")
def tell_the_invited_doctor(event: OutboxEvent) -> None:
    grant = grant_of(event)
    notify(
        event,
        [grant.doctor.user],
        Line(
            NotificationType.CARE_CHANGED,
            "A patient has let you in",
            f"{named(grant.patient)} has given you access to their health records.",
            about=grant.patient,
        ),
    )


@subscribe("care.grant_accepted")
def tell_of_acceptance(event: OutboxEvent) -> None:
    grant = grant_of(event)
    notify(
        event,
        [grant.doctor.user],
        Line(
            NotificationType.CARE_CHANGED,
            "Access was given",
            f"{named(grant.patient)} has accepted that you read their health records.",
            about=grant.patient,
        ),
    )


@subscribe("care.grant_declined")
def tell_of_refusal(event: OutboxEvent) -> None:
    """Without the patient's name: a doctor may ask somebody they do not know."""
    grant = grant_of(event)
    notify(
        event,
        [grant.doctor.user],
        Line(
            NotificationType.CARE_CHANGED,
            "Access was declined",
            "A patient whom you have asked for access has declined.",
            about=grant.patient,
        ),
    )


@subscribe("care.grant_changed")
def tell_of_other_terms(event: OutboxEvent) -> None:
    """The doctor of an active grant; one who waits learns the terms when accepted."""
    grant = grant_of(event)
    if not grant.was_open:
        return
    notify(
        event,
        [grant.doctor.user],
        Line(
            NotificationType.CARE_CHANGED,
            "Access has changed",
            f"{named(grant.patient)} has changed which health records you can read, "
            "or until when.",
            about=grant.patient,
        ),
    )


@subscribe("care.grant_ended")
def tell_the_other_side(event: OutboxEvent) -> None:
    """Whoever did not end it learns of it; both do if it was staff."""
    grant = grant_of(event)
    if not grant.was_open:
        tell_of_request_withdrawn(event, grant)
        return
    sides = (grant.patient.user, grant.doctor.user)
    notify(
        event,
        [user for user in sides if user != grant.ended_by],
        Line(
            NotificationType.CARE_CHANGED,
            "Access has ended",
            f"{named(grant.doctor)} can no longer read the health records of "
            f"{named(grant.patient)}.",
            about=grant.patient,
        ),
    )


def tell_of_request_withdrawn(event: OutboxEvent, grant: CareGrant) -> None:
    """A request that is closed before an answer names the patient to nobody."""
    sides = (grant.patient.user, grant.doctor.user)
    notify(
        event,
        [user for user in sides if user != grant.ended_by],
        Line(
            NotificationType.CARE_CHANGED,
            "A request was closed",
            f"The request of {named(grant.doctor)} to read health records was closed.",
            about=grant.patient,
        ),
    )


@subscribe("care.emergency_access", Queue.URGENT)
def tell_patient_and_staff(event: OutboxEvent) -> None:
    grant = grant_of(event)
    notify(
        event,
        [grant.patient.user],
        Line(
            NotificationType.EMERGENCY_ACCESS,
            "Emergency access to your records",
            f"{named(grant.doctor)} has opened your health records in an emergency. "
            "You can end this access at any time; staff review it.",
            about=grant.patient,
        ),
    )
    notify(
        event,
        staff_with(Right.REVIEW_EMERGENCIES),
        Line(
            NotificationType.EMERGENCY_ACCESS,
            "Emergency access to review",
            f"{named(grant.doctor)} has used emergency access. Please review it.",
            about=grant.patient,
        ),
    )


@subscribe("care.emergency_reviewed")
def tell_both_of_the_review(event: OutboxEvent) -> None:
    grant = grant_of(event)
    verdict = grant.emergency.get_verdict_display().lower()
    notify(
        event,
        [grant.patient.user, grant.doctor.user],
        Line(
            NotificationType.EMERGENCY_ACCESS,
            "Emergency access was reviewed",
            f"Staff have reviewed the emergency access of {named(grant.doctor)}: "
            f"{verdict}.",
            about=grant.patient,
        ),
    )


@subscribe("care.license_handed_in")
def tell_staff_of_license(event: OutboxEvent) -> None:
    verification = verification_of(event)
    notify(
        event,
        staff_with(Right.VERIFY_DOCTORS),
        Line(
            NotificationType.VERIFICATION,
            "A licence to verify",
            f"{named(verification.doctor)} has handed in a licence.",
        ),
    )


@subscribe("care.doctor_verified")
def tell_the_verified_doctor(event: OutboxEvent) -> None:
    verification = verification_of(event)
    assert verification.valid_until is not None
    notify(
        event,
        [verification.doctor.user],
        Line(
            NotificationType.VERIFICATION,
            "You are verified",
            f"Staff have verified you until {verification.valid_until:%Y-%m-%d}.",
        ),
    )


@subscribe("care.doctor_refused")
def tell_the_refused_doctor(event: OutboxEvent) -> None:
    notify(
        event,
        [verification_of(event).doctor.user],
        Line(
            NotificationType.VERIFICATION,
            "Your licence was refused",
            "Staff have not accepted your licence. Your verification says why.",
        ),
    )
