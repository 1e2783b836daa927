"""One page of all records that a doctor may see, newest first.

A doctor may have thousands of patients, whose records lie apart in the index: each
patient's in order, but not all of them together. So the page is put together in steps,
of which each reads no more than it must:

- `granted`: the doctor's open grants;
- `ahead`: of each, the first record on this side of the cursor. The page cannot have
  records of others than the grants whose first ones come first;
- `page`: of these few, the first records in order. A patient who has let the doctor in
  twice (there is emergency access beside the usual) is read twice, and told apart;
- and then the rows of the page themselves.

What a grant opens is said by the same scopes as everywhere: `open_to`, and the two that
say what its scope covers.
"""

from string import Template
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    UUIDField,
)

from phr.accounts.models import User
from phr.care.models import CareGrant
from phr.care.querysets import scope_covers_type, scope_covers_visit
from phr.core.compiled import ColumnOf
from phr.core.keyset import Cursor, newest_first
from phr.health_records.finding import Wanted, narrowed
from phr.health_records.models import HealthRecord
from phr.health_records.querysets import HealthRecordQuerySet
from phr.health_records.searching import WordsOfPatient

PAGE = Template("""
WITH granted AS MATERIALIZED ({granted}),
ahead AS (
  SELECT granted.* FROM granted CROSS JOIN LATERAL ($first) AS first
  ORDER BY first.visit_date $way, first.id $way LIMIT $twice
),
page AS (
  SELECT DISTINCT ON (key.visit_date, key.id)
    key.visit_date, key.id, granted.id AS grant_id, granted.origin
  FROM ahead AS granted CROSS JOIN LATERAL ({keys}) AS key
  ORDER BY key.visit_date $way, key.id $way, granted.id LIMIT $once
)
SELECT record.*, page.grant_id, page.origin
FROM page CROSS JOIN LATERAL ({row}) AS record
ORDER BY page.visit_date $way, page.id $way
""")
FIRST = "{first}"
# A frequent word is found among the newest few sooner than through the index, which
# names all the records that have it; a rare one is not.
FIRST_WITH_WORDS = """
SELECT visit_date, id FROM (
  (SELECT visit_date, id FROM ({newest}) AS newest WHERE has_words LIMIT 1)
  UNION ALL
  ({first})
) AS found LIMIT 1
"""
NEWEST = 5
# What a lateral join knows of the grant at its left.
PATIENT = ColumnOf("granted", "patient_id", UUIDField())
RECORD_TYPES = ColumnOf("granted", "record_types", ArrayField(CharField(max_length=20)))
RECORDS_SINCE = ColumnOf("granted", "records_since", DateField())


def template(cursor: Cursor | None, limit: int, *, with_words: bool) -> str:
    """The statement of a page, with the names of its querysets in braces.

    :param limit: how many rows at the most.
    """
    return PAGE.substitute(
        first=FIRST_WITH_WORDS if with_words else FIRST,
        way="DESC" if cursor is None or cursor.forwards else "ASC",
        twice=2 * limit,
        once=limit,
    )


def querysets(
    reader: User, wanted: Wanted, cursor: Cursor | None, limit: int
) -> dict[str, QuerySet[Any, Any]]:
    """The querysets of the template, by name, but for the row."""
    covered = newest_first(covered_by_a_grant(wanted), "visit_date", cursor)
    keys = covered
    if wanted.search is not None:
        keys = covered.mentioning(wanted.search, PATIENT)
    has_words = Q(search_words__matches=WordsOfPatient(wanted.search or "", PATIENT))
    looked_at = covered.annotate(has_words=ExpressionWrapper(has_words, BooleanField()))
    return {
        "granted": grants_of(reader, wanted),
        "newest": looked_at.values_list("visit_date", "id", "has_words")[:NEWEST],
        "first": keys.values_list("visit_date", "id")[:1],
        "keys": keys.values_list("visit_date", "id")[:limit],
    }


def grants_of(reader: User, wanted: Wanted) -> QuerySet[CareGrant, Any]:
    grants = CareGrant.objects.open_to(reader)
    if wanted.patient is not None:
        grants = grants.filter(patient_id=wanted.patient)
    return grants.values_list(
        "id", "patient_id", "record_types", "records_since", "origin"
    )


def covered_by_a_grant(wanted: Wanted) -> HealthRecordQuerySet:
    """What one grant opens, as far as the plain filters ask for it."""
    opened = HealthRecord.objects.live().filter(patient_id=PATIENT)
    scoped = opened.annotate(record_types=RECORD_TYPES, records_since=RECORDS_SINCE)
    return narrowed(scoped, wanted).filter(
        scope_covers_type(F("record_type")), scope_covers_visit(F("visit_date"))
    )
