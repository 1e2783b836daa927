"""Reading emergency accesses: a doctor's own, and those that staff are to review."""

from uuid import UUID

from phr.accounts.models import User
from phr.accounts.rights import NotPermitted, Right, has_right, insist_on_right
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.care.choices import GrantOrigin
from phr.care.models import CareGrant, EmergencyAccess
from phr.core.errors import NotFound
from phr.core.keyset_pagination import Cursor, Page, page_of

BOTH_SIDES = ("grant__patient__user", "grant__doctor__user")
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
    named = waiting.select_related(*BOTH_SIDES)
    return page_of(named, "created_at", cursor, size)


def read_emergency_to_review(*, actor: User, emergency_id: UUID) -> EmergencyAccess:
    """One emergency access with both sides, for staff who may review it.

    :raises NotPermitted: the actor has not got the right; the attempt is entered.
    :raises NotFound: there is no such emergency access.
    """
    try:
        insist_on_right(actor, Right.REVIEW_EMERGENCIES)
    except NotPermitted:
        audit.note_denied(
            actor,
            Action.EMERGENCY_REVIEWED,
            object_kind="emergency",
            object_id=emergency_id,
        )
        raise
    named = EmergencyAccess.objects.select_related(*BOTH_SIDES)
    emergency = named.filter(pk=emergency_id).first()
    if emergency is None:
        raise NotFound
    return emergency
