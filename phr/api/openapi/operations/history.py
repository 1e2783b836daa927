"""The history of records and what becomes of deleted ones, in the document."""

from phr.api.openapi.operations.care import BAD_PAGE
from phr.api.openapi.operations.health_records import CEILINGS, LATER, UNREADABLE
from phr.api.openapi.operations.operation import Operation
from phr.api.openapi.people import CHANGE, RECORD, page
from phr.core.errors import NotAllowed
from phr.health_records.record_deletion import RecordNotDeleted

LIST_CHANGES = Operation(
    "Read the history of a record",
    "Whoever may read a record reads what was changed on it and on its comments, the "
    "latest change first: when, by whom, and each field's value before and after. A "
    "change is left out unless the reader may see both the version before and the one "
    "after it: patients see nothing of what was private at the time, doctors nothing "
    "of what was outside of their grant, by the type and the visit that the record "
    f"had then. Making a record or a comment is no change. {UNREADABLE}",
    answers={200: {"a comment was deleted": page(CHANGE)}},
    problems=BAD_PAGE,
)
RESTORE_RECORD = Operation(
    "Restore a deleted record",
    "For 30 days the patient can bring back a record that they have deleted, with its "
    "comments; afterwards it is gone for good. The doctors whose grants cover it are "
    "told. Doctors who may read a record are refused, and there is nothing to restore "
    "where it is not deleted. Everybody else is told that there is none.",
    answers={200: {"restored": RECORD | {"version": 3, "updated_at": LATER}}},
    problems=(RecordNotDeleted(), NotAllowed(), *CEILINGS),
)
