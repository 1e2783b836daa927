"""Ids that are none, of nothing, or of somebody else."""

from typing import Any, NamedTuple
from uuid import uuid4

import pytest

from phr.care.models import DoctorProfile, PatientProfile
from phr.health_records.models import HealthRecord
from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import (
    ASSIGN,
    COMMENT,
    COMMENTS,
    ONE_COMMENT,
    ONE_RECORD,
    RECORD,
    Endpoint,
)
from tests.conftest import Api
from tests.factories import (
    DoctorCommentFactory,
    HealthRecordFactory,
    NotificationFactory,
)
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

ONE_NOTIFICATION = "/api/notifications/{notification}/read/"


class Attempt(NamedTuple):
    """What somebody does with something by its id."""

    who: str
    method: str
    path: str
    body: Any

    def send(self, client: Any, **ids: str) -> Any:
        return getattr(client, self.method)(self.path.format(**ids), self.body)


ATTEMPTS = [
    Attempt("alice", "get", ONE_RECORD, None),
    Attempt("alice", "put", ONE_RECORD, RECORD),
    Attempt("alice", "patch", ONE_RECORD, {"title": "Mine now"}),
    Attempt("alice", "delete", ONE_RECORD, None),
    Attempt("dr_bob", "get", ONE_RECORD, None),
    Attempt("alice", "get", COMMENTS, None),
    Attempt("dr_bob", "post", COMMENTS, COMMENT),
    Attempt("dr_bob", "get", ONE_COMMENT, None),
    Attempt("dr_bob", "put", ONE_COMMENT, COMMENT),
    Attempt("dr_bob", "patch", ONE_COMMENT, COMMENT),
    Attempt("dr_bob", "delete", ONE_COMMENT, None),
    Attempt("alice", "post", ONE_NOTIFICATION, {}),
]
NO_UUIDS = [
    *("1", "0", "-1", "null", "undefined", "%00", "..%2f..%2fetc%2fpasswd"),
    *("x" * 36, "019123450000700080000000000000", "' OR 1=1 --", "%ff", "\u00e9"),
]


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_id_that_is_no_uuid_is_not_found(
    api: Api, addresses: dict[str, str], attempt: Attempt
) -> None:
    client = api(attempt.who)

    with nothing_written():
        for wrong in NO_UUIDS:
            response = attempt.send(client, **dict.fromkeys(addresses, wrong))
            problem_of(response, 404, "not_found")


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_id_of_nothing_and_of_somebody_elses_are_the_same(
    api: Api, addresses: dict[str, str], carol: PatientProfile, attempt: Attempt
) -> None:
    carols = HealthRecordFactory.create(patient=carol, title="Carol's secret")
    comment = DoctorCommentFactory.create(
        health_record=carols, comment="Carol's other secret"
    )
    notification = NotificationFactory.create(recipient=carol.user)
    hers = {
        "record": str(carols.pk),
        "comment": str(comment.pk),
        "notification": str(notification.pk),
    }
    nothing = {name: str(uuid4()) for name in addresses}
    client = api(attempt.who)

    with nothing_written():
        answers = [attempt.send(client, **ids) for ids in (nothing, hers)]

    bodies = [problem_of(answer, 404, "not_found") for answer in answers]
    for body in bodies:
        del body["instance"], body["request_id"]
    assert bodies[0] == bodies[1]
    assert "secret" not in answers[1].content.decode()


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_a_comment_is_not_found_under_another_record(
    api: Api, addresses: dict[str, str], alice: PatientProfile, method: str
) -> None:
    other = HealthRecordFactory.create(patient=alice)
    path = ONE_COMMENT.format(record=other.pk, comment=addresses["comment"])
    client = api("dr_bob")

    with nothing_written():
        response = getattr(client, method)(path, None if method == "get" else COMMENT)

    problem_of(response, 404, "not_found")


@pytest.mark.parametrize("field", ["patient_id", "doctor_id"])
def test_nobody_is_assigned_by_an_id_of_nothing(
    send: Send, alice: PatientProfile, dr_bob: DoctorProfile, field: str
) -> None:
    ids = {"patient_id": str(alice.pk), "doctor_id": str(dr_bob.pk)}

    with nothing_written():
        response = send(Endpoint("sam", "post", ASSIGN), ids | {field: str(uuid4())})

    body = problem_of(response, 404, "not_found")
    assert [fault["field"] for fault in body["errors"]] == [field]


def test_the_id_of_a_user_is_not_the_id_of_a_profile(
    send: Send, alice: PatientProfile, dr_bob: DoctorProfile
) -> None:
    body = {"patient_id": str(alice.user_id), "doctor_id": str(dr_bob.pk)}

    with nothing_written():
        response = send(Endpoint("sam", "post", ASSIGN), body)

    problem_of(response, 404, "not_found")


@pytest.mark.parametrize("method", ["put", "patch"])
@pytest.mark.parametrize("field", ["patient", "patient_id", "created_by", "id"])
def test_no_record_is_moved_to_somebody_else(
    send: Send,
    alices_record: HealthRecord,
    carol: PatientProfile,
    method: str,
    field: str,
) -> None:
    endpoint = Endpoint("alice", method, ONE_RECORD)

    with nothing_written():
        response = send(endpoint, RECORD | {field: str(carol.pk)})

    code = "unknown_field" if field == "patient_id" else "read_only"
    assert faults_of(response) == {(field, code)}


def test_no_record_is_made_for_somebody_else(send: Send, carol: PatientProfile) -> None:
    endpoint = Endpoint("alice", "post", "/api/health-records/")

    with nothing_written():
        response = send(endpoint, RECORD | {"patient": str(carol.pk)})

    assert faults_of(response) == {("patient", "read_only")}
