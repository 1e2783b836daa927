"""What happens to health records and comments."""

from dataclasses import dataclass
from uuid import UUID

from phr.core.events import Event


@dataclass(frozen=True, kw_only=True)
class RecordEvent(Event):
    """About one health record."""

    record_id: UUID


@dataclass(frozen=True, kw_only=True)
class CommentEvent(Event):
    """About one doctor's comment."""

    comment_id: UUID


class RecordCreated(RecordEvent):
    """A patient has added a record; the doctors who may read it are told."""

    kind = "health_records.record_created"


class RecordRestored(RecordEvent):
    """A patient has brought back a deleted record; its doctors are told."""

    kind = "health_records.record_restored"


class CommentAdded(CommentEvent):
    """A doctor has commented; other doctors are told, and the patient if they may read.

    A patient may not read a private comment.
    """

    kind = "health_records.comment_added"


class CommentPublished(CommentEvent):
    """A doctor has opened a private comment to the patient, who is told."""

    kind = "health_records.comment_published"
