"""Which doctors have commented on somebody's records."""

from functools import cache
from typing import NamedTuple
from uuid import UUID

from phr.accounts.models import User, UserType
from phr.core.compiled_pages import READER
from phr.core.compiled_queries import CompiledQuery
from phr.health_records.models import DoctorComment

MOST = 100


class Commenter(NamedTuple):
    id: UUID
    first_name: str
    last_name: str


def commenters_for(patient: User) -> list[Commenter]:
    """The doctors whose comments a patient can read, by name; the first hundred."""
    if patient.user_type != UserType.PATIENT:
        return []
    return [Commenter(*row) for row in commenters_query().rows(reader=patient.pk)]


@cache
def commenters_query() -> CompiledQuery:
    reader = User(id=READER, user_type=UserType.PATIENT)
    names = ("doctor__id", "doctor__user__first_name", "doctor__user__last_name")
    comments = DoctorComment.objects.visible_to(reader)
    rows = comments.order_by(*names[1:], "doctor__id").values_list(*names).distinct()
    return CompiledQuery.of(rows[:MOST], {"reader": READER})
