"""What was refused is entered too, into the ledger of whom it was about."""

import pytest

from phr.audit.models import Basis, Outcome
from phr.core.ids import uuid7
from tests.audit.conftest import from_there, line, lines
from tests.factories import DoctorCommentFactory

RECORDS = "/api/health-records/"
CHANGED, DELETED = "health_records.record_changed", "health_records.record_deleted"
ATTEMPTS = [
    ("get", "", "health_records.record_opened"),
    ("put", "", CHANGED),
    ("patch", "", CHANGED),
    ("delete", "", DELETED),
    ("get", "comments/", "health_records.comments_read"),
    ("post", "comments/", "health_records.comment_added"),
    ("get", "comments/{comment}/", "health_records.comments_read"),
    ("put", "comments/{comment}/", "health_records.comment_changed"),
    ("patch", "comments/{comment}/", "health_records.comment_changed"),
    ("delete", "comments/{comment}/", "health_records.comment_deleted"),
]


def refused(somebody, action, record_id, patient_id):
    return line(
        somebody,
        action,
        basis=Basis.NONE,
        outcome=Outcome.REFUSED,
        object_kind="record",
        object_ids=[record_id],
        patient_id=patient_id,
    )


@pytest.mark.parametrize("who", ["dr_dan", "dr_eve", "carol", "sam"])
@pytest.mark.parametrize(("method", "path", "action"), ATTEMPTS)
def test_an_attempt_on_what_one_may_not_see(
    request, api, alice, dr_bob, alices_record, who, method, path, action
):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    client = from_there(api(who))

    response = getattr(client, method)(
        f"{RECORDS}{alices_record.pk}/{path.format(comment=comment.pk)}"
    )

    somebody = request.getfixturevalue(who)
    assert response.status_code == 404
    assert lines() == [refused(somebody, action, alices_record.pk, alice.pk)]


@pytest.mark.parametrize(("method", "path", "action"), ATTEMPTS)
def test_an_attempt_on_an_id_of_nothing(api, dr_dan, method, path, action):
    nothing = uuid7()

    response = getattr(from_there(api("dr_dan")), method)(
        f"{RECORDS}{nothing}/{path.format(comment=uuid7())}"
    )

    assert response.status_code == 404
    assert lines() == [refused(dr_dan, action, nothing, None)]


@pytest.mark.parametrize(
    ("who", "method", "path", "action"),
    [
        ("dr_bob", "put", "", CHANGED),
        ("dr_bob", "patch", "", CHANGED),
        ("dr_bob", "delete", "", DELETED),
        ("alice", "post", "comments/", "health_records.comment_added"),
        ("alice", "patch", "comments/{comment}/", "health_records.comment_changed"),
        ("alice", "delete", "comments/{comment}/", "health_records.comment_deleted"),
    ],
)
def test_an_attempt_at_what_one_may_see_but_not_do(
    request, api, alice, dr_bob, alices_record, who, method, path, action
):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    client = from_there(api(who))

    response = getattr(client, method)(
        f"{RECORDS}{alices_record.pk}/{path.format(comment=comment.pk)}"
    )

    somebody = request.getfixturevalue(who)
    assert response.status_code == 403
    assert lines() == [refused(somebody, action, alices_record.pk, alice.pk)]


def test_a_comment_that_was_not_there_was_not_read(api, alice, dr_bob, alices_record):
    client = from_there(api("dr_bob"))

    client.get(f"{RECORDS}{alices_record.pk}/comments/{uuid7()}/")

    action = "health_records.comments_read"
    assert lines() == [refused(dr_bob, action, alices_record.pk, alice.pk)]


@pytest.mark.parametrize("known", [True, False])
def test_a_failed_sign_in(api, alice, known):
    login = {"username": "alice" if known else "nobody-known", "password": "wrong"}

    response = from_there(api("nobody")).post("/api/auth/login/", login)

    assert response.status_code == 401
    assert lines() == [
        line(
            None,
            "accounts.signed_in",
            basis=Basis.NONE,
            outcome=Outcome.REFUSED,
            object_kind="account",
            object_ids=[alice.user_id] if known else [],
            patient_id=alice.pk if known else None,
        )
    ]


def test_an_attempt_to_hand_over_somebody_elses_patient(api, alice, dr_bob, dr_dan):
    client = from_there(api("dr_dan"))

    response = client.post(
        "/api/auth/assign-doctor/",
        {"patient_id": str(alice.pk), "doctor_id": str(dr_bob.pk)},
        format="json",
    )

    assert response.status_code == 403
    assert lines() == [
        refused(dr_dan, "care.doctor_assigned", alice.pk, alice.pk)
        | {"object_kind": "patient"}
    ]
