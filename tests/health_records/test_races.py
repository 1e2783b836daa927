"""Changes that meet."""

from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.grants import end_grant
from phr.core.models import OutboxEvent
from phr.health_records.comments import add_comment
from phr.health_records.models import TEXTS, DoctorComment
from phr.health_records.services import delete_record
from tests.at_once import all_at_once
from tests.waiting import started_and_waiting

pytestmark = pytest.mark.django_db(transaction=True)

RECORDS = "/api/health-records/"


def test_no_version_is_lost_between_changes_at_once(api, alices_record):
    fields = TEXTS[:5]
    clients = [api("alice") for _ in fields]
    url = f"{RECORDS}{alices_record.pk}/"

    answers = all_at_once(
        [
            partial(client.patch, url, {field: f"new {field}"}, format="json")
            for client, field in zip(clients, fields, strict=True)
        ]
    )

    record = api("alice").get(url).json()
    assert sorted(answer.json()["version"] for answer in answers) == [2, 3, 4, 5, 6]
    assert record["version"] == 6
    assert all(record[field] == f"new {field}" for field in fields)
    changed = AccessEntry.objects.filter(action="health_records.record_changed")
    assert changed.count() == 5


def test_a_change_that_waits_for_the_deletion_is_refused(api, alice, alices_record):
    client, url = api("alice"), f"{RECORDS}{alices_record.pk}/"

    with transaction.atomic():
        delete_record(actor=alice.user, record_id=alices_record.pk, at=timezone.now())
        change = started_and_waiting(lambda: client.patch(url, {"title": "Too late"}))
    answer = change.result(timeout=30)

    alices_record.refresh_from_db()
    assert answer.status_code == 404
    assert alices_record.title != "Too late"
    assert alices_record.deleted_at is not None


def test_of_deletions_at_once_one_succeeds(api, alices_record):
    clients = [api("alice") for _ in range(4)]
    url = f"{RECORDS}{alices_record.pk}/"

    answers = all_at_once([partial(client.delete, url) for client in clients])

    alices_record.refresh_from_db()
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]
    assert alices_record.version == 2


def test_a_comment_that_meets_the_deletion_is_refused(
    api, alice, bobs_grant, alices_record
):
    client, url = api("dr_bob"), f"{RECORDS}{alices_record.pk}/comments/"

    with transaction.atomic():
        delete_record(actor=alice.user, record_id=alices_record.pk, at=timezone.now())
        comment = started_and_waiting(lambda: client.post(url, {"comment": "Still"}))
    answer = comment.result(timeout=30)

    assert answer.status_code == 404
    assert not DoctorComment.objects.exists()
    assert not OutboxEvent.objects.filter(kind__contains="comment").exists()


def test_the_deletion_waits_for_a_comment_that_came_first(
    alice, dr_bob, bobs_grant, alices_record
):
    def delete():
        delete_record(actor=alice.user, record_id=alices_record.pk, at=timezone.now())

    with transaction.atomic():
        add_comment(actor=dr_bob.user, record_id=alices_record.pk, comment="In time")
        deleting = started_and_waiting(delete)
    deleting.result(timeout=30)

    alices_record.refresh_from_db()
    assert alices_record.deleted_at is not None
    assert DoctorComment.objects.get().comment == "In time"


@pytest.mark.parametrize("turn", range(3))
def test_deletion_and_comments_at_once_come_one_after_the_other(
    api, bobs_grant, alices_record, turn
):
    url = f"{RECORDS}{alices_record.pk}/"
    comments = [
        partial(api("dr_bob").post, f"{url}comments/", {"comment": f"{number}"})
        for number in range(4)
    ]

    deleted, *commented = all_at_once([partial(api("alice").delete, url), *comments])

    codes = [answer.status_code for answer in commented]
    assert deleted.status_code == 204
    assert set(codes) <= {201, 404}
    assert DoctorComment.objects.count() == codes.count(201)
    alices_record.refresh_from_db()
    assert alices_record.deleted_at is not None


def test_a_comment_that_meets_the_end_of_care_is_refused(
    api, alice, dr_bob, bobs_grant, alices_record
):
    client, url = api("dr_bob"), f"{RECORDS}{alices_record.pk}/comments/"

    with transaction.atomic():
        end_grant(actor=alice.user, grant_id=bobs_grant.pk, at=timezone.now())
        comment = started_and_waiting(lambda: client.post(url, {"comment": "Still"}))
    answer = comment.result(timeout=30)

    assert answer.status_code == 404
    assert not DoctorComment.objects.exists()
    assert not OutboxEvent.objects.filter(kind__contains="comment").exists()


def test_the_end_of_care_waits_for_a_comment_that_came_first(
    alice, dr_bob, bobs_grant, alices_record
):
    def end():
        return end_grant(actor=alice.user, grant_id=bobs_grant.pk, at=timezone.now())

    with transaction.atomic():
        add_comment(actor=dr_bob.user, record_id=alices_record.pk, comment="In time")
        ending = started_and_waiting(end)
    ended = ending.result(timeout=30)

    assert DoctorComment.objects.get().comment == "In time"
    assert ended.ended_at is not None


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_editing_a_comment_that_meets_the_end_of_care_is_refused(
    api, alice, dr_bob, bobs_grant, alices_record, method
):
    client, url = api("dr_bob"), f"{RECORDS}{alices_record.pk}/comments/"
    comment = client.post(url, {"comment": "As it was"}).json()["id"]

    with transaction.atomic():
        end_grant(actor=alice.user, grant_id=bobs_grant.pk, at=timezone.now())
        edit = started_and_waiting(
            lambda: getattr(client, method)(f"{url}{comment}/", {"comment": "Other"})
        )
    answer = edit.result(timeout=30)

    assert answer.status_code == 404
    assert DoctorComment.objects.get().comment == "As it was"
