"""Records with their history and their comments, as their patient may see them."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from phr.accounts.models import User
from phr.archive.formats import newest
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from phr.health_records.visit_times import own_time

Shape = dict[str, Any]
Rows = QuerySet[Any]

CHANGE = newest.Change.names()
RECORD = newest.Record.names(
    *("patient", "created_by", "versions", "comments", "former_comments")
)
RECORD_VERSION = newest.RecordVersion.names(*CHANGE)
COMMENT = newest.Comment.names("doctor", "versions")
COMMENT_VERSION = newest.CommentVersion.names(*CHANGE)
ROWS_AT_ONCE = 100


class Records:
    """Everything of one patient's records that the patient may see.

    Deleted records are part of it for as long as they can be restored.

    :param database: the alias of the one that is read.
    """

    def __init__(self, user: User, database: str) -> None:
        self.user, self.database = user, database

    def records(self) -> Rows:
        records = HealthRecord.objects.using(self.database)
        return records.visible_to(self.user) | records.restorable_by(self.user)

    def versions(self) -> Rows:
        versions = RecordVersion.objects.using(self.database)
        return versions.filter(id__in=self.records().values("pk"))

    def comments(self) -> Rows:
        comments = DoctorComment.objects.using(self.database)
        here = comments.filter(health_record__in=self.records())
        return here.shown_to(self.user)

    def comment_versions(self) -> Rows:
        """Also of comments that are gone; what was private then stays the doctors'."""
        ids = self.records().values("pk")
        versions = CommentVersion.objects.using(self.database)
        return versions.filter(health_record__in=ids, is_private=False)

    def shapes(self, known: Iterable[UUID]) -> Iterator[Shape]:
        """Read one record after the other, so that memory stays flat.

        The four tables are read side by side in the order of the records' ids.

        :param known: the people named in the archive.
        """
        people = {str(person) for person in known}
        versions = InStep(
            in_pieces(self.versions(), "id", "version", "pgh_id"), attrgetter("id")
        )
        of_record = attrgetter("health_record_id")
        comments = InStep(
            in_pieces(self.comments(), "health_record_id", "id"), of_record
        )
        said = in_pieces(
            self.comment_versions(), "health_record_id", "id", "version", "pgh_id"
        )
        said_before = InStep(said, of_record)
        for record in in_pieces(self.records(), "id"):
            yield {
                **{name: getattr(record, name) for name in RECORD},
                "visit_date": record.visit,
                "patient": record.patient_id,
                "created_by": record.created_by_id,
                "versions": [
                    version_shape(version, RECORD_VERSION, people)
                    | {"visit_date": own_time(version.visit_date, version.visit_offset)}
                    for version in versions.of(record.id)
                ],
                **comment_shapes(
                    comments.of(record.id), said_before.of(record.id), people
                ),
            }


class InStep:
    """Rows in the order of what they belong to, given out together with it."""

    def __init__(self, rows: Iterable[Any], belongs_to: Callable[[Any], UUID]) -> None:
        self.groups = groupby(rows, belongs_to)
        self.next = next(self.groups, None)

    def of(self, owner: UUID) -> list[Any]:
        if self.next is None or self.next[0] != owner:
            return []
        found = list(self.next[1])
        self.next = next(self.groups, None)
        return found


def in_pieces(rows: Rows, *order: str) -> Iterator[Any]:
    return rows.order_by(*order).iterator(chunk_size=ROWS_AT_ONCE)


def version_shape(version: Any, names: tuple[str, ...], people: set[str]) -> Shape:
    """A row as it was before a change, with the time and the author of the change."""
    changer = (version.pgh_context or {}).get("user")
    return {
        "id": version.pgh_id,
        "changed_at": version.pgh_created_at,
        "changed_by": changer if changer in people else None,
        "change": version.pgh_label,
        **{name: getattr(version, name) for name in names},
    }


def comment_shapes(
    comments: list[Any], versions: list[Any], people: set[str]
) -> dict[str, list[Shape]]:
    """Comments as they are now, and what can be seen of those that are not."""
    before: dict[UUID, list[Any]] = {}
    for version in versions:
        before.setdefault(version.id, []).append(version)

    def history(comment_id: UUID) -> list[Shape]:
        told = before.pop(comment_id, [])
        return [version_shape(each, COMMENT_VERSION, people) for each in told]

    present = [
        {name: getattr(comment, name) for name in COMMENT}
        | {"doctor": comment.doctor_id, "versions": history(comment.id)}
        for comment in comments
    ]
    gone = [
        {"id": key, "doctor": before[key][0].doctor_id, "versions": history(key)}
        for key in list(before)
    ]
    return {"comments": present, "former_comments": gone}
