"""The examples of the document are what the server really answers."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.api.openapi.examples import cast
from phr.archive.models import Export
from phr.archive.progress import Progress
from phr.audit.seals import seal_ledger
from phr.care.models import CareGrant
from tests.openapi.sending import (
    NEW_EACH_TIME,
    NEW_WHEN_MADE,
    OPERATIONS,
    answer_example,
    client_of,
    request_example,
    send,
    without,
)
from tests.openapi.world import at, populate

CAST = cast()
pytestmark = pytest.mark.django_db


NEW = {"id", "created_at"}


@pytest.fixture
def world() -> dict[str, User]:
    return populate()


READS = [
    ("patient", "read_profile", "a_patient"),
    ("doctor", "read_profile", "a_doctor"),
    ("staff", "read_profile", "an_administrator"),
    ("patient", "list_doctors", "to_patients"),
    ("staff", "list_doctors", "to_staff"),
    ("patient", "list_records", "one_record"),
    ("doctor", "list_records", "one_record"),
    ("staff", "list_records", "none"),
    ("patient", "read_record", "a_record"),
    ("doctor", "read_record", "a_record"),
    ("doctor", "list_comments", "one_comment"),
    ("patient", "read_comment", "a_comment"),
    ("patient", "list_changes", "a_comment_was_deleted"),
    ("doctor", "list_changes", "a_comment_was_deleted"),
    ("doctor", "list_my_patients", "one_patient"),
    ("doctor", "read_verification", "a_doctor"),
    ("staff", "list_verifications", "one_that_waits"),
    ("patient", "list_notifications", "one_notification"),
    ("patient", "read_preferences", "as_it_is_without_a_choice"),
    ("patient", "list_grants", "one_grant"),
    ("doctor", "list_grants", "one_grant"),
    ("patient", "read_grant", "a_grant"),
    ("doctor", "read_grant", "a_grant"),
    ("staff", "read_grant", "to_staff"),
    ("patient", "preview_grant", "everything"),
    ("patient", "list_access_log", "one_line"),
    ("doctor", "list_access_log", "one_line"),
    ("staff", "list_access_log", "none"),
]


@pytest.mark.parametrize(("who", "operation", "example"), READS)
def test_what_is_read_is_the_example(
    world: dict[str, User], who: str, operation: str, example: str
) -> None:
    answer = send(client_of(world[who]), operation)

    assert answer.status_code == 200
    assert answer.json() == answer_example(operation, 200, example)


def test_every_answer_to_a_read_is_compared() -> None:
    reads = {
        (name, example)
        for name, (_, method, operation) in OPERATIONS.items()
        if method == "get" and operation["security"]
        for content in (operation["responses"]["200"]["content"],)
        for example in content.get("application/json", {"examples": ()})["examples"]
    }

    uncompared = reads - {(operation, example) for _, operation, example in READS}
    assert uncompared == {
        ("list_notifications", "none"),
        ("list_exports", "none"),
        ("list_exports", "one_that_is_ready"),
        ("read_export", "ready"),
        ("explain_access", "can_see"),
        ("read_erasure", "asked_for"),
        ("list_sessions", "one_session"),
        ("read_factors", "an_app_and_a_passkey"),
        ("verify_access_log", "as_it_was_sealed"),
        ("verify_access_log", "a_line_was_changed"),
    }


@pytest.mark.parametrize(
    ("operation", "example"),
    [("list_exports", "one_that_is_ready"), ("read_export", "ready")],
)
def test_what_has_become_of_an_export_is_the_example(
    world: dict[str, User], operation: str, example: str
) -> None:
    with time_machine.travel(CAST["export"]["ready_at"], tick=False):
        answer = send(client_of(world["patient"]), operation)

    assert answer.status_code == 200
    assert answer.json() == answer_example(operation, 200, example)


def test_what_is_asked_for_and_then_under_way_is_the_example(
    world: dict[str, User],
) -> None:
    client = client_of(world["patient"])

    asked = send(client, "ask_for_export")
    (export,) = Export.objects.under_way()
    progress = Progress(export.pk)
    progress.expect(5)
    progress.add(2)
    progress.tell()
    under_way = send(client, "ask_for_export")

    for answer, status, example in (
        (asked, 202, "asked"),
        (under_way, 200, "under_way"),
    ):
        assert answer.status_code == status
        expected = answer_example("ask_for_export", status, example)
        assert without(NEW, answer.json()) == without(NEW, expected)


def test_what_a_check_of_the_ledger_answers_is_the_example(
    world: dict[str, User],
) -> None:
    new = {"hash", "position", "public_key"}
    seal_ledger(at=at("2026-03-02T10:31:00Z"), patience=timedelta(minutes=1))
    client = client_of(world["patient"])

    right = send(client, "verify_access_log").json()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_accessentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_accessentry SET actor_name = 'Nobody'")
    broken = send(client, "verify_access_log").json()

    for answer, example in (
        (right, "as_it_was_sealed"),
        (broken, "a_line_was_changed"),
    ):
        expected = answer_example("verify_access_log", 200, example)
        assert without(new, answer) == without(new, expected)


def test_the_download_of_the_example_is_what_is_sent(world: dict[str, User]) -> None:
    answer = send(client_of(world["patient"]), "download_access_log")

    content = OPERATIONS["download_access_log"][2]["responses"]["200"]["content"]
    head, _, line = content["text/csv"]["examples"]["one_line"]["value"].partition("\n")
    sent_head, _, lines = answer.getvalue().decode().partition("\n")
    download, _, sent_line = lines.partition("\n")
    assert (sent_head, sent_line) == (head, line)
    assert ",audit.log_downloaded," in download


# Who, operation, request example, status, answer example.
CHANGES = [
    ("patient", "replace_profile", "a_patient", 200, "a_patient"),
    ("doctor", "replace_profile", "a_doctor", 200, "a_doctor"),
    ("staff", "replace_profile", "an_administrator", 200, "an_administrator"),
    ("patient", "change_profile", "a_patient", 200, "a_patient"),
    ("doctor", "change_profile", "a_doctor", 200, "a_doctor"),
    ("staff", "change_profile", "an_administrator", 200, "an_administrator"),
    ("patient", "replace_record", "all_fields", 200, "changed"),
    ("patient", "change_record", "one_field", 200, "changed"),
    ("doctor", "replace_comment", "other_words", 200, "changed"),
    ("doctor", "change_comment", "other_words", 200, "changed"),
    ("staff", "decide_on_doctor", "verify", 200, "verified"),
    ("staff", "decide_on_doctor", "refuse", 200, "refused"),
    ("patient", "read_notification", None, 200, "read"),
    ("patient", "read_all_notifications", None, 200, "one"),
    ("patient", "change_preferences", "mail_new_records", 200, "changed"),
    ("patient", "change_grant", "narrower", 200, "changed"),
    ("patient", "preview_terms", "a_patient", 200, "nothing"),
]


@pytest.mark.parametrize(("who", "operation", "sent", "status", "example"), CHANGES)
def test_what_a_change_answers_is_the_example(
    world: dict[str, User],
    who: str,
    operation: str,
    sent: str | None,
    status: int,
    example: str,
) -> None:
    body = request_example(operation, sent) if sent else None
    answer = send(client_of(world[who]), operation, body)

    assert answer.status_code == status
    expected = answer_example(operation, status, example)
    assert without(NEW_EACH_TIME, answer.json()) == without(NEW_EACH_TIME, expected)


@pytest.mark.parametrize(
    ("who", "operation", "sent", "example"),
    [
        ("patient", "create_record", "all_fields", "created"),
        ("doctor", "create_comment", "to_the_patient", "created"),
        ("doctor", "hand_in_license", "a_licence", "handed_in"),
    ],
)
def test_what_a_creation_answers_is_the_example(
    world: dict[str, User], who: str, operation: str, sent: str, example: str
) -> None:
    answer = send(client_of(world[who]), operation, request_example(operation, sent))

    assert answer.status_code == 201
    expected = answer_example(operation, 201, example)
    assert without(NEW_WHEN_MADE, answer.json()) == without(NEW_WHEN_MADE, expected)


def test_what_restoring_answers_is_the_example(world: dict[str, User]) -> None:
    patient = client_of(world["patient"])
    assert send(patient, "delete_record").status_code == 204

    answer = send(patient, "restore_record")

    assert answer.status_code == 200
    expected = answer_example("restore_record", 200, "restored")
    assert without(NEW_EACH_TIME, answer.json()) == without(NEW_EACH_TIME, expected)


def test_what_leaving_and_staying_answer_are_the_examples(
    world: dict[str, User],
) -> None:
    patient, new = client_of(world["patient"]), {"id", "requested_at", "due_at"}

    for operation, status, example in (
        ("delete_account", 202, "asked_for"),
        ("read_erasure", 200, "asked_for"),
        ("keep_account", 200, "taken_back"),
    ):
        answer = send(patient, operation)
        assert answer.status_code == status
        expected = answer_example(operation, status, example)
        kept = without(new | {"cancelled_at"}, answer.json())
        assert kept == without(new | {"cancelled_at"}, expected)
        is_taken_back = answer.json()["cancelled_at"] is not None
        assert is_taken_back == (operation == "keep_account")


def test_a_receipt_is_the_example(world: dict[str, User]) -> None:
    answer = send(APIClient(), "read_receipt")

    assert answer.json() == answer_example("read_receipt", 200, "a_receipt")


def test_what_is_required_of_a_record_is_enough(world: dict[str, User]) -> None:
    body = request_example("create_record", "what_is_required")

    answer = send(client_of(world["patient"]), "create_record", body)

    assert answer.status_code == 201
    assert answer.headers["Location"].endswith(f"/{answer.json()['id']}/")


@pytest.mark.parametrize("example", ["a_patient", "a_doctor"])
def test_the_registrations_of_the_examples_are_taken(example: str) -> None:
    answer = send(APIClient(), "register", request_example("register", example))

    assert answer.status_code == 201
    expected = answer_example("register", 201, example)
    assert without(NEW_WHEN_MADE, answer.json()) == without(NEW_WHEN_MADE, expected)


@pytest.mark.parametrize("example", ["by_username", "by_e-mail_address"])
def test_the_sign_ins_of_the_examples_are_taken(
    world: dict[str, User], example: str
) -> None:
    answer = send(APIClient(), "login", request_example("login", example))

    assert answer.status_code == 200
    expected = answer_example("login", 200, "signed_in")
    assert without(NEW_EACH_TIME, answer.json()) == without(NEW_EACH_TIME, expected)


@pytest.mark.parametrize(
    ("who", "sent", "answered"),
    [
        ("doctor", "a_doctor_for_themself", "to_a_doctor"),
        ("staff", "staff_or_handing_over", "to_staff"),
    ],
)
def test_the_assignments_of_the_examples_are_taken(
    world: dict[str, User], who: str, sent: str, answered: str
) -> None:
    CareGrant.objects.all().delete()

    answer = send(
        client_of(world[who]), "assign_doctor", request_example("assign_doctor", sent)
    )

    assert answer.status_code == 200
    assert answer.json() == answer_example("assign_doctor", 200, answered)


def test_what_waits_for_the_patient_is_the_example(
    world: dict[str, User], settings: Any
) -> None:
    settings.CARE_CONSENT_REQUIRED = True
    CareGrant.objects.all().delete()
    body = request_example("assign_doctor", "a_doctor_for_themself")

    answer = send(client_of(world["doctor"]), "assign_doctor", body)

    assert answer.status_code == 202
    expected = answer_example("assign_doctor", 202, "asked")
    assert without(NEW_WHEN_MADE, answer.json()) == without(NEW_WHEN_MADE, expected)


@pytest.mark.parametrize("sent", ["by_id", "by_username_and_date_of_birth"])
def test_what_an_emergency_opens_is_the_example(
    world: dict[str, User], settings: Any, sent: str
) -> None:
    settings.EMERGENCY_ACCESS = True
    CareGrant.objects.all().delete()
    body = request_example("open_emergency_access", sent)

    answer = send(client_of(world["doctor"]), "open_emergency_access", body)

    assert answer.status_code == 201
    expected = answer_example("open_emergency_access", 201, "opened")
    assert without(NEW_WHEN_MADE, answer.json()) == without(NEW_WHEN_MADE, expected)
