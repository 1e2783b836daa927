"""Reading submitted licences."""

from phr.accounts.models import User
from phr.care.choices import VerificationStatus
from phr.care.models import DoctorVerification
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
