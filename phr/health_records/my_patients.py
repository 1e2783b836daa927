"""The patients in a doctor's care, with what there is of each for this doctor to see.

Read from the index of the doctor's open grants, which is in the order of the patients'
ids, and so of the time when they came (ADR 1): a page costs its own patients, and not
all of the doctor's.
"""

from datetime import datetime
from functools import cache
from string import Template
from typing import NamedTuple
from uuid import UUID

from django.db.models import UUIDField

from phr.accounts.models import User, UserType
from phr.care.models import CareGrant, PatientProfile
from phr.core.compiled_pages import ID, READER, rows_of, stand_in_cursor, way_of
from phr.core.compiled_queries import ColumnOf, CompiledQuery
from phr.core.keyset_pagination import Cursor
from phr.health_records.filters import RecordFilters
from phr.health_records.record_pages import KEY, covered_by_a_grant, way

MOST_COUNTED = 10_000
# A patient may have let the doctor in twice; a record that both open counts once.
PAGE = Template("""
WITH granted AS MATERIALIZED ({granted}),
page AS (
  SELECT DISTINCT ON (patient_id) patient_id, id, origin
  FROM granted ORDER BY patient_id $way, id LIMIT $once
)
SELECT person.*, seen.total, last.visit_date, coalesce(last.visit_offset, 0),
  page.id, page.origin
FROM page
CROSS JOIN LATERAL ({person}) AS person
CROSS JOIN LATERAL (
  SELECT count(DISTINCT key.id) AS total
  FROM granted CROSS JOIN LATERAL ({keys}) AS key
  WHERE granted.patient_id = page.patient_id
) AS seen
LEFT JOIN LATERAL (
  SELECT first.visit_date, first.visit_offset
  FROM granted CROSS JOIN LATERAL ({first}) AS first
  WHERE granted.patient_id = page.patient_id
  ORDER BY first.visit_date DESC, first.id DESC LIMIT 1
) AS last ON true
ORDER BY page.patient_id $way
""")


class MyPatientRow(NamedTuple):
    """One patient; the first names are those of `values_list()`.

    :param total_records: of what the doctor may see; counted up to `MOST_COUNTED`.
    """

    id: UUID
    created_at: datetime
    blood_type: str
    user__first_name: str
    user__last_name: str
    user__username: str
    user__email: str
    user__phone_number: str
    total_records: int
    last_visit: datetime | None
    last_visit_offset: int
    grant_id: UUID
    grant_origin: str


PERSON = MyPatientRow._fields[:8]


def fetch_my_patients(
    reader: User, cursor: Cursor | None, limit: int
) -> list[MyPatientRow]:
    """The rows of one page, in the direction of the cursor.

    :param reader: a doctor.
    :param limit: how many at the most.
    """
    query = page_query(way_of(cursor), limit)
    return rows_of(MyPatientRow, query, cursor, reader=reader.pk)


@cache
def page_query(
    forwards: bool | None,  # noqa: FBT001 - a key of the cache, None without cursor
    limit: int,
) -> CompiledQuery:
    cursor = stand_in_cursor(forwards)
    grants = CareGrant.objects.open_to(User(id=READER, user_type=UserType.DOCTOR))
    if cursor:
        grants = grants.filter(**{f"patient__{'lt' if forwards else 'gt'}": ID})
    sign = "-" if cursor is None or cursor.forwards else ""
    granted = grants.order_by(f"{sign}patient_id", "pk").values_list(
        "id", "patient_id", "record_types", "records_since", "origin"
    )
    person = PatientProfile.objects.filter(
        pk=ColumnOf("page", "patient_id", UUIDField())
    )
    keys = covered_by_a_grant(RecordFilters()).order_by("-visit_date", "-id")
    return CompiledQuery.joined(
        PAGE.substitute(way=way(cursor), once=limit),
        {
            "granted": granted[: 2 * limit],
            "person": person.values_list(*PERSON),
            "keys": keys.values_list(*KEY)[:MOST_COUNTED],
            "first": keys.values_list(*KEY, "visit_offset")[:1],
        },
        {"reader": READER} | ({"id": ID} if cursor else {}),
    )
