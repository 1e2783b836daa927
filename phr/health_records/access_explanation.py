"""Why a doctor can or cannot see a record, in a sentence and in data."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.audit.actions import Action
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.closed_grants import why_closed
from phr.care.models import CareGrant, DoctorProfile
from phr.care.querysets import scope_covers_type, scope_covers_visit
from phr.core.errors import NotFound
from phr.health_records.ledger import note_denied
from phr.health_records.models import HealthRecord

# Not which of the two: that would tell whether there is the other one.
NEITHER = _("The doctor or the record does not exist, or you may not see it.")
SENTENCES = {
    "covered": _("The doctor can see this record: the grant covers it."),
    "emergency": _("The doctor can see this record: emergency access is open."),
    "no_grant": _("The doctor cannot see this record: there has never been a grant."),
    "pending": _(
        "The doctor cannot see this record: the patient has not accepted the grant yet."
    ),
    "declined": _("The doctor cannot see this record: the patient has declined."),
    "ended": _("The doctor cannot see this record: the grant was ended."),
    "expired": _("The doctor cannot see this record: the grant has expired."),
    "not_started": _(
        "The doctor cannot see this record: the grant has not started yet."
    ),
    "not_verified": _("The doctor cannot see this record: the doctor is not verified."),
    "doctor_inactive": _("The doctor cannot see this record: their account is closed."),
    "other_type": _(
        "The doctor cannot see this record: the grant covers other record types."
    ),
    "earlier_visit": _(
        "The doctor cannot see this record: the visit was before the "
        "first day that the grant covers."
    ),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """:param code: a key of `SENTENCES`.
    :param grant: the one that opens the record, or comes nearest to it.
    """

    doctor: DoctorProfile
    record_id: UUID
    can_see: bool
    code: str
    grant: CareGrant | None

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.code])


def explain(
    *, actor: User, doctor_id: UUID, record_id: UUID, at: datetime
) -> Explanation:
    """Say whether a doctor can see a record, and why.

    Patients may ask about their own records, doctors about themselves and what they
    can see. Whether they can is what the scope of all reading says; the grants are
    only looked through for the reason.

    :raises NotFound: no such record or doctor, or none the actor may know about.
    """
    record = HealthRecord.objects.visible_to(actor).filter(pk=record_id).first()
    if record is None:
        note_denied(actor, Action.ACCESS_EXPLAINED, record_id)
        raise NotFound(NEITHER)
    doctor = find_doctor(actor, doctor_id)
    seen = HealthRecord.objects.visible_to(doctor.user).with_grant_of(doctor.user)
    found = seen.filter(pk=record.pk).first()
    grants = grants_of_pair(record, doctor)
    if found is not None and doctor.user.is_active:
        opener = getattr(found, "grant_id")  # noqa: B009 - annotated
        grant = next(grant for grant in grants if grant.pk == opener)
        code = why_covered(grant.origin)
        return Explanation(doctor, record.pk, can_see=True, code=code, grant=grant)
    nearest = min(grants, key=lambda grant: distance(grant, at), default=None)
    code = why_not(doctor, nearest, at)
    return Explanation(doctor, record.pk, can_see=False, code=code, grant=nearest)


def find_doctor(actor: User, doctor_id: UUID) -> DoctorProfile:
    """A doctor that the actor may know: the actor, one in the directory, or a former
    one.

    :raises NotFound: there is none.
    """
    doctors = DoctorProfile.objects.select_related("user").filter(pk=doctor_id)
    if actor.user_type == UserType.DOCTOR:
        doctors = doctors.filter(user=actor)
    mine = CareGrant.objects.visible_to(actor).filter(doctor=OuterRef("pk"))
    doctor = doctors.filter(Q(user__is_active=True) | Exists(mine)).first()
    if doctor is None:
        raise NotFound(NEITHER)
    return doctor


def grants_of_pair(record: HealthRecord, doctor: DoctorProfile) -> list[CareGrant]:
    """All grants between the two, newest first, with what each says of the record."""
    grants = CareGrant.objects.filter(patient=record.patient_id, doctor=doctor)
    return list(
        grants.select_related("doctor__user", "patient__user")
        .annotate(
            covers_type=truth(scope_covers_type(record.record_type)),
            covers_visit=truth(scope_covers_visit(record.visit_day)),
        )
        .order_by("-requested_at", "-pk")
    )


def truth(condition: Q) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(condition, output_field=BooleanField())


def distance(grant: CareGrant, at: datetime) -> int:
    """How far a grant is from opening anything: active, then waiting, then closed."""
    order = [GrantStatus.ACTIVE, GrantStatus.PENDING]
    state = grant.state(at)
    return order.index(state) if state in order else len(order)


def why_not(doctor: DoctorProfile, grant: CareGrant | None, at: datetime) -> str:
    """The reason, as a key of `SENTENCES`.

    :param grant: from `grants_of_pair`, the nearest; None if there is none.
    """
    if not doctor.user.is_active:
        return "doctor_inactive"
    if grant is None:
        return "no_grant"
    closed = why_closed(grant, at)
    if closed:
        return closed.lower()
    return why_not_covered(covers_type=grant.covers_type)  # type: ignore[attr-defined] # annotated


def why_covered(origin: str) -> str:
    """By what a grant opens a record, as a key of `SENTENCES`."""
    return "emergency" if origin == GrantOrigin.EMERGENCY else "covered"


def why_not_covered(*, covers_type: bool) -> str:
    """Why the scope of a grant leaves a record out, as a key of `SENTENCES`."""
    return "earlier_visit" if covers_type else "other_type"
