"""Who has looked at a patient's records, and how often: the access log in figures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
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
from phr.audit.access_log import told_to
from phr.audit.actions import LOOKS
from phr.audit.models import AccessEntry, Outcome


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
    first, *later = months.items()
    lines = AccessEntry.objects.visible_to(reader).filter(at__gte=first[1])
    of_month = Case(
        *(When(at__gte=begin, then=Value(month)) for month, begin in reversed(later)),
        default=Value(first[0]),
        output_field=DateField(),
    )
    others = lines.filter(~Q(actor_id=reader.pk) | Q(actor_id=None))
    was_allowed, was_refused = Q(outcome=Outcome.ALLOWED), Q(outcome=Outcome.REFUSED)
    tries = Case(
        When(since=None, then=1), default=F("count"), output_field=IntegerField()
    )
    counted = (
        others.annotate(month=of_month)
        .values_list("month", "actor_id")
        .annotate(
            name=Max("actor_name"),
            looks=Count("pk", filter=was_allowed & Q(action__in=LOOKS)),
            refusals=Sum(tries, filter=was_refused, default=0),
        )
    )
    return [
        MonthOfLooks(month, actor_id, name, looks, refusals)
        for month, actor_id, name, looks, refusals in counted.order_by("month", "name")
    ]


def latest_looks(reader: User, actor_ids: Iterable[UUID]) -> dict[UUID, AccessEntry]:
    """When each of some people has last read a patient's records.

    :param reader: nobody but a patient gets any.
    :returns: a line of the log by the account; none for who has never looked.
    """
    if reader.user_type != UserType.PATIENT:
        return {}
    own = AccessEntry.objects.visible_to(reader)
    looks = own.filter(action__in=LOOKS, outcome=Outcome.ALLOWED)
    latest = looks.filter(actor_id=OuterRef("pk")).order_by("-at", "-id")
    people = User.objects.filter(pk__in=set(actor_ids))
    ids = people.annotate(line=Subquery(latest.values("pk")[:1])).values("line")
    lines = AccessEntry.objects.filter(pk__in=ids)
    return {line.actor_id: told_to(reader, line) for line in lines if line.actor_id}
