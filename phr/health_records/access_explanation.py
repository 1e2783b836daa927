"""Why a doctor can or cannot see a record, in a sentence and in data."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User, UserType
from phr.audit.actions import Action
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.closed_grants import why_closed
from phr.care.models import CareGrant, DoctorProfile
from phr.care.querysets import scope_covers_type, scope_covers_visit
from phr.core.compiled_instances import SEARCHED, columns, take
from phr.core.compiled_pages import ID, READER
from phr.core.compiled_queries import CompiledQuery
from phr.core.errors import NotFound
from phr.health_records.ledger import note_denied
from phr.health_records.models import HealthRecord
from phr.health_records.record_rows import RecordRow
from phr.health_records.visit_times import own_time

MOST_READERS = 50
TYPE, DAY = "RECORD TYPE", date(1, 1, 1)  # stand for the record's in a statement
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
        by_emergency = grant.origin == GrantOrigin.EMERGENCY
        code = "emergency" if by_emergency else "covered"
        return Explanation(doctor, record.pk, can_see=True, code=code, grant=grant)
    nearest = min(grants, key=lambda grant: distance(grant, at), default=None)
    code = why_not(doctor, nearest, at)
    return Explanation(doctor, record.pk, can_see=False, code=code, grant=nearest)


def explain_readers(actor: User, record: RecordRow) -> list[Explanation]:
    """Which doctors can see one of the actor's own records, and which others cannot.

    :param record: one of the actor's, as it has just been read.
    :returns: one explanation for each doctor who has access to anything now; those who
        can see it first.
    """
    day = own_time(record.visit_date, record.visit_offset).date()
    rows = readers_query().rows(
        reader=actor.pk, patient=record.patient_id, type=record.record_type, day=day
    )
    found = [explanation_of(grant_of(row), record.id) for row in rows]
    found.sort(key=lambda explanation: not explanation.can_see)
    # Of two grants of one doctor, the one that opens it says more.
    return list({one.doctor.pk: one for one in reversed(found)}.values())[::-1]


@cache
def readers_query() -> CompiledQuery:
    """The grants of one's doctors, with what the scope of each says of a record."""
    grants = (
        CareGrant.objects.open_now()
        .filter(patient=ID, patient__user=READER, doctor__user__is_active=True)
        .order_by("requested_at", "pk")
    )
    columns_of_grants = grants.values_list(
        *columns(CareGrant),
        *(f"doctor__{name}" for name in columns(DoctorProfile, SEARCHED)),
        *(f"doctor__user__{name}" for name in columns(User, SEARCHED)),
        truth(scope_covers_type(TYPE)),
        truth(scope_covers_visit(DAY)),
    )
    stand_ins = {"patient": ID, "reader": READER, "type": TYPE, "day": DAY}
    return CompiledQuery.of(columns_of_grants[:MOST_READERS], stand_ins)


def grant_of(row: Iterable[Any]) -> CareGrant:
    """A grant with its doctor, and what its scope says of the record."""
    rest = iter(row)
    grant: CareGrant = take(CareGrant, rest)
    grant.doctor = take(DoctorProfile, rest, SEARCHED)
    grant.doctor.user = take(User, rest, SEARCHED)
    grant.covers_type, grant.covers_visit = rest  # type: ignore[attr-defined] # as annotated
    return grant


def explanation_of(grant: CareGrant, record_id: UUID) -> Explanation:
    """:param grant: in force, with what its scope says of the record."""
    can_see = bool(grant.covers_type and grant.covers_visit)  # type: ignore[attr-defined] # annotated
    by_emergency = grant.origin == GrantOrigin.EMERGENCY
    opened = "emergency" if by_emergency else "covered"
    code = opened if can_see else why_not_covered(grant)
    return Explanation(grant.doctor, record_id, can_see=can_see, code=code, grant=grant)


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
    return why_not_covered(grant)


def why_not_covered(grant: CareGrant) -> str:
    return "earlier_visit" if grant.covers_type else "other_type"  # type: ignore[attr-defined] # annotated
