"""Health records and comments, in the document."""

from rest_framework.exceptions import PermissionDenied

from phr.api.health_records.serializers import (
    CommentInputSerializer,
    RecordInputSerializer,
)
from phr.api.openapi.operations.care import BAD_PAGE
from phr.api.openapi.operations.operation import Operation, refused
from phr.api.openapi.people import COMMENT, RECORD, WRITTEN, page
from phr.core.errors import NotAllowed
from phr.health_records import account_limits
from phr.health_records.services import VisitDateOutOfRange

WHOLE = {name: RECORD[name] for name in WRITTEN}
LATER = "2026-03-16T10:15:00Z"
HEALED = {"treatment": "Healed; slow return to sports."}
CHANGED = {**HEALED, "version": 2, "updated_at": LATER}
BAD_RECORD = refused(
    RecordInputSerializer,
    {
        "record_type": "HOROSCOPE",
        "title": "  ",
        "visit_date": "2026-03-02T09:30:00",
        "patient": RECORD["patient"],
        "colour": "blue",
    },
)
UNREADABLE = "Those who may not read the record are told that there is none."

CEILINGS = (
    account_limits.enough_for_today("entries", 1_000),
    account_limits.full("bytes", 256 * 1024 * 1024),
)
LIST_RECORDS = Operation(
    "List health records",
    "Patients read their own records, doctors those that an open grant covers, the "
    "latest visit first. Staff and everybody else get an empty list. With deleted=true "
    "patients read instead what they have deleted in the last 30 days and can still "
    "restore, each with deleted_at; for everybody else that is an empty list.",
    answers={200: {"one record": page(RECORD), "none": page()}},
    problems=BAD_PAGE,
)
CREATE_RECORD = Operation(
    "Add a health record",
    "Patients add a record to their own health history; the doctors whose grants cover "
    "it are told. Doctors and staff are refused.",
    requests={
        "all fields": WHOLE,
        "what is required": {
            name: RECORD[name] for name in ("record_type", "title", "visit_date")
        },
    },
    answers={201: {"created": RECORD | {"doctor_comments": []}}},
    problems=(
        BAD_RECORD,
        VisitDateOutOfRange(field="visit_date"),
        PermissionDenied(),
        *CEILINGS,
    ),
    headers={"Location": "The address of the new record."},
)
READ_RECORD = Operation(
    "Read a health record",
    "The patient, and doctors with an open grant that covers it, read a record with "
    f"its comments; private comments are for doctors only. {UNREADABLE}",
    answers={200: {"a record": RECORD}},
)
REPLACE_RECORD = Operation(
    "Replace a health record",
    "The patient writes a record anew; texts that are left out stay as they are. "
    f"Doctors who may read it are refused. {UNREADABLE}",
    requests={"all fields": WHOLE | HEALED},
    answers={200: {"changed": RECORD | CHANGED}},
    problems=(
        BAD_RECORD,
        VisitDateOutOfRange(field="visit_date"),
        NotAllowed(),
        *CEILINGS,
    ),
)
CHANGE_RECORD = Operation(
    "Change parts of a health record",
    "The patient changes single fields; all others stay as they are. Doctors who may "
    f"read the record are refused. {UNREADABLE}",
    requests={"one field": HEALED},
    answers={200: {"changed": RECORD | CHANGED}},
    problems=(
        refused(RecordInputSerializer, {"title": "", "version": 7}, partial=True),
        VisitDateOutOfRange(field="visit_date"),
        NotAllowed(),
        *CEILINGS,
    ),
)
DELETE_RECORD = Operation(
    "Delete a health record",
    "The patient takes a record out of everybody's sight, and can restore it for 30 "
    f"days. Doctors who may read it are refused. {UNREADABLE}",
    problems=(NotAllowed(),),
)
LIST_COMMENTS = Operation(
    "List the comments on a record",
    "Whoever may read the record reads its comments, the newest first; the patient "
    f"only the ones that are not private. {UNREADABLE}",
    answers={200: {"one comment": page(COMMENT)}},
    problems=BAD_PAGE,
)
BAD_COMMENT = refused(CommentInputSerializer, {"comment": " ", "is_private": "no"})
CREATE_COMMENT = Operation(
    "Comment on a record",
    "Doctors comment on the records they may read; the patient is told, unless the "
    "comment is private, and so are the other doctors. Patients are refused. "
    f"{UNREADABLE}",
    requests={
        "to the patient": {"comment": COMMENT["comment"]},
        "among doctors": {
            "comment": "Consider an MRI if it is no better by the end of the month.",
            "is_private": True,
        },
    },
    answers={201: {"created": COMMENT}},
    problems=(BAD_COMMENT, NotAllowed(), *CEILINGS),
)
NOT_THE_AUTHOR = NotAllowed("Only its author may change a comment.")
OTHER_WORDS = {"comment": "Please rest the knee for three weeks."}
CHANGED_COMMENT = COMMENT | OTHER_WORDS | {"updated_at": "2026-03-03T08:02:00Z"}
READ_COMMENT = Operation(
    "Read a comment",
    "Whoever may read the record may read its comments; the patient only the ones that "
    f"are not private. {UNREADABLE}",
    answers={200: {"a comment": COMMENT}},
)
REPLACE_COMMENT = Operation(
    "Replace a comment",
    "A doctor writes their own comment anew, as long as they may read the record. "
    "Everybody else who may read it is refused.",
    requests={"other words": OTHER_WORDS | {"is_private": False}},
    answers={200: {"changed": CHANGED_COMMENT}},
    problems=(BAD_COMMENT, NOT_THE_AUTHOR, *CEILINGS),
)
CHANGE_COMMENT = Operation(
    "Change parts of a comment",
    "A doctor changes their own comment, as long as they may read the record. "
    "Everybody else who may read it is refused.",
    requests={"other words": OTHER_WORDS, "hidden": {"is_private": True}},
    answers={200: {"changed": CHANGED_COMMENT}},
    problems=(BAD_COMMENT, NOT_THE_AUTHOR, *CEILINGS),
)
DELETE_COMMENT = Operation(
    "Delete a comment",
    "A doctor takes back their own comment, as long as they may read the record. "
    "Everybody else who may read it is refused.",
    problems=(NOT_THE_AUTHOR,),
)
