"""Who has looked at a patient's records, and how often: the access log in figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Case,
    Count,
    DateTimeField,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)

from phr.accounts.models import User, UserType
from phr.accounts.stand_ins import stand_in_patient
from phr.audit.access_log import told_to
from phr.audit.actions import LOOKS
from phr.audit.models import AccessEntry, Outcome
from phr.core.compiled_instances import columns, take
from phr.core.compiled_pages import ID, READER, TIME
from phr.core.compiled_queries import CompiledQuery

# Stand for values in a statement: when months begin, and some people's ids.
BEGINS, IDS = [TIME], [UUID(int=3)]


class Bucket(Func):
    """Between which two of some times, in order, another is; before the first is 0."""

    function = "width_bucket"
    arity = 2
    output_field = IntegerField()


@dataclass(frozen=True, slots=True)
class MonthOfLooks:
    """What one person did in one month.

    :param actor_id: None for who was not signed in.
    :param looks: how often records were read.
    :param refusals: how often something was tried and refused.
    """

    month: date
    actor_id: UUID | None
    name: str
    looks: int
    refusals: int


def count_looks(reader: User, months: Mapping[date, datetime]) -> list[MonthOfLooks]:
    """How often others have looked at a patient's records, by person and month.

    :param reader: nobody but a patient gets any.
    :param months: when each began, where the reader is, in their order. The database
        need not know that place's time zone.
    """
    if reader.user_type != UserType.PATIENT:
        return []
    begins = list(months.values())
    rows = looks_query().rows(
        patient=reader.patient_profile.pk,
        reader=reader.pk,
        time=begins[0],
        begins=begins,
    )
    names = list(months)
    return [MonthOfLooks(names[number - 1], *rest) for number, *rest in rows]


@cache
def looks_query() -> CompiledQuery:
    """By month, counted from one, and person."""
    mine = AccessEntry.objects.visible_to(stand_in_patient()).filter(at__gte=TIME)
    others = mine.filter(~Q(actor_id=READER) | Q(actor_id=None))
    number = Bucket("at", Value(BEGINS, ArrayField(DateTimeField())))
    was_allowed, was_refused = Q(outcome=Outcome.ALLOWED), Q(outcome=Outcome.REFUSED)
    tries = Case(
        When(since=None, then=1), default=F("count"), output_field=IntegerField()
    )
    counted = (
        others.annotate(month=number)
        .values_list("month", "actor_id")
        .annotate(
            name=Max("actor_name"),
            looks=Count("pk", filter=was_allowed & Q(action__in=LOOKS)),
            refusals=Sum(tries, filter=was_refused, default=0),
        )
    )
    return CompiledQuery.of(
        counted.order_by("month", "name"),
        {"patient": ID, "reader": READER, "time": TIME, "begins": BEGINS},
    )


def latest_looks(reader: User, actor_ids: Iterable[UUID]) -> dict[UUID, AccessEntry]:
    """When each of some people has last read a patient's records.

    :param reader: nobody but a patient gets any.
    :returns: a line of the log by the account; none for who has never looked.
    """
    if reader.user_type != UserType.PATIENT:
        return {}
    patient = reader.patient_profile.pk
    rows = latest_query().rows(patient=patient, ids=list(set(actor_ids)))
    lines: list[AccessEntry] = [take(AccessEntry, iter(row)) for row in rows]
    return {line.actor_id: told_to(reader, line) for line in lines if line.actor_id}


@cache
def latest_query() -> CompiledQuery:
    own = AccessEntry.objects.visible_to(stand_in_patient())
    looks = own.filter(action__in=LOOKS, outcome=Outcome.ALLOWED)
    latest = looks.filter(actor_id=OuterRef("pk")).order_by("-at", "-id")
    people = User.objects.filter(pk__any_of=IDS)
    ids = people.annotate(line=Subquery(latest.values("pk")[:1])).values("line")
    lines = AccessEntry.objects.filter(pk__in=ids).values_list(*columns(AccessEntry))
    return CompiledQuery.of(lines, {"patient": ID, "ids": IDS})
