"""What happens to grants, and to doctors' licences."""

from dataclasses import dataclass
from uuid import UUID

from phr.accounts.events import AccountEvent
from phr.core.events import Event
from phr.core.queues import Queue


@dataclass(frozen=True, kw_only=True)
class GrantEvent(Event):
    """About one grant."""

    grant_id: UUID


@dataclass(frozen=True, kw_only=True)
class VerificationEvent(Event):
    """About one licence that a doctor submitted, or that staff decided about."""

    verification_id: UUID


class DoctorAssigned(GrantEvent):
    """A doctor is a patient's primary doctor now; both are told."""

    kind = "care.doctor_assigned"


class AccessRequested(GrantEvent):
    """A doctor asks a patient for access; the patient is told."""

    kind = "care.access_requested"


class DoctorInvited(GrantEvent):
    """A patient has let in a doctor who had not asked; the doctor is told."""

    kind = "care.doctor_invited"


class GrantAccepted(GrantEvent):
    """A patient has let in a doctor who had asked; the doctor is told."""

    kind = "care.grant_accepted"


class GrantDeclined(GrantEvent):
    """A patient has turned away a doctor who had asked; the doctor is told."""

    kind = "care.grant_declined"


class GrantChanged(GrantEvent):
    """A patient has given an open grant other terms; a doctor let in is told."""

    kind = "care.grant_changed"


class GrantEnded(GrantEvent):
    """A grant was ended, or a request withdrawn; the other side is notified."""

    kind = "care.grant_ended"


class EmergencyAccessOpened(GrantEvent):
    """A doctor has opened records in an emergency; patient and reviewers are told."""

    kind = "care.emergency_access"
    queue = Queue.URGENT


class EmergencyReviewed(GrantEvent):
    """Staff have reviewed an emergency access; patient and doctor are told."""

    kind = "care.emergency_reviewed"


class AccessGiven(AccountEvent):
    """A patient has opened records, or more of them; the patient is told.

    Emitted besides the event of the step itself, in case somebody else did it.
    """

    kind = "care.access_given"


class LicenseHandedIn(VerificationEvent):
    """A doctor submitted a licence; staff who verify doctors are notified."""

    kind = "care.license_handed_in"


class DoctorVerified(VerificationEvent):
    """Staff have verified a doctor, who is told."""

    kind = "care.doctor_verified"


class DoctorRefused(VerificationEvent):
    """Staff have refused a licence, or unverified a doctor; the doctor is told."""

    kind = "care.doctor_refused"
