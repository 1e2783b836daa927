"""Reading emergency accesses: a doctor's own, and those that staff are to review."""

from phr.accounts.models import User
from phr.accounts.rights import Right, has_right
from phr.care.choices import GrantOrigin
from phr.care.models import CareGrant, EmergencyAccess
from phr.core.keyset_pagination import Cursor, Page, page_of

# Ten an hour may be opened (`EMERGENCIES`), each for an hour or some.
MOST_IN_FORCE = 100


def emergencies_in_force(doctor: User) -> list[CareGrant]:
    """The emergency accesses by which a doctor may read now, the newest first.

    Both sides of a grant may know of it, so that this is no reading to enter.
    """
    mine = CareGrant.objects.open_to(doctor).filter(origin=GrantOrigin.EMERGENCY)
    named = mine.select_related("patient__user")
    return list(named.order_by("-requested_at", "-pk")[:MOST_IN_FORCE])


def list_emergencies_to_review(
    reader: User, cursor: Cursor | None, size: int
) -> Page[EmergencyAccess]:
    """One page of the emergency accesses that nobody has reviewed, for staff who may.

    :param size: how many at the most.
    """
    waiting = EmergencyAccess.objects.filter(reviewed_at=None)
    if not has_right(reader, Right.REVIEW_EMERGENCIES):
        waiting = waiting.none()
    named = waiting.select_related("grant__patient__user", "grant__doctor__user")
    return page_of(named, "created_at", cursor, size)
