"""What becomes of a grant: accepted, declined, changed, ended."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.accounts.reauthentication import GIVE_IT, StepUpRequired
from phr.accounts.rights import Right, insist_on_right
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.models import Basis
from phr.audit.services import Access
from phr.care.choices import OPEN, GrantOrigin, GrantStatus
from phr.care.events import (
    AccessGiven,
    GrantAccepted,
    GrantChanged,
    GrantDeclined,
    GrantEnded,
    GrantEvent,
)
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.care.querysets import CareGrantQuerySet
from phr.care.terms import set_terms, widens
from phr.core import events
from phr.core.errors import Conflict, NotFound
from phr.core.preconditions import last_change, refuse_stale
from phr.core.rate_limits import Limit
from phr.core.row_locks import lock_rows

# What is narrowed waits like what is widened; ending never does.
CHANGES_BY_ONE_PATIENT = Limit("grants-changed", 200, timedelta(days=1))


class GrantNotOpen(Conflict):
    code, title = "grant_not_open", _("This grant is already closed")
    advice = _("A closed grant cannot be reopened. Create a new one.")


class GrantNotPending(Conflict):
    code, title = "grant_not_pending", _("This grant is not waiting for an answer")


class AlreadyInCare(Conflict):
    code, title = "already_in_care", _("This doctor already has access")
    advice = _("You do not need to do anything.")


class AlreadyRequested(Conflict):
    code, title = "already_requested", _("The patient has already been asked")
    advice = _("Wait for the patient's answer.")


class EmergencyGrantIsFixed(Conflict):
    code, title = "emergency_grant_is_fixed", _("Emergency access can only be ended")
    advice = _("The server sets the terms of emergency access. You can only end it.")


class DoctorNotVerified(Conflict):
    code, title = "doctor_not_verified", _("Staff have not verified this doctor")
    advice = _("Choose a doctor that staff have verified.")


@transaction.atomic
def accept_grant(
    *, actor: User, grant_id: UUID, at: datetime, terms: Mapping[str, Any], reason: str
) -> CareGrant:
    """Let a doctor in who has asked.

    :param terms: of `Terms`, what differs from what was asked for.
    :raises NotFound: no such grant of the actor's.
    :raises GrantNotPending: it has been answered already, or has ended.
    :raises DoctorNotVerified: consent is required, and nobody vouches for the doctor.
    :raises ExpiryInThePast, OpensNothing: as they say.
    :raises TooMany: the actor has changed a day's worth of access already.
    """
    grant = lock_own_grant(actor, grant_id)
    refuse_unless_pending(grant, at)
    CHANGES_BY_ONE_PATIENT.take(str(actor.pk))
    refuse_unverified_doctor(grant.doctor)
    set_terms(grant, terms, at)
    if grant.is_primary:
        free_primary_place(grant.patient)
    grant.decision_reason = reason
    activate_grant(grant, by=actor, at=at)
    announce_access_given(grant)
    return save_grant_change(actor, Action.GRANT_ACCEPTED, grant, GrantAccepted)


@transaction.atomic
def decline_grant(
    *, actor: User, grant_id: UUID, at: datetime, reason: str = ""
) -> CareGrant:
    """Answer no to a doctor who has asked.

    :raises NotFound: no such grant of the actor's.
    :raises GrantNotPending: it has been answered already, or has ended.
    """
    grant = lock_own_grant(actor, grant_id)
    refuse_unless_pending(grant, at)
    grant.status, grant.decision_reason = GrantStatus.DECLINED, reason
    grant.decided_by, grant.decided_at = actor, at
    return save_grant_change(actor, Action.GRANT_DECLINED, grant, GrantDeclined)


@transaction.atomic
def change_grant(  # noqa: PLR0913 - who, what, when, and on which two conditions
    *,
    actor: User,
    grant_id: UUID,
    at: datetime,
    terms: Mapping[str, Any],
    proved: bool,
    expected: Collection[str] | None = None,
) -> CareGrant:
    """Give an open grant other terms, with effect from the doctor's next request.

    :param terms: of `Terms`, those that are to change.
    :param proved: whether the actor has just shown who they are.
    :param expected: stamps that it may have; None for any.
    :raises ChangedMeanwhile: it has another one, and would be changed.
    :raises StepUpRequired: they have not, and the doctor would get more than now, or
        than they asked for: the patient may accept without reading the terms again.
    :raises NotFound: no such grant of the actor's.
    :raises GrantNotOpen: it is neither pending nor active any more.
    :raises EmergencyGrantIsFixed, ExpiryInThePast, OpensNothing: as they say.
    :raises TooMany: the actor has changed a day's worth of access already.
    """
    grant = lock_own_grant(actor, grant_id)
    refuse_unless_open(grant, at)
    if grant.origin == GrantOrigin.EMERGENCY:
        raise EmergencyGrantIsFixed
    if all(getattr(grant, name) == value for name, value in terms.items()):
        return grant
    refuse_stale(expected, last_change(grant))
    is_active = grant.status == GrantStatus.ACTIVE
    gives_more = widens(grant, terms)
    if gives_more and not proved:
        raise StepUpRequired(GIVE_IT)
    CHANGES_BY_ONE_PATIENT.take(str(actor.pk))
    becomes_primary = terms.get("is_primary") and not grant.is_primary
    set_terms(grant, terms, at)
    if becomes_primary and is_active:
        free_primary_place(grant.patient)
    if gives_more and is_active:
        announce_access_given(grant)
    return save_grant_change(actor, Action.GRANT_CHANGED, grant, GrantChanged)


def announce_access_given(grant: CareGrant) -> None:
    """Notify patients of access that they gave, in case somebody else did it."""
    events.emit(AccessGiven(user_id=grant.patient.user_id))


@transaction.atomic
def end_grant(
    *, actor: User, grant_id: UUID, at: datetime, reason: str = ""
) -> CareGrant:
    """Close a doctor's access with effect from the next request.

    :raises NotPermitted: the actor is staff, and has not got the right.
    :raises NotFound: no such grant, or none that is the actor's to end.
    :raises GrantNotOpen: it is neither pending nor active any more.
    """
    if actor.user_type == UserType.ADMIN:
        insist_on_right(actor, Right.END_GRANTS)
    mine = CareGrant.objects.endable_by(actor)
    return end_grant_among(mine, actor=actor, grant_id=grant_id, at=at, reason=reason)


def end_grant_among(
    grants: CareGrantQuerySet, *, actor: User, grant_id: UUID, at: datetime, reason: str
) -> CareGrant:
    """As `end_grant`, of grants that the actor is known to be allowed to end."""
    related = grants.select_related("patient", "doctor__user")
    locked = lock_rows(related)
    grant = locked.filter(pk=grant_id).first()
    if grant is None:
        raise NotFound
    refuse_unless_open(grant, at)
    grant.status, grant.end_reason = GrantStatus.ENDED, reason
    grant.ended_by, grant.ended_at = actor, at
    return save_grant_change(actor, Action.GRANT_ENDED, grant, GrantEnded)


def lock_own_grant(actor: User, grant_id: UUID) -> CareGrant:
    """The patient's own grant, locked after the patient: the order of all changes.

    The patient's row is what assignments queue up on, too, so that of two that want
    the primary doctor's place one waits for the other.
    """
    patients = PatientProfile.objects.visible_to(actor)
    patient = lock_rows(patients).first()
    grants = CareGrant.objects.filter(patient=patient).select_related("doctor__user")
    locked = lock_rows(grants)
    grant = locked.filter(pk=grant_id).first() if patient else None
    if patient is None or grant is None:
        raise NotFound
    patient.user = actor
    grant.patient = patient
    return grant


def refuse_unverified_doctor(doctor: DoctorProfile, field: str | None = None) -> None:
    """:raises DoctorNotVerified: consent is required, and nobody vouches for them."""
    if settings.CARE_CONSENT_REQUIRED and not doctor.is_verified:
        raise DoctorNotVerified(field=field)


def activate_grant(grant: CareGrant, *, by: User, at: datetime) -> None:
    """Make a grant active from now on, by somebody's decision."""
    grant.status, grant.starts_at = GrantStatus.ACTIVE, at
    grant.decided_by, grant.decided_at = by, at


def refuse_unless_pending(grant: CareGrant, at: datetime) -> None:
    state = grant.state(at)
    if state != GrantStatus.PENDING:
        raise GrantNotPending(present=state)


def refuse_unless_open(grant: CareGrant, at: datetime) -> None:
    state = grant.state(at)
    if state not in OPEN:
        raise GrantNotOpen(present=state)


def free_primary_place(patient: PatientProfile) -> None:
    """Free the place of the patient's primary doctor, who keeps access."""
    primary = find_primary_grant(patient)
    if primary is not None:
        primary.is_primary = False
        primary.save(update_fields=["is_primary", "updated_at"])


def find_primary_grant(patient: PatientProfile) -> CareGrant | None:
    return CareGrant.objects.filter(
        patient=patient, status=GrantStatus.ACTIVE, is_primary=True
    ).first()


def close_expired(patient: PatientProfile, at: datetime) -> None:
    """Mark expired grants, so that they do not block a new one."""
    CareGrant.objects.filter(
        patient=patient, status__in=OPEN, expires_at__lte=at
    ).update(status=GrantStatus.EXPIRED, updated_at=at)


def find_open_grant(patient: PatientProfile, doctor: DoctorProfile) -> CareGrant | None:
    """The grant that the pair has, locked: one that is being ended must stay ended.

    Emergency access does not count: it is independent of the patient's decisions.
    """
    pair = lock_rows(CareGrant.objects.all()).filter(patient=patient, doctor=doctor)
    decided = pair.exclude(origin=GrantOrigin.EMERGENCY)
    return decided.filter(status__in=OPEN).first()


def refuse_second_grant(patient: PatientProfile, doctor: DoctorProfile) -> None:
    grant = find_open_grant(patient, doctor)
    if grant is None:
        return
    refusal = AlreadyInCare if grant.status == GrantStatus.ACTIVE else AlreadyRequested
    raise refusal(present=grant.status)


def save_grant_change(
    actor: User, action: Action, grant: CareGrant, event_type: type[GrantEvent]
) -> CareGrant:
    """Store a grant's new state with its ledger entry and its event."""
    grant.save()
    note_grant_change(actor, action, grant)
    events.emit(event_type(grant_id=grant.pk, by=actor.pk))
    return grant


def note_grant_change(actor: User, action: Action, grant: CareGrant) -> None:
    basis = {
        UserType.PATIENT: Basis.OWN,
        UserType.DOCTOR: basis_of(grant.origin) if grant.was_open else Basis.NONE,
        UserType.ADMIN: Basis.STAFF,
    }[UserType(actor.user_type)]
    change = Access(
        grant.patient_id, "grant", [grant.pk], grant_id=grant.pk, basis=basis
    )
    audit.note(actor, action, change)


def basis_of(origin: str) -> Basis:
    """What the ledger says of an access by a grant of this origin."""
    return Basis.EMERGENCY if origin == GrantOrigin.EMERGENCY else Basis.GRANT
