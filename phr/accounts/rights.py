"""What staff may do: one permission of Django's for each action, in every face.

The names are those by which Django's admin site goes, so that a page and the API ask
the same question. Superusers have all of them; who is no active member of staff has
none, whatever the tables say.
"""

from enum import StrEnum

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.core.errors import NotAllowed


class Right(StrEnum):
    """A staff action, as `app.codename` of the permission that decides about it."""

    SEE_DOCTORS = "care.view_doctorprofile"
    VERIFY_DOCTORS = "care.change_doctorprofile"
    SEE_LICENSES = "care.view_doctorverification"
    ASSIGN_DOCTORS = "care.add_caregrant"
    SEE_GRANTS = "care.view_caregrant"
    END_GRANTS = "care.change_caregrant"
    REVIEW_EMERGENCIES = "care.change_emergencyaccess"
    SEE_PATIENTS = "care.view_patientprofile"
    SEE_PEOPLE = "accounts.view_user"
    ADD_PEOPLE = "accounts.add_user"
    CHANGE_PEOPLE = "accounts.change_user"
    CHANGE_ADDRESSES = "accounts.change_address"
    CHANGE_BIRTH_DATES = "accounts.change_birth_date"
    END_SIGN_INS = "accounts.change_loginsession"
    SEE_EVENTS = "core.view_outboxevent"


# As in the admin site: who may change something may look at it.
ALSO_BY = {
    Right.SEE_DOCTORS: Right.VERIFY_DOCTORS,
    Right.SEE_GRANTS: Right.END_GRANTS,
    Right.SEE_PEOPLE: Right.CHANGE_PEOPLE,
}


class NotPermitted(NotAllowed):
    title = _("You do not have permission to do this")


def has_right(user: User | AnonymousUser, right: Right) -> bool:
    """Whether somebody is active staff and was given this right, or one that holds it.

    :param user: as loaded for this request: Django remembers their permissions in it.
    """
    if not isinstance(user, User) or user.user_type != UserType.ADMIN:
        return False
    wider = ALSO_BY.get(right)
    return user.has_perm(right) or (wider is not None and user.has_perm(wider))


def staff_with(right: Right) -> list[User]:
    """Active staff who have a right, to tell them of what waits for them."""
    return list(User.objects.with_perm(right).filter(user_type=UserType.ADMIN))


def insist_on_right(user: User, right: Right) -> None:
    """:raises NotPermitted: the user is not staff, or has not got the right."""
    if not has_right(user, right):
        raise NotPermitted
