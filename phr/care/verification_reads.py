"""Reading submitted licences."""

from uuid import UUID

from phr.accounts.models import User
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorProfile, DoctorVerification
from phr.care.verification import find_license_in_question, insist_on_right_to_verify
from phr.core.errors import NotFound
from phr.core.keyset_pagination import Cursor, Page, page_of


def latest_license(reader: User) -> DoctorVerification | None:
    """The licence that a doctor submitted last, if any."""
    mine = DoctorVerification.objects.visible_to(reader)
    return mine.order_by("-created_at", "-pk").first()


def list_licenses(
    reader: User, status: VerificationStatus, cursor: Cursor | None, size: int
) -> Page[DoctorVerification]:
    """One page of the licences in one state, with their doctors, for staff.

    :param size: how many at the most.
    """
    shown = DoctorVerification.objects.shown_to_staff(reader).filter(status=status)
    return page_of(shown.select_related("doctor__user"), "created_at", cursor, size)


def read_license_in_question(*, actor: User, doctor_id: UUID) -> DoctorVerification:
    """What staff decide about if they decide about a doctor now, with the doctor.

    :raises NotPermitted: the actor has not got the right; the attempt is entered.
    :raises NotFound: there is no such doctor.
    """
    insist_on_right_to_verify(actor, doctor_id)
    doctors = DoctorProfile.objects.select_related("user")
    doctor = doctors.filter(pk=doctor_id).first()
    if doctor is None:
        raise NotFound
    return find_license_in_question(doctor)
