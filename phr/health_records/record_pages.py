"""The statements of pages of records, newest first: which records, then their rows.

Which ones is read from an index alone, in the order of the page; the rows are fetched
for those of the page only. PostgreSQL, which does not know how many records somebody
has, would else sort all of a long list to get at its first twenty.

A patient's page comes from one stretch of the index. A doctor may have thousands of
patients, whose records lie apart: each patient's in order, but not all of them
together. So their page is put together in steps, each of which reads no more than it
must:

- `granted`: the doctor's open grants;
- `ahead`: of each, the first record on this side of the cursor. The page cannot have
  records of others than the grants whose first ones come first;
- the page: of these few, the first records in order. A patient who has let the doctor
  in twice (there is emergency access beside the usual) is read twice, and told apart.

Who has many of this server's patients finds a page sooner in everybody's records: in
`near`, the next two thousand on this side of the cursor, as far as a grant covers them.
Only if these do not make a page is it put together in steps.

What a grant opens is said by the same scopes as everywhere: `open_to`, and the two that
say what its scope covers.
"""

from dataclasses import replace
from string import Template
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    F,
    QuerySet,
    SmallIntegerField,
    UUIDField,
)

from phr.accounts.models import User
from phr.care.models import CareGrant
from phr.care.querysets import (
    CareGrantQuerySet,
    profile_of,
    scope_covers_type,
    scope_covers_visit,
)
from phr.core.compiled_queries import ColumnOf
from phr.core.keyset_pagination import Cursor, newest_first
from phr.health_records.filters import RecordFilters, filtered
from phr.health_records.models import HealthRecord
from phr.health_records.querysets import HealthRecordQuerySet
from phr.health_records.visit_times import VisitDay

Querysets = dict[str, QuerySet[Any, Any]]
# For `CompiledQuery.joined`: SQL, and the querysets that it names in braces.
Parts = tuple[str, Querysets]

OWN = Template("""
SELECT record.*, NULL::uuid, NULL::text
FROM ($page) AS page CROSS JOIN LATERAL ({row}) AS record
ORDER BY page.visit_date $way, page.id $way
""")
DOCTORS = Template("""
SELECT record.*, page.grant_id, page.origin
FROM ($page) AS page CROSS JOIN LATERAL ({row}) AS record
ORDER BY page.visit_date $way, page.id $way
""")
IN_STEPS = Template("""
WITH granted AS MATERIALIZED ({granted}),
ahead AS (
  SELECT granted.* FROM granted CROSS JOIN LATERAL ($first) AS first
  ORDER BY first.visit_date $way, first.id $way LIMIT $twice
)
SELECT DISTINCT ON (key.visit_date, key.id)
  key.visit_date, key.id, granted.id AS grant_id, granted.origin
FROM ahead AS granted CROSS JOIN LATERAL ($few) AS key
ORDER BY key.visit_date $way, key.id $way, granted.id LIMIT $once
""")
NEAR_OR_IN_STEPS = Template("""
WITH near AS MATERIALIZED (
  SELECT DISTINCT ON (stretch.visit_date, stretch.id)
    stretch.visit_date, stretch.id, covering.id AS grant_id, covering.origin
  FROM ({stretch}) AS stretch CROSS JOIN LATERAL ({covering}) AS covering
  WHERE (SELECT count(*) FROM ({some_grants}) AS some_grants) = $many
  ORDER BY stretch.visit_date $way, stretch.id $way, covering.id LIMIT $once
)
SELECT * FROM near WHERE (SELECT count(*) FROM near) = $once
UNION ALL
SELECT * FROM ($in_steps) AS page WHERE (SELECT count(*) FROM near) < $once
""")
# With so many open grants near is looked first, and through so many records. Of half of
# 2,000 patients (100,000 records, two busy cores) a page takes 0.4 ms so, and 15 in
# steps; one of a rare type 3 ms instead of 18; of 20 patients 0.6 instead of 0.5.
MANY = 100
STRETCH, STRETCH_FOR_A_TYPE = 2_000, 10_000
# Through the index of words and no other way: OFFSET 0 keeps PostgreSQL, which cannot
# guess how rare a word is, from reading all the records of a patient in their order.
WITH_WORDS = Template("""
SELECT key.* FROM ({with_words} OFFSET 0) AS found CROSS JOIN LATERAL ({$keys}) AS key
ORDER BY key.visit_date $way, key.id $way LIMIT $once
""")
# A frequent word is found among the newest few sooner than through the index of words,
# which names all the records that have it: of 1,000 patients in 70 ms instead of 3,000.
# A rare one is not, which costs 100 ms instead of 20.
FIRST_WITH_WORDS = Template("""
SELECT visit_date, id FROM (
  (SELECT newest.* FROM ({newest}) AS newest CROSS JOIN LATERAL ({has_words}) AS one
   LIMIT 1)
  UNION ALL
  ($found)
) AS first LIMIT 1
""")
NEWEST = 5
KEY = ("visit_date", "id")
# What decides, with the time of the visit, whether a grant covers a record.
SCOPED = ("patient_id", "record_type", "visit_offset")
GRANT = ("id", "patient_id", "record_types", "records_since", "origin")
# What a lateral join knows of the grant at its left.
ID: "UUIDField[Any, Any]" = UUIDField()
PATIENT = ColumnOf("granted", "patient_id", ID)
RECORD_TYPES = ColumnOf("granted", "record_types", ArrayField(CharField(max_length=20)))
RECORDS_SINCE = ColumnOf("granted", "records_since", DateField())
FOUND = ColumnOf("found", "id", ID)  # and of what has the words
# And of everybody's records, among which those are that a grant covers.
NEAR_PATIENT = ColumnOf("stretch", "patient_id", ID)
NEAR_TYPE = ColumnOf("stretch", "record_type", CharField())
NEAR_VISIT_DAY = VisitDay(
    ColumnOf("stretch", "visit_date", DateTimeField()),
    ColumnOf("stretch", "visit_offset", SmallIntegerField()),
)


def way(cursor: Cursor | None) -> str:
    return "DESC" if cursor is None or cursor.forwards else "ASC"


def own_page(
    reader: User, filters: RecordFilters, cursor: Cursor | None, limit: int
) -> Parts:
    """The page of a patient: of their records, or of what they have deleted.

    :param limit: how many rows at the most.
    """
    scope = HealthRecord.objects
    own = scope.restorable_by(reader) if filters.deleted else scope.visible_to(reader)
    own = newest_first(filtered(own, filters), "visit_date", cursor)
    if filters.search is None:
        page, parts = "{page}", {"page": own.values_list(*KEY)[:limit]}
    else:
        page = with_words("page", cursor, limit)
        parts = having_words(filters.search, profile_of(reader))
        parts["page"] = own.filter(pk=FOUND).values_list(*KEY)
    return OWN.substitute(page=page, way=way(cursor)), parts


def doctors_page(
    reader: User, filters: RecordFilters, cursor: Cursor | None, limit: int
) -> Parts:
    """The page of a doctor, who cannot see what is deleted.

    :param limit: how many rows at the most.
    """
    covered = newest_first(covered_by_a_grant(filters), "visit_date", cursor)
    if filters.search is None:
        keys = covered.values_list(*KEY)
        first, few = "{first}", "{keys}"
        parts: Querysets = {"first": keys[:1], "keys": keys[:limit]}
    else:
        found = with_words("keys", cursor, 1)
        first = FIRST_WITH_WORDS.substitute(found=found)
        few = with_words("keys", cursor, limit)
        parts = covered_with_words(covered, filters.search)
    parts["granted"] = grants_of(reader, filters).values_list(*GRANT)
    by = {"way": way(cursor), "once": limit}
    page = IN_STEPS.substitute(by, first=first, few=few, twice=2 * limit)
    if filters.search is None and filters.patient is None:
        parts |= what_is_near(reader, filters, cursor)
        page = NEAR_OR_IN_STEPS.substitute(by, in_steps=page, many=MANY)
    return DOCTORS.substitute(by, page=page), parts


def what_is_near(
    reader: User, filters: RecordFilters, cursor: Cursor | None
) -> Querysets:
    """The next of everybody's records, and what says which of them a grant covers."""
    of_all_types = filtered(
        HealthRecord.objects.live(), replace(filters, record_type=None)
    )
    stretch = newest_first(of_all_types, "visit_date", cursor)
    grants = grants_of(reader, filters)
    of_patient = grants.filter(patient_id=NEAR_PATIENT)
    covering = of_patient.covering(NEAR_TYPE, NEAR_VISIT_DAY)
    length = STRETCH if filters.record_type is None else STRETCH_FOR_A_TYPE
    if filters.record_type is not None:
        covering = covering.annotate(type=NEAR_TYPE).filter(type=filters.record_type)
    return {
        "stretch": stretch.values_list(*KEY, *SCOPED)[:length],
        "covering": covering.values_list("id", "origin"),
        "some_grants": grants.values_list("id")[:MANY],
    }


def covered_with_words(covered: HealthRecordQuerySet, search: str) -> Querysets:
    looked_at = HealthRecord.objects.filter(pk=ColumnOf("newest", "id", ID))
    return having_words(search, PATIENT) | {
        "newest": covered.values_list(*KEY)[:NEWEST],
        "has_words": looked_at.mentioning(search, PATIENT).values_list("id"),
        "keys": covered.filter(pk=FOUND).values_list(*KEY),
    }


def having_words(search: str, patient: Any) -> Querysets:
    """What the index of words names for a patient; others say what may be seen."""
    found = HealthRecord.objects.mentioning(search, patient)
    return {"with_words": found.values_list("id")}


def with_words(keys: str, cursor: Cursor | None, limit: int) -> str:
    """SQL for the first of what has the words, as far as the queryset `keys` has it."""
    return WITH_WORDS.substitute(keys=keys, way=way(cursor), once=limit)


def grants_of(reader: User, filters: RecordFilters) -> CareGrantQuerySet:
    grants = CareGrant.objects.open_to(reader)
    if filters.deleted:
        return grants.none()
    if filters.patient is not None:
        grants = grants.filter(patient_id=filters.patient)
    return grants


def covered_by_a_grant(filters: RecordFilters) -> HealthRecordQuerySet:
    """What one grant opens, as far as the plain filters ask for it."""
    opened = HealthRecord.objects.live().filter(patient_id=PATIENT)
    scoped = opened.annotate(record_types=RECORD_TYPES, records_since=RECORDS_SINCE)
    return filtered(scoped, filters).filter(
        scope_covers_type(F("record_type")),
        scope_covers_visit(VisitDay("visit_date", "visit_offset")),
    )
