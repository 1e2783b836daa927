"""What a doctor can see under a grant, given or not: for the patient to try out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Count, DateField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.audit.actions import Action
from phr.care.choices import GrantOrigin
from phr.care.closed_grants import CLOSED, why_closed, why_doctor_is_kept_out
from phr.care.lookups import find_doctor, find_grant_as_patient
from phr.care.models import CareGrant
from phr.care.querysets import scope_covers_type, scope_covers_visit
from phr.care.terms import Terms, make_terms
from phr.core.keyset_pagination import Cursor, Page, page_of
from phr.health_records.models import HealthRecord
from phr.health_records.querysets import VISIT_DAY_OUTSIDE
from phr.health_records.visit_times import VisitDay

COVERS_TYPE = scope_covers_type(F("record_type"))
COVERS_VISIT = scope_covers_visit(VisitDay("visit_date", "visit_offset"))
# By whether some records are of other types, and whether some visits were earlier.
OPENS = {
    (False, False): _(
        "%(visible)s of %(total)s, because the grant covers all of them."
    ),
    (True, False): _(
        "%(visible)s of %(total)s, because the others are: %(types)s of types that the "
        "grant does not cover."
    ),
    (False, True): _(
        "%(visible)s of %(total)s, because the others are: %(visits)s of visits before "
        "the first day that it covers."
    ),
    (True, True): _(
        "%(visible)s of %(total)s, because the others are: %(types)s of types that the "
        "grant does not cover; %(visits)s of visits before the first day that it "
        "covers."
    ),
}


@dataclass(frozen=True, slots=True)
class Preview:
    """How many of the patient's records a grant opens, and why not the others.

    :param list_shown: lists the records that it opens, page by page.
    :param closed: a key of `CLOSED`: why it opens nothing at all; else empty.
    """

    list_shown: Callable[[Cursor | None, int], Page[HealthRecord]]
    closed: str
    visible: int
    total: int
    other_types: int
    earlier_visits: int

    @property
    def because(self) -> str:
        """The figures in a sentence."""
        figures = {
            "visible": self.visible,
            "total": self.total,
            "types": self.other_types,
            "visits": self.earlier_visits,
        }
        if self.closed:
            return str(CLOSED[self.closed]) % figures
        return str(OPENS[bool(self.other_types), bool(self.earlier_visits)]) % figures


def preview_grant(*, actor: User, grant_id: UUID, at: datetime) -> Preview:
    """What the doctor of one of the actor's grants can see under it now.

    :raises NotFound, NotAllowed: as `find_grant_as_patient`.
    """
    grant = find_grant_as_patient(
        actor=actor, grant_id=grant_id, action=Action.GRANT_PREVIEWED
    )
    opening = CareGrant.objects.open_now().filter(
        pk=grant.pk, patient=OuterRef("patient")
    )
    covering = opening.covering(OuterRef("record_type"), VISIT_DAY_OUTSIDE)
    terms = Terms(tuple(grant.record_types), grant.records_since)
    return preview(actor, terms, why_closed(grant, at), Q(Exists(covering)))


def preview_terms(
    *, actor: User, doctor_id: UUID, terms: Mapping[str, Any], at: datetime
) -> Preview:
    """What a doctor could see if the actor gave them a grant on these terms.

    :param terms: as `Terms`.
    :raises NotFound: there is no such doctor.
    :raises ExpiryInThePast, OpensNothing: as they say.
    """
    doctor = find_doctor(doctor_id)
    given = make_terms(terms, at)
    closed = why_doctor_is_kept_out(doctor, GrantOrigin.PATIENT)
    covered = Q(Value(value=False)) if closed else COVERS_TYPE & COVERS_VISIT
    return preview(actor, given, closed, covered)


def preview(actor: User, terms: Terms, closed: str, covered: Q) -> Preview:
    """Count the actor's own records by what terms do with them, in one statement.

    :param covered: what decides which of them are shown.
    """
    types = Value(list(terms.record_types), ArrayField(CharField()))
    own = HealthRecord.objects.visible_to(actor).annotate(
        record_types=Cast(types, ArrayField(CharField())),
        records_since=Cast(Value(terms.records_since), DateField()),
    )
    figures = own.aggregate(
        visible=Count("pk", filter=covered),
        total=Count("pk"),
        other_types=Count("pk", filter=~COVERS_TYPE),
        earlier_visits=Count("pk", filter=COVERS_TYPE & ~COVERS_VISIT),
    )

    def list_shown(cursor: Cursor | None, size: int) -> Page[HealthRecord]:
        return page_of(own.filter(covered), "visit_date", cursor, size)

    return Preview(list_shown, closed, **figures)
