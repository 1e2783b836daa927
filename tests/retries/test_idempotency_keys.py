"""`Idempotency-Key`: sent again after a lost answer, a request takes effect once."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from phr.audit.models import AccessEntry, Outcome
from phr.care.grants import end_grant
from phr.care.models import PatientProfile
from phr.core.models import IdempotencyKey, OutboxEvent
from phr.core.tasks import forget_idempotency_keys
from phr.erasure.tasks import erase_due_accounts
from phr.health_records.models import HealthRecord
from tests.at_once import all_at_once
from tests.factories import ErasureFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

RECORDS = "/api/health-records/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Annual physical",
    "visit_date": "2026-03-02T09:30:00+01:00",
}


def create(client: APIClient, key: str, **values: str) -> Any:
    body = RECORD | values
    return client.post(RECORDS, body, format="json", headers={"Idempotency-Key": key})


def test_two_requests_with_one_key_make_one_record(api, alice):
    client = api("alice")

    first, again = create(client, "a-key"), create(client, "a-key")

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["Location"] == again.headers["Location"]
    assert HealthRecord.objects.count() == 1
    assert OutboxEvent.objects.filter(kind="health_records.record_created").count() == 1


def test_without_a_key_they_make_two(api, alice):
    client = api("alice")
    for _ in range(2):
        client.post(RECORDS, RECORD, format="json")

    assert HealthRecord.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


def test_the_order_of_members_and_quotation_marks_do_not_matter(api, alice):
    client = api("alice")
    create(client, "a-key")
    turned = dict(reversed(RECORD.items()))

    again = client.post(
        RECORDS, turned, format="json", headers={"Idempotency-Key": '"a-key"'}
    )

    assert again.status_code == 201
    assert HealthRecord.objects.count() == 1


def test_a_key_for_another_body_is_refused(api, alice):
    client = api("alice")
    create(client, "a-key")

    with nothing_written():
        answer = create(client, "a-key", title="Another")

    problem_of(answer, 422, "idempotency_key_reused")


def test_a_key_for_another_address_is_refused(api, alice, alices_record, dr_bob):
    client, body = api("dr_bob"), {"comment": "Come back in May."}
    headers = {"Idempotency-Key": "a-key"}
    comments = f"{RECORDS}{alices_record.pk}/comments/"
    client.post(comments, body, format="json", headers=headers)

    elsewhere = client.post(
        "/api/care/grants/", {"patient_id": str(alice.pk)}, headers=headers
    )

    problem_of(elsewhere, 422, "idempotency_key_reused")


def test_others_may_use_the_same_key(api, alice, carol):
    create(api("alice"), "a-key")

    assert create(api("carol"), "a-key").status_code == 201
    assert HealthRecord.objects.count() == 2


def test_what_was_refused_can_be_tried_again_with_its_key(api, alice):
    client = api("alice")
    problem = create(client, "a-key", visit_date="1850-01-01T00:00:00Z")
    assert faults_of(problem) == {("visit_date", "visit_date_out_of_range")}

    assert create(client, "a-key").status_code == 201


def test_what_was_refused_stays_in_the_ledger(api, alice, dr_bob):
    answer = api("nina").post(
        "/api/auth/assign-doctor/",
        {"patient_id": str(alice.pk), "doctor_id": str(dr_bob.pk)},
        headers={"Idempotency-Key": "a-key"},
    )

    assert answer.status_code == 403
    assert AccessEntry.objects.filter(outcome=Outcome.REFUSED).count() == 1
    assert not IdempotencyKey.objects.exists()


def test_a_kept_answer_is_not_for_who_may_no_longer_see_the_record(
    api, alice, dr_bob, alices_record, bobs_grant
):
    send = partial(
        api("dr_bob").post,
        f"{RECORDS}{alices_record.pk}/comments/",
        {"comment": "Come back in May."},
        headers={"Idempotency-Key": "a-key"},
    )
    assert send().status_code == 201

    end_grant(actor=alice.user, grant_id=bobs_grant.pk, at=timezone.now(), reason="")

    problem_of(send(), 404, "not_found")


def test_after_a_day_a_key_is_new(api, alice):
    client = api("alice")
    create(client, "a-key")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))

    create(client, "a-key")

    assert HealthRecord.objects.count() == 2


def test_keys_are_forgotten_after_a_day(api, alice):
    create(api("alice"), "an-old-key")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    create(api("alice"), "a-key")

    forget_idempotency_keys()

    assert IdempotencyKey.objects.get().key == "a-key"


@pytest.mark.parametrize(
    "key",
    [
        "",
        '""',
        " ",
        "two words",
        "k" * 256,
        "kéy",
        "a\x00b",
        "a\tb",
        "\x7f",
        '"a',
        "k\n",
    ],
)
def test_a_key_that_is_none_is_named(api, alice, key):
    client = api("alice")
    with nothing_written():
        answer = create(client, key)

    assert faults_of(answer) == {("Idempotency-Key", "invalid_idempotency_key")}


@pytest.mark.parametrize("key", ["k", "k" * 255, "%00'\\{}"])
def test_any_visible_characters_are_a_key(api, alice, key):
    assert create(api("alice"), key).status_code == 201


def test_odd_bodies_are_refused_as_they_are_without_a_key(api, alice):
    answer = api("alice").post(
        RECORDS,
        json.dumps(RECORD | {"title": "a\ud800b"}),
        content_type="application/json",
        headers={"Idempotency-Key": "a-key"},
    )

    assert faults_of(answer) == {("title", "surrogate_characters_not_allowed")}
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_one_takes_effect(api, alice):
    clients = [api("alice") for _ in range(20)]

    answers = all_at_once([partial(create, client, "a-key") for client in clients])

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert HealthRecord.objects.count() == 1
    created = AccessEntry.objects.filter(action="health_records.record_created")
    assert created.count() <= 1  # patients' own are not entered
    assert OutboxEvent.objects.filter(kind="health_records.record_created").count() == 1


def test_who_is_erased_is_in_nobodys_kept_answer(api, alice, bobs_grant):
    api("dr_bob").post(
        f"/api/care/grants/{bobs_grant.pk}/end/", headers={"Idempotency-Key": "a-key"}
    )
    assert str(alice.pk) in str(IdempotencyKey.objects.get().answer)
    create(api("alice"), "another-key")
    ErasureFactory(user_id=alice.user_id, requested_at=timezone.now() - timedelta(8))

    erase_due_accounts()

    assert not PatientProfile.objects.filter(pk=alice.pk).exists()
    assert not IdempotencyKey.objects.exists()


def test_a_doctor_who_leaves_takes_their_keys_along(api, alices_record, dr_bob):
    api("dr_bob").post(
        f"{RECORDS}{alices_record.pk}/comments/",
        {"comment": "Come back in May."},
        headers={"Idempotency-Key": "a-key"},
    )
    ErasureFactory(user_id=dr_bob.user_id, requested_at=timezone.now() - timedelta(8))

    erase_due_accounts()

    assert not IdempotencyKey.objects.exists()
