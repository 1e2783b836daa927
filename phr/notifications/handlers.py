"""Who is told about which event. Each may run twice; the effect is once."""

from collections.abc import Iterable

from phr.accounts.models import LoginSession, User
from phr.care.models import CareGrant
from phr.core.events import subscribe
from phr.core.models import OutboxEvent
from phr.health_records.models import DoctorComment, HealthRecord
from phr.notifications.models import Notification, NotificationType


def tell(
    event: OutboxEvent,
    recipients: Iterable[User],
    notification_type: NotificationType,
    title: str,
    message: str,
) -> None:
    """Put one line in each inbox, unless this event has put one there before."""
    Notification.objects.bulk_create(
        [
            Notification(
                event=event,
                recipient=recipient,
                notification_type=notification_type,
                title=title,
                message=message,
            )
            for recipient in recipients
        ],
        ignore_conflicts=True,
    )


def grant_of(event: OutboxEvent) -> CareGrant:
    grants = CareGrant.objects.select_related(
        "patient__user", "doctor__user", "ended_by"
    )
    return grants.get(pk=event.payload["grant_id"])


def doctors_covering(record: HealthRecord) -> list[User]:
    """The doctors who may read the record now."""
    grants = CareGrant.objects.open_now().filter(patient=record.patient_id)
    covering = grants.covering(record.record_type, record.visit_date)
    return list(User.objects.filter(doctor_profile__care_grants__in=covering))


@subscribe("care.doctor_assigned")
def tell_doctor_and_patient(event: OutboxEvent) -> None:
    grant = grant_of(event)
    tell(
        event,
        [grant.doctor.user],
        NotificationType.PATIENT_ASSIGNED,
        "New patient",
        f"{grant.patient} is now in your care.",
    )
    tell(
        event,
        [grant.patient.user],
        NotificationType.DOCTOR_ASSIGNED,
        "Your doctor",
        f"{grant.doctor} is now your doctor and may read your health records.",
    )


@subscribe("care.access_requested")
def ask_the_patient(event: OutboxEvent) -> None:
    grant = grant_of(event)
    tell(
        event,
        [grant.patient.user],
        NotificationType.CARE_REQUESTED,
        "A doctor asks for access",
        f"{grant.doctor} asks to read your health records.",
    )


@subscribe("care.grant_ended")
def tell_the_other_side(event: OutboxEvent) -> None:
    """Whoever did not end it learns of it; both do if it was staff."""
    grant = grant_of(event)
    sides = (grant.patient.user, grant.doctor.user)
    tell(
        event,
        [user for user in sides if user != grant.ended_by],
        NotificationType.CARE_CHANGED,
        "Access has ended",
        f"{grant.doctor} can no longer read the health records of {grant.patient}.",
    )


@subscribe("health_records.record_created")
def tell_the_doctors(event: OutboxEvent) -> None:
    records = HealthRecord.objects.live().select_related("patient__user")
    record = records.filter(pk=event.payload["record_id"]).first()
    if record is None:
        return  # deleted before anybody was told
    tell(
        event,
        doctors_covering(record),
        NotificationType.NEW_RECORD,
        "New health record",
        f"{record.patient} has added a health record.",
    )


@subscribe("health_records.comment_added")
def tell_patient_and_other_doctors(event: OutboxEvent) -> None:
    comment = comment_of(event)
    if comment is None:
        return  # taken back before anybody was told
    record, author = comment.health_record, comment.doctor.user
    readers = [user for user in doctors_covering(record) if user != author]
    if not comment.is_private:
        readers.append(record.patient.user)
    tell_of_comment(event, comment, readers)


def comment_of(event: OutboxEvent) -> DoctorComment | None:
    comments = DoctorComment.objects.filter(health_record__deleted_at=None)
    related = comments.select_related("health_record__patient__user", "doctor__user")
    return related.filter(pk=event.payload["comment_id"]).first()


def tell_of_comment(
    event: OutboxEvent, comment: DoctorComment, readers: Iterable[User]
) -> None:
    patient = comment.health_record.patient
    tell(
        event,
        readers,
        NotificationType.COMMENT_ADDED,
        "New comment",
        f"{comment.doctor} has commented on a health record of {patient}.",
    )


@subscribe("health_records.comment_published")
def tell_the_patient(event: OutboxEvent) -> None:
    """Of a comment that was private before; the doctors have been told already."""
    comment = comment_of(event)
    if comment is None or comment.is_private:
        return
    tell_of_comment(event, comment, [comment.health_record.patient.user])


@subscribe("accounts.signed_in_from_new_place")
def tell_of_new_place(event: OutboxEvent) -> None:
    tell(
        event,
        [user_of_session(event)],
        NotificationType.SECURITY,
        "Sign-in from a new place",
        "Your account was used from an address not seen before. If that was not "
        "you, tell the administrators of this server.",
    )


@subscribe("accounts.refresh_reused")
def tell_of_reuse(event: OutboxEvent) -> None:
    tell(
        event,
        [user_of_session(event)],
        NotificationType.SECURITY,
        "A sign-in was ended",
        "One of your sign-ins was ended, because its refresh token was used twice. "
        "If that happens again, tell the administrators of this server.",
    )


@subscribe("accounts.password_changed")
def tell_of_new_password(event: OutboxEvent) -> None:
    tell(
        event,
        [User.objects.get(pk=event.payload["user_id"])],
        NotificationType.SECURITY,
        "Your password was changed",
        "Your account has a new password, and all your sign-ins were ended. If nobody "
        "did that for you, tell the administrators of this server.",
    )


def user_of_session(event: OutboxEvent) -> User:
    sessions = LoginSession.objects.select_related("user")
    return sessions.get(pk=event.payload["session_id"]).user
