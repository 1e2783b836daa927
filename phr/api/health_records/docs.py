"""Records, comments and their history, in the document."""

from functools import partial

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import PermissionDenied

from phr.api.health_records.history_representations import ChangeJson
from phr.api.health_records.representations import (
    CommentJson,
    HealthRecordJson,
    ListedRecordJson,
    MyPatientJson,
)
from phr.api.health_records.serializers import (
    CommentInputSerializer,
    RecordInputSerializer,
)
from phr.api.openapi.operation import (
    BAD_KEY,
    BAD_PAGE,
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    STALE,
    documented,
    refused,
)
from phr.core.errors import NotAllowed
from phr.health_records import account_limits
from phr.health_records.record_deletion import RecordNotDeleted
from phr.health_records.services import VisitDateOutOfRange

operation = partial(documented, tags=["health-records"])

LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.URI,
    OpenApiParameter.HEADER,
    required=True,
    description="The address of the new record.",
    response=[201],
)

list_my_patients = operation(
    "list_my_patients",
    "List your patients",
    "Doctors list the patients that they have access to now, with counts of only the "
    "records that they may see. Everybody else is refused.",
    responses=list[MyPatientJson],
    problems=(*BAD_PAGE, PermissionDenied()),
)
BAD_RECORD = refused(
    RecordInputSerializer,
    {
        "record_type": "HOROSCOPE",
        "title": "  ",
        "visit_date": "2026-03-02T09:30:00",
        "patient": "0198c0aa-3f1c-7d08-a1b6-e4c97d250f11",
        "colour": "blue",
    },
)
UNREADABLE = "For everybody who may not read the record it does not exist (404)."
CEILINGS = (
    account_limits.enough_for_today("entries", 1_000),
    account_limits.full("bytes", 256 * 1024 * 1024),
)
list_records = operation(
    "list_records",
    "List health records",
    "Patients read their own records; doctors read those that an open grant covers. "
    "The latest visit comes first. Staff and everybody else get an empty list. With "
    "deleted=true patients instead read the records that they deleted in the last 30 "
    "days and can still restore, each with deleted_at; everybody else gets an empty "
    "list.",
    responses=list[ListedRecordJson],
    problems=BAD_PAGE,
)
create_record = operation(
    "create_record",
    "Add a health record",
    "Patients add a record to their own health history. Doctors whose grants cover it "
    "are notified. Doctors and staff are refused.",
    parameters=[IDEMPOTENCY_KEY, LOCATION],
    responses={201: HealthRecordJson},
    problems=(
        *BAD_KEY,
        BAD_RECORD,
        VisitDateOutOfRange(field="visit_date"),
        PermissionDenied(),
        *CEILINGS,
    ),
)
read_record = operation(
    "read_record",
    "Read a health record",
    "The patient, and doctors with an open grant that covers it, read a record with "
    f"its comments; private comments are for doctors only. {UNREADABLE}",
    parameters=[ETAG, IF_NONE_MATCH],
    responses={200: HealthRecordJson, 304: None},
)
replace_record = operation(
    "replace_record",
    "Replace a health record",
    "The patient replaces a record. Texts that are left out stay as they are. Doctors "
    f"who may read it are refused. {UNREADABLE}",
    parameters=[ETAG, IF_MATCH],
    responses=HealthRecordJson,
    problems=(
        *STALE,
        BAD_RECORD,
        VisitDateOutOfRange(field="visit_date"),
        NotAllowed(),
        *CEILINGS,
    ),
)
change_record = operation(
    "change_record",
    "Change parts of a health record",
    "The patient changes single fields; all others stay as they are. Doctors who may "
    f"read the record are refused. {UNREADABLE}",
    parameters=[ETAG, IF_MATCH],
    responses=HealthRecordJson,
    problems=(
        *STALE,
        refused(RecordInputSerializer, {"title": "", "version": 7}, partial=True),
        VisitDateOutOfRange(field="visit_date"),
        NotAllowed(),
        *CEILINGS,
    ),
)
delete_record = operation(
    "delete_record",
    "Delete a health record",
    "The patient deletes a record. Nobody can see it any more, and the patient can "
    f"restore it for 30 days. Doctors who may read it are refused. {UNREADABLE}",
    parameters=[IF_MATCH],
    responses={204: None},
    problems=(
        *STALE,
        NotAllowed(),
    ),
)
list_comments = operation(
    "list_comments",
    "List the comments on a record",
    "Everybody who may read the record can read its comments, newest first. The "
    f"patient sees only those that are not private. {UNREADABLE}",
    responses=list[CommentJson],
    problems=BAD_PAGE,
)
BAD_COMMENT = refused(CommentInputSerializer, {"comment": " ", "is_private": "no"})
create_comment = operation(
    "create_comment",
    "Comment on a record",
    "Doctors can comment on the records that they may read. The patient is notified "
    "unless the comment is private; the other doctors are notified too. Patients are "
    f"refused. {UNREADABLE}",
    parameters=[IDEMPOTENCY_KEY],
    responses={201: CommentJson},
    problems=(*BAD_KEY, BAD_COMMENT, NotAllowed(), *CEILINGS),
)
NOT_THE_AUTHOR = NotAllowed("Only the author may change a comment.")
read_comment = operation(
    "read_comment",
    "Read a comment",
    "Everybody who may read the record can read its comments. The patient sees only "
    f"those that are not private. {UNREADABLE}",
    parameters=[ETAG, IF_NONE_MATCH],
    responses={200: CommentJson, 304: None},
)
replace_comment = operation(
    "replace_comment",
    "Replace a comment",
    "Doctors can replace their own comment as long as they may read the record. "
    "Everybody else who may read it is refused.",
    parameters=[ETAG, IF_MATCH],
    responses=CommentJson,
    problems=(*STALE, BAD_COMMENT, NOT_THE_AUTHOR, *CEILINGS),
)
change_comment = operation(
    "change_comment",
    "Change parts of a comment",
    "Doctors can change their own comment as long as they may read the record. "
    "Everybody else who may read it is refused.",
    parameters=[ETAG, IF_MATCH],
    responses=CommentJson,
    problems=(*STALE, BAD_COMMENT, NOT_THE_AUTHOR, *CEILINGS),
)
delete_comment = operation(
    "delete_comment",
    "Delete a comment",
    "Doctors can delete their own comment as long as they may read the record. "
    "Everybody else who may read it is refused.",
    parameters=[IF_MATCH],
    responses={204: None},
    problems=(
        *STALE,
        NOT_THE_AUTHOR,
    ),
)
list_changes = operation(
    "list_changes",
    "Read the history of a record",
    "Everybody who may read a record can read the changes to it and to its comments, "
    "latest first: when, by whom, and the value of each field before and after. A "
    "change is shown only to readers who may see both the version before and the "
    "version after it. Patients see nothing that was private at the time. Doctors see "
    "nothing that was outside their grant, judged by the record's type and visit at "
    f"the time. Creating a record or a comment is not a change. {UNREADABLE}",
    responses=list[ChangeJson],
    problems=BAD_PAGE,
)
restore_record = operation(
    "restore_record",
    "Restore a deleted record",
    "For 30 days the patient can restore a deleted record with its comments. After "
    "that it is permanently deleted. Doctors whose grants cover it are notified. "
    "Doctors who may read a record are refused, and a record that is not deleted "
    "cannot be restored. Everybody else gets a 404.",
    request=None,
    parameters=[IDEMPOTENCY_KEY],
    responses=HealthRecordJson,
    problems=(*BAD_KEY, RecordNotDeleted(), NotAllowed(), *CEILINGS),
)
