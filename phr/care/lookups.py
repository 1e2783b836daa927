"""Looking up grants and doctors, and entering who may not."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.accounts.rights import NotPermitted, Right, insist_on_right
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.care.querysets import CareGrantQuerySet
from phr.core.errors import NotAllowed, NotFound
from phr.core.keyset_pagination import Cursor, Page, page_of
from phr.core.row_locks import lock_rows


def list_grants(
    reader: User, state: GrantStatus | None, cursor: Cursor | None, size: int
) -> Page[CareGrant]:
    """One page of the reader's own grants, whichever side they are on.

    :param state: only those in this state; None for all.
    :param size: how many at the most.
    """
    mine = CareGrant.objects.visible_to(reader)
    if state is not None:
        mine = mine.in_state(state)
    named = mine.select_related("patient__user", "doctor__user")
    return page_of(named, "requested_at", cursor, size)


def find_grant_to_read(*, actor: User, grant_id: UUID) -> CareGrant:
    """Fetch a grant for one of its sides, or for staff who have the right.

    :raises NotFound: no such grant, or none the actor may know about.
    :raises NotPermitted: the actor is staff, and has not got the right.
    """
    action = Action.GRANT_READ
    insist_on_right_of_staff(actor, Right.SEE_GRANTS, action, grant_id)
    return find_grant_among(
        CareGrant.objects.readable_by(actor), actor, action, grant_id
    )


def find_grant_to_end(*, actor: User, grant_id: UUID) -> CareGrant:
    """Fetch a grant that is to be ended by one of its sides, or by staff.

    :raises NotFound, NotPermitted: as `find_grant_to_read`.
    """
    action = Action.GRANT_ENDED
    insist_on_right_of_staff(actor, Right.END_GRANTS, action, grant_id)
    return find_grant_among(
        CareGrant.objects.endable_by(actor), actor, action, grant_id
    )


def find_grant_as_patient(*, actor: User, grant_id: UUID, action: Action) -> CareGrant:
    """Fetch a grant to do with it what its patient alone does.

    :param action: what is to be done, for the ledger if it is refused.
    :raises NotFound: no such grant, or none the actor may know about.
    :raises NotAllowed: the actor is the grant's doctor.
    """
    grant = find_grant_among(
        CareGrant.objects.visible_to(actor), actor, action, grant_id
    )
    if actor.user_type != UserType.PATIENT:
        note_denied(actor, action, grant_id)
        raise NotAllowed(_("Only the patient may do this with a grant."))
    return grant


def lock_patient(patient_id: UUID) -> PatientProfile:
    """One at a time for each patient, so that the checks below hold until commit."""
    found = lock_rows(PatientProfile.objects.all())
    patients = found.select_related("user").filter(user__is_active=True)
    patient = patients.filter(pk=patient_id).first()
    if patient is None:
        raise NotFound(
            _("This patient does not exist, or you may not see them."),
            field="patient_id",
        )
    return patient


def find_doctor(doctor_id: UUID | None) -> DoctorProfile:
    """:raises NotFound: there is no such doctor who can still sign in."""
    doctors = DoctorProfile.objects.listed().select_related("user")
    doctor = doctors.filter(pk=doctor_id).first() if doctor_id else None
    if doctor is None:
        raise NotFound(
            _("This doctor does not exist, or you may not see them."), field="doctor_id"
        )
    return doctor


def find_grant_among(
    grants: CareGrantQuerySet, actor: User, action: Action, grant_id: UUID
) -> CareGrant:
    """:raises NotFound: it is not among these grants."""
    related = grants.select_related("patient", "doctor__user")
    grant = related.filter(pk=grant_id).first()
    if grant is None:
        note_denied(actor, action, grant_id)
        raise NotFound
    return grant


def insist_on_right_of_staff(
    actor: User, right: Right, action: Action, grant_id: UUID
) -> None:
    """Refuse staff without a right the same way whether or not there is the grant."""
    if actor.user_type != UserType.ADMIN:
        return
    try:
        insist_on_right(actor, right)
    except NotPermitted:
        note_denied(actor, action, grant_id)
        raise


def note_denied(actor: User, action: Action, grant_id: UUID) -> None:
    """Enter an attempt; the same statements run for an id of nothing."""
    meant = CareGrant.objects.filter(pk=grant_id)
    audit.note_denied(
        actor,
        action,
        object_kind="grant",
        object_id=grant_id,
        patient_id=meant.values_list("patient_id", flat=True).first(),
    )
