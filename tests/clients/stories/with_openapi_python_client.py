"""A patient's first steps and mistakes, by the client of openapi-python-client."""

import json
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from generated import AuthenticatedClient, Client
from generated.api.auth import login, register
from generated.api.health_records import create_record, list_records, read_record
from generated.models import (
    HealthRecord,
    LoginByOtpRequest,
    PaginatedListedRecordList,
    PatientRegistrationRequest,
    Problem,
    RecordInputRequest,
    RecordType,
    SignedIn,
)
from generated.types import Unset

server = sys.argv[1]
nobody = Client(base_url=server)
PASSWORD = "violet-Harbour-29-lamp"
patient = {
    "username": "clara",
    "email": "clara@example.org",
    "password": PASSWORD,
    "password_confirm": PASSWORD,
    "user_type": "PATIENT",
    "first_name": "Clara",
    "last_name": "Meyer",
}
problems: list[dict[str, Any]] = []


def note(problem: object) -> None:
    """Note what a client knows of a problem."""
    assert isinstance(problem, Problem), problem
    faults = [] if isinstance(problem.errors, Unset) else problem.errors
    fields = [fault.field for fault in faults]
    problems.append({"status": problem.status, "code": problem.code, "fields": fields})


mistyped = PatientRegistrationRequest.from_dict(patient | {"password_confirm": "x"})
note(register.sync(client=nobody, body=mistyped))

signed_in = register.sync(
    client=nobody, body=PatientRegistrationRequest.from_dict(patient)
)
assert isinstance(signed_in, SignedIn), signed_in
clara = AuthenticatedClient(base_url=server, token=signed_in.tokens.access)

record = create_record.sync(
    client=clara,
    body=RecordInputRequest(
        record_type=RecordType.CHECKUP,
        title="Yearly check-up",
        visit_date=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    ),
)
assert isinstance(record, HealthRecord), record
page = list_records.sync(client=clara)
assert isinstance(page, PaginatedListedRecordList), page

wrong = LoginByOtpRequest(username="clara", password="not-my-password")
note(login.sync(client=nobody, body=wrong))
note(list_records.sync(client=nobody))  # type: ignore[arg-type] - has no token
note(read_record.sync(client=clara, record_id=uuid4()))

told = {
    "user_type": signed_in.user.user_type,
    "title": record.title,
    "listed": [each.title for each in page.results],
    "problems": problems,
}
print(json.dumps(told))
