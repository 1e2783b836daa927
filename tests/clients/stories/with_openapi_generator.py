"""A patient's first steps and mistakes, by openapi-generator's client for Python."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from generated import (
    ApiClient,
    ApiException,
    AuthApi,
    Configuration,
    HealthRecordsApi,
    LoginByOtpRequest,
    LoginRequest,
    PatientRegistrationRequest,
    Problem,
    RecordInputRequest,
    RegistrationRequest,
)

server = sys.argv[1]
nobody = ApiClient(Configuration(host=server))
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


def note(act: Callable[[], object]) -> None:
    """Note what a client knows of the problem that comes of it."""
    try:
        act()
    except ApiException as error:
        problem = error.data
    assert isinstance(problem, Problem), problem
    fields = [fault.var_field for fault in problem.errors or ()]
    problems.append({"status": problem.status, "code": problem.code, "fields": fields})


def registration(**changed: str) -> RegistrationRequest:
    return RegistrationRequest(PatientRegistrationRequest(**patient | changed))


note(lambda: AuthApi(nobody).register(registration(password_confirm="x")))
signed_in = AuthApi(nobody).register(registration())
access = signed_in.tokens.access
clara = ApiClient(Configuration(host=server, access_token=access))

record = HealthRecordsApi(clara).create_record(
    RecordInputRequest(
        record_type="CHECKUP",
        title="Yearly check-up",
        visit_date=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    )
)
page = HealthRecordsApi(clara).list_records()

wrong = LoginRequest(LoginByOtpRequest(username="clara", password="not-my-password"))
note(lambda: AuthApi(nobody).login(wrong))
note(lambda: HealthRecordsApi(nobody).list_records())
note(lambda: HealthRecordsApi(clara).read_record(uuid4()))

told = {
    "user_type": signed_in.user.user_type,
    "title": record.title,
    "listed": [each.title for each in page.results],
    "problems": problems,
}
print(json.dumps(told))
