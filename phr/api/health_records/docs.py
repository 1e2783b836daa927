"""Records, comments and their history, in the document."""

from functools import partial

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import PermissionDenied

from phr.api.care.serializers import MyPatientSerializer
from phr.api.health_records.serializers import (
    ChangeSerializer,
    CommentInputSerializer,
    CommentSerializer,
    HealthRecordSerializer,
    ListedRecordSerializer,
    RecordInputSerializer,
)
from phr.api.openapi.operation import BAD_PAGE, documented, refused
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
    "List the patients in one's care",
    "Doctors read which patients they care for at this moment, with figures that count "
    "only the records they may see. Everybody else is refused.",
    responses=MyPatientSerializer(many=True),
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
UNREADABLE = "Those who may not read the record are told that there is none."
CEILINGS = (
    account_limits.enough_for_today("entries", 1_000),
    account_limits.full("bytes", 256 * 1024 * 1024),
)
list_records = operation(
    "list_records",
    "List health records",
    "Patients read their own records, doctors those that an open grant covers, the "
    "latest visit first. Staff and everybody else get an empty list. With deleted=true "
    "patients read instead what they have deleted in the last 30 days and can still "
    "restore, each with deleted_at; for everybody else that is an empty list.",
    responses=ListedRecordSerializer(many=True),
    problems=BAD_PAGE,
)
create_record = operation(
    "create_record",
    "Add a health record",
    "Patients add a record to their own health history; the doctors whose grants cover "
    "it are told. Doctors and staff are refused.",
    parameters=[LOCATION],
    responses={201: HealthRecordSerializer},
    problems=(
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
    responses=HealthRecordSerializer,
)
replace_record = operation(
    "replace_record",
    "Replace a health record",
    "The patient writes a record anew; texts that are left out stay as they are. "
    f"Doctors who may read it are refused. {UNREADABLE}",
    responses=HealthRecordSerializer,
    problems=(
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
    responses=HealthRecordSerializer,
    problems=(
        refused(RecordInputSerializer, {"title": "", "version": 7}, partial=True),
        VisitDateOutOfRange(field="visit_date"),
        NotAllowed(),
        *CEILINGS,
    ),
)
delete_record = operation(
    "delete_record",
    "Delete a health record",
    "The patient takes a record out of everybody's sight, and can restore it for 30 "
    f"days. Doctors who may read it are refused. {UNREADABLE}",
    responses={204: None},
    problems=(NotAllowed(),),
)
list_comments = operation(
    "list_comments",
    "List the comments on a record",
    "Whoever may read the record reads its comments, the newest first; the patient "
    f"only the ones that are not private. {UNREADABLE}",
    responses=CommentSerializer(many=True),
    problems=BAD_PAGE,
)
BAD_COMMENT = refused(CommentInputSerializer, {"comment": " ", "is_private": "no"})
create_comment = operation(
    "create_comment",
    "Comment on a record",
    "Doctors comment on the records they may read; the patient is told, unless the "
    "comment is private, and so are the other doctors. Patients are refused. "
    f"{UNREADABLE}",
    responses={201: CommentSerializer},
    problems=(BAD_COMMENT, NotAllowed(), *CEILINGS),
)
NOT_THE_AUTHOR = NotAllowed("Only its author may change a comment.")
read_comment = operation(
    "read_comment",
    "Read a comment",
    "Whoever may read the record may read its comments; the patient only the ones that "
    f"are not private. {UNREADABLE}",
    responses=CommentSerializer,
)
replace_comment = operation(
    "replace_comment",
    "Replace a comment",
    "A doctor writes their own comment anew, as long as they may read the record. "
    "Everybody else who may read it is refused.",
    responses=CommentSerializer,
    problems=(BAD_COMMENT, NOT_THE_AUTHOR, *CEILINGS),
)
change_comment = operation(
    "change_comment",
    "Change parts of a comment",
    "A doctor changes their own comment, as long as they may read the record. "
    "Everybody else who may read it is refused.",
    responses=CommentSerializer,
    problems=(BAD_COMMENT, NOT_THE_AUTHOR, *CEILINGS),
)
delete_comment = operation(
    "delete_comment",
    "Delete a comment",
    "A doctor takes back their own comment, as long as they may read the record. "
    "Everybody else who may read it is refused.",
    responses={204: None},
    problems=(NOT_THE_AUTHOR,),
)
list_changes = operation(
    "list_changes",
    "Read the history of a record",
    "Whoever may read a record reads what was changed on it and on its comments, the "
    "latest change first: when, by whom, and each field's value before and after. A "
    "change is left out unless the reader may see both the version before and the one "
    "after it: patients see nothing of what was private at the time, doctors nothing "
    "of what was outside of their grant, by the type and the visit that the record "
    f"had then. Making a record or a comment is no change. {UNREADABLE}",
    responses=ChangeSerializer(many=True),
    problems=BAD_PAGE,
)
restore_record = operation(
    "restore_record",
    "Restore a deleted record",
    "For 30 days the patient can bring back a record that they have deleted, with its "
    "comments; afterwards it is gone for good. The doctors whose grants cover it are "
    "told. Doctors who may read a record are refused, and there is nothing to restore "
    "where it is not deleted. Everybody else is told that there is none.",
    request=None,
    responses=HealthRecordSerializer,
    problems=(RecordNotDeleted(), NotAllowed(), *CEILINGS),
)
