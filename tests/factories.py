"""Each factory makes one valid thing; a trait names a state."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from phr.accounts.models import User, UserType
from phr.archive.models import Export, ExportPiece, ExportStatus
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.care.choices import EmergencyReason, GrantOrigin, GrantStatus, RecordType
from phr.care.models import (
    CareGrant,
    DoctorProfile,
    DoctorVerification,
    EmergencyAccess,
    PatientProfile,
)
from phr.care.querysets import searched_as
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.erasure.models import Erasure
from phr.health_records.models import DoctorComment, HealthRecord
from phr.health_records.search import stored_words
from phr.notifications.models import (
    Channel,
    Notification,
    NotificationPreference,
    NotificationType,
)
from tests.some_events import NothingHappened

AN_HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery 7"
EXPORTED = b"the bytes of an archive ..."
PASSWORD_HASH = make_password(PASSWORD)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    first_name = "Pat"
    last_name = factory.Sequence(lambda n: f"Person{n}")
    password = PASSWORD_HASH
    user_type = UserType.PATIENT


class StaffFactory(UserFactory):
    user_type = UserType.ADMIN
    is_staff = True


class PatientFactory(DjangoModelFactory[PatientProfile]):
    class Meta:
        model = PatientProfile

    user = factory.SubFactory(UserFactory)


class DoctorFactory(DjangoModelFactory[DoctorProfile]):
    class Meta:
        model = DoctorProfile

    user = factory.SubFactory(UserFactory, user_type=UserType.DOCTOR)
    specialization = "Cardiology"
    license_number = factory.Sequence(lambda n: f"BIG-{n:06}")
    years_of_experience = 12
    search_text = factory.LazyAttribute(
        lambda doctor: searched_as(
            doctor.user.first_name, doctor.user.last_name, doctor.specialization
        )
    )

    class Params:
        verified = factory.Trait(
            verified_at=MONDAY, verified_by=factory.SubFactory(StaffFactory)
        )


class CareGrantFactory(DjangoModelFactory[CareGrant]):
    class Meta:
        model = CareGrant

    patient = factory.SubFactory(PatientFactory)
    doctor = factory.SubFactory(DoctorFactory)
    status = GrantStatus.ACTIVE
    origin = GrantOrigin.STAFF
    starts_at = MONDAY
    requested_at = MONDAY
    requested_by = factory.SelfAttribute("doctor.user")
    decided_at = factory.LazyAttribute(
        lambda grant: None if grant.status == GrantStatus.PENDING else MONDAY
    )

    class Params:
        primary = factory.Trait(is_primary=True)
        pending = factory.Trait(status=GrantStatus.PENDING)
        declined = factory.Trait(status=GrantStatus.DECLINED)
        ended = factory.Trait(
            status=GrantStatus.ENDED, ended_at=MONDAY + timedelta(days=30)
        )
        expired = factory.Trait(expires_at=MONDAY + timedelta(days=30))


class DoctorVerificationFactory(DjangoModelFactory[DoctorVerification]):
    """A licence that waits for staff."""

    class Meta:
        model = DoctorVerification

    doctor = factory.SubFactory(DoctorFactory)
    license_number = factory.SelfAttribute("doctor.license_number")
    authority = "Medical Board"


class EmergencyAccessFactory(DjangoModelFactory[EmergencyAccess]):
    """A doctor has opened records an instant ago; nobody has reviewed it."""

    class Meta:
        model = EmergencyAccess

    grant = factory.SubFactory(
        CareGrantFactory,
        origin=GrantOrigin.EMERGENCY,
        starts_at=factory.LazyFunction(timezone.now),
        expires_at=factory.LazyAttribute(lambda grant: grant.starts_at + AN_HOUR),
        reason="Found unconscious in the street.",
    )
    reason_code = EmergencyReason.UNCONSCIOUS


class HealthRecordFactory(DjangoModelFactory[HealthRecord]):
    class Meta:
        model = HealthRecord

    patient = factory.SubFactory(PatientFactory)
    record_type = RecordType.CHECKUP
    title = "Yearly check-up"
    description = "Blood pressure 120/80."
    visit_date = MONDAY
    created_by = factory.SelfAttribute("patient.user")
    search_words = factory.LazyAttribute(
        lambda record: stored_words(record.patient.pk, record.title, record.description)
    )


class DoctorCommentFactory(DjangoModelFactory[DoctorComment]):
    class Meta:
        model = DoctorComment

    health_record = factory.SubFactory(HealthRecordFactory)
    doctor = factory.SubFactory(DoctorFactory)
    comment = "Please come back in a year."


class AccessEntryFactory(DjangoModelFactory[AccessEntry]):
    """A doctor has opened a record; whose and which is for the test to say."""

    class Meta:
        model = AccessEntry

    actor_id = factory.LazyFunction(uuid7)
    actor_role = UserType.DOCTOR
    actor_name = "Bob Stone"
    basis = Basis.GRANT
    action = "health_records.record_opened"
    object_kind = "record"
    object_ids = factory.LazyFunction(lambda: [uuid7()])
    categories = factory.LazyFunction(lambda: [str(RecordType.CHECKUP)])
    count = 1
    face = "api"
    outcome = Outcome.ALLOWED


class OutboxEventFactory(DjangoModelFactory[OutboxEvent]):
    class Meta:
        model = OutboxEvent

    kind = NothingHappened.kind
    payload = factory.LazyFunction(dict)


class ExportFactory(DjangoModelFactory[Export]):
    """Asked for an instant ago; nobody has taken it up."""

    class Meta:
        model = Export
        skip_postgeneration_save = True

    user = factory.LazyAttribute(
        lambda export: (export.patient or PatientFactory()).user
    )

    class Params:
        patient = None
        ready = factory.Trait(
            status=ExportStatus.READY,
            ready_at=factory.LazyFunction(timezone.now),
            expires_at=factory.LazyAttribute(
                lambda export: export.ready_at + timedelta(hours=24)
            ),
            size=len(EXPORTED),
            sha256=sha256(EXPORTED).hexdigest(),
            piece=factory.RelatedFactory(
                "tests.factories.ExportPieceFactory", factory_related_name="export"
            ),
        )


class ExportPieceFactory(DjangoModelFactory[ExportPiece]):
    class Meta:
        model = ExportPiece

    export = factory.SubFactory(ExportFactory, ready=True, piece=None)
    number = 0
    data = EXPORTED


class ErasureFactory(DjangoModelFactory[Erasure]):
    """Somebody has asked for it just now."""

    class Meta:
        model = Erasure

    user_id = factory.LazyFunction(uuid7)
    requested_at = factory.LazyFunction(timezone.now)
    due_at = factory.LazyAttribute(
        lambda erasure: erasure.requested_at + timedelta(days=7)
    )

    class Params:
        erased = factory.Trait(
            begun_at=factory.SelfAttribute("due_at"),
            erased_at=factory.SelfAttribute("due_at"),
        )


class NotificationFactory(DjangoModelFactory[Notification]):
    class Meta:
        model = Notification

    recipient = factory.SubFactory(UserFactory)
    notification_type = NotificationType.NEW_RECORD
    title = "New health record"
    message = "Somebody has added a health record."
    event = factory.SubFactory(OutboxEventFactory)


class NotificationPreferenceFactory(DjangoModelFactory[NotificationPreference]):
    """Somebody wants new records mailed."""

    class Meta:
        model = NotificationPreference

    user = factory.SubFactory(UserFactory)
    notification_type = NotificationType.NEW_RECORD
    channel = Channel.EMAIL
    is_on = True
