"""Changes to a record and its comments: when, by whom, and the values before and after.

The tables of versions hold each row as it was before a change. The value after the
change is the next version, or the row itself. One statement reads both, and each is
included only if the reader may see that version.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import (
    CharField,
    F,
    JSONField,
    OuterRef,
    PositiveIntegerField,
    Q,
    QuerySet,
    Subquery,
    UUIDField,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, JSONObject

from phr.accounts.models import User
from phr.core.keyset_pagination import Cursor, in_order, newest_first
from phr.health_records.models import (
    RECORD_FIELDS,
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)

COMMENT_FIELDS = ("comment", "is_private")

Content = dict[str, Any]
Rows = QuerySet[Any, Any]


class Change(NamedTuple):
    """One change of a record or a comment.

    :param id: of this entry of the history.
    :param kind: "record" or "comment", of which `object_id` is the id.
    :param version: the one that the change made.
    :param label: what happened to the row: "update" or "delete".
    :param before: the columns by name; after is None where the row was removed.
    :param by: who made the change, if anybody is known to have.
    """

    id: UUID
    at: datetime
    kind: str
    object_id: UUID
    version: int
    label: str
    before: Content
    after: Content | None
    by: Content | None


# The columns of a `Change`, as the statement calls them.
COLUMNS = (
    *("pgh_id", "pgh_created_at", "object_kind", "id", "made", "pgh_label"),
    *("before", "after", "by"),
)
PLACE = {"field": "pgh_created_at", "tie": "pgh_id"}


def fetch_changes(
    reader: User, record_id: UUID, cursor: Cursor | None, limit: int
) -> list[Change]:
    """One page of the history of a record, in the direction of the cursor.

    A change is left out unless the reader may see both of its sides.

    :param limit: how many at the most.
    """
    of_record = changes_of(
        RecordVersion.objects.visible_to(reader),
        HealthRecord.objects.visible_to(reader),
        "record",
        (*RECORD_FIELDS, "visit_offset", "deleted_at"),
        record_id,
    ).filter(id=record_id)
    of_comments = changes_of(
        CommentVersion.objects.visible_to(reader),
        DoctorComment.objects.visible_to(reader),
        "comment",
        COMMENT_FIELDS,
        OuterRef("id"),
    ).filter(health_record=record_id)
    pages = [
        newest_first(rows, cursor=cursor, **PLACE)[:limit].values_list(*COLUMNS)
        for rows in (of_record, of_comments)
    ]
    both = pages[0].union(pages[1], all=True)
    return [Change._make(row) for row in in_order(both, cursor=cursor, **PLACE)[:limit]]


def changes_of(
    versions: Rows,
    present: Rows,
    kind: str,
    fields: Iterable[str],
    one: "UUID | OuterRef",
) -> Rows:
    """Versions that the reader may see, each with the next one and its author.

    :param versions: of one table, as far as the reader may see them.
    :param present: the rows as they are, as far as the reader may see them.
    :param one: the id of the row that the versions are of; where it is known, itself,
        so that PostgreSQL knows how many there are.
    """
    content = JSONObject(**{name: F(name) for name in fields})
    next_one = {"id": one, "version": OuterRef("version") + 1}
    after = [
        Subquery(rows.filter(**next_one).values(content=content)[:1])
        for rows in (versions, present)
    ]
    changes = versions.annotate(
        object_kind=Value(kind, CharField()),
        made=F("version") + Value(1, PositiveIntegerField()),
        before=content,
        after=Coalesce(*after, output_field=JSONField()),
        by=Subquery(people_named().values("named")[:1], JSONField()),
    )
    whole: Rows = changes.filter(Q(pgh_label="delete") | Q(after__isnull=False))
    return whole


def people_named() -> Rows:
    """The one who made the change of the outer query, as others see them."""
    actor = Cast(KeyTextTransform("user", OuterRef("pgh_context")), UUIDField())
    return User.objects.filter(pk=actor).annotate(
        named=JSONObject(
            id=F("id"), first_name=F("first_name"), last_name=F("last_name")
        )
    )
