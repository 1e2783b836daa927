"""The people of a scenario, in circles: two patients and their doctor."""

from dataclasses import dataclass, field
from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils import timezone

from phr.accounts.models import User
from phr.core.mail_addresses import comparable
from phr.identity.sign_in import start_session
from phr.notifications.models import NotificationType
from tests.factories import (
    MONDAY,
    CareGrantFactory,
    DoctorFactory,
    NotificationPreferenceFactory,
    PatientFactory,
    StaffFactory,
)


@dataclass
class Circle:
    """A patient who writes, whom a doctor cares for, and one who comes and goes.

    :ivar tokens: the access token of each person, by username.
    :ivar written: how many records and comments were begun here: an inbox takes ten
        lines of a kind in an hour.
    """

    patient: User
    doctor: User
    visitor: User
    patient_id: UUID
    visitor_id: UUID
    tokens: dict[str, str] = field(default_factory=dict)
    records: int = 0
    comments: int = 0
    visits: int = 0

    @property
    def people(self) -> tuple[User, User, User]:
        return self.patient, self.doctor, self.visitor


def make_circles(how_many: int) -> list[Circle]:
    staff = StaffFactory()
    return [make_circle(staff) for _ in range(how_many)]


def make_circle(staff: User) -> Circle:
    doctor = DoctorFactory(verified_at=MONDAY, verified_by=staff)
    patient, visitor = PatientFactory(), PatientFactory()
    CareGrantFactory(patient=patient, doctor=doctor, primary=True)
    people, at = (patient.user, doctor.user, visitor.user), timezone.now()
    for user in people:
        want_mails(user)
    return Circle(
        patient=patient.user,
        doctor=doctor.user,
        visitor=visitor.user,
        patient_id=patient.pk,
        visitor_id=visitor.pk,
        tokens={
            user.username: start_session(user=user, at=at, second_factor=True).access
            for user in people
        },
    )


def want_mails(user: User) -> None:
    """Confirm somebody's address, and have all that they are told be mailed, too."""
    address = comparable(user.email)
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    for often in (NotificationType.NEW_RECORD, NotificationType.COMMENT_ADDED):
        NotificationPreferenceFactory(user=user, notification_type=often)
