"""Bringing back a record that was deleted, and the list of those that can be."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from phr.audit.models import AccessEntry, Outcome
from phr.core.models import OutboxEvent
from phr.health_records.models import HealthRecord
from phr.health_records.search import stored_words
from phr.notifications.models import Notification
from tests.at_once import all_at_once
from tests.factories import (
    MONDAY,
    DoctorCommentFactory,
    HealthRecordFactory,
)
from tests.rows import nothing_written

RECORDS = "/api/health-records/"
DELETED = {"deleted": "true"}
MONTH = timedelta(days=30)
MOMENT = timedelta(minutes=1)


def url_of(record):
    return f"{RECORDS}{record.pk}/"


def restore(client, record):
    return client.post(f"{url_of(record)}restore/")


def delete(client, record):
    response = client.delete(url_of(record))
    assert response.status_code == 204
    return response


def set_back(record, ago):
    HealthRecord.objects.filter(pk=record.pk).update(deleted_at=timezone.now() - ago)


def test_a_restored_record_comes_back_as_it_was_with_its_comments(
    api, alices_record, dr_bob
):
    alice = api("alice")
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob, is_private=True)
    before = alice.get(url_of(alices_record)).json()
    seen_by_bob = api("dr_bob").get(url_of(alices_record)).json()["doctor_comments"]
    delete(alice, alices_record)

    response = restore(alice, alices_record)

    assert response.status_code == 200
    again = response.json()
    assert again.pop("updated_at") > before.pop("updated_at")
    assert (before.pop("version"), again.pop("version")) == (1, 3)
    assert again == before
    assert len(before["doctor_comments"]) == 1
    bobs = api("dr_bob").get(url_of(alices_record)).json()
    assert bobs["doctor_comments"] == seen_by_bob
    assert len(seen_by_bob) == 2
    listed = alice.get(RECORDS).json()["results"]
    assert [row["id"] for row in listed] == [str(alices_record.pk)]


def test_restoring_is_entered_in_the_ledger(api, alice, alices_record):
    client = api("alice")
    delete(client, alices_record)

    restore(client, alices_record)

    entry = AccessEntry.objects.get(action="health_records.record_restored")
    assert entry.outcome == Outcome.ALLOWED
    assert (entry.actor_id, entry.patient_id) == (alice.user.pk, alice.pk)
    assert entry.object_ids == [alices_record.pk]


def test_the_doctors_who_may_read_it_are_told_once(
    api, alices_record, dr_bob, dr_fay, dr_eve, deliver
):
    client = api("alice")
    delete(client, alices_record)

    restore(client, alices_record)
    deliver()
    OutboxEvent.objects.update(delivered_at=None)
    deliver()

    told = Notification.objects.get()
    assert told.recipient == dr_bob.user
    assert told.message == "Alice Moreau has restored a deleted health record."
    assert alices_record.title not in told.title + told.message


def test_restoring_what_is_not_deleted_is_a_conflict(api, alices_record):
    client = api("alice")

    with nothing_written():
        response = restore(client, alices_record)

    assert response.status_code == 409
    assert response.json()["code"] == "record_not_deleted"


def test_a_record_can_be_restored_until_the_last_moment(api, alices_record):
    client = api("alice")
    delete(client, alices_record)
    set_back(alices_record, MONTH - MOMENT)

    assert restore(client, alices_record).status_code == 200


def test_after_30_days_there_is_nothing_to_restore_even_before_the_purge(
    api, alices_record
):
    client = api("alice")
    delete(client, alices_record)
    set_back(alices_record, MONTH + MOMENT)

    with nothing_written():
        response = restore(client, alices_record)

    assert response.status_code == 404
    assert client.get(RECORDS, DELETED).json()["results"] == []


@pytest.mark.parametrize("who", ["dr_bob", "dr_eve", "dr_dan", "carol", "sam"])
def test_a_deleted_record_is_nothing_to_everybody_else(
    api, request, alices_record, who
):
    request.getfixturevalue(who)
    delete(api("alice"), alices_record)
    client = api(who)

    with nothing_written():
        response = restore(client, alices_record)

    assert response.status_code == 404
    refused = AccessEntry.objects.get(outcome=Outcome.REFUSED)
    assert refused.action == "health_records.record_restored"
    assert refused.patient_id == alices_record.patient_id


def test_a_doctor_who_reads_the_record_may_not_restore_it(api, alices_record, dr_bob):
    client = api("dr_bob")

    with nothing_written():
        response = restore(client, alices_record)

    assert response.status_code == 403


def test_restoring_takes_no_body(api, alices_record):
    client = api("alice")
    delete(client, alices_record)

    with nothing_written():
        response = client.post(
            f"{url_of(alices_record)}restore/", {"version": 7}, format="json"
        )

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "version"


def test_only_the_deleted_are_listed_with_when_they_were_deleted(
    api, alice, alices_record
):
    client = api("alice")
    gone = HealthRecordFactory(patient=alice, title="Gone")
    DoctorCommentFactory(health_record=gone, comment="Seen")
    DoctorCommentFactory(health_record=gone, is_private=True)
    delete(client, gone)

    (listed,) = client.get(RECORDS, DELETED).json()["results"]
    (live,) = client.get(RECORDS, {"deleted": "false"}).json()["results"]

    gone.refresh_from_db()
    at = listed.pop("deleted_at")
    assert at == gone.deleted_at.isoformat().replace("+00:00", "Z")
    assert (listed["id"], listed["version"]) == (str(gone.pk), 2)
    assert [comment["comment"] for comment in listed["doctor_comments"]] == ["Seen"]
    assert live["id"] == str(alices_record.pk)
    assert live.keys() == listed.keys()  # no `deleted_at`


def test_the_deleted_can_be_filtered_and_paged(api, alice):
    client = api("alice")
    for n in range(5):
        record = HealthRecordFactory(
            patient=alice,
            title=f"Gone {n}",
            search_words=stored_words(alice.pk, f"gone {n}"),
            visit_date=MONDAY + timedelta(days=n),
            record_type="DIAGNOSIS" if n < 3 else "CHECKUP",
        )
        delete(client, record)

    def titles(**query):
        body = client.get(RECORDS, DELETED | query).json()
        return [row["title"] for row in body["results"]], body["next"]

    assert titles(record_type="DIAGNOSIS")[0] == ["Gone 2", "Gone 1", "Gone 0"]
    assert titles(search="GONE 4")[0] == ["Gone 4"]
    assert titles(visit_after="2026-03-05")[0] == ["Gone 4", "Gone 3"]
    assert titles(patient=str(alice.pk), page_size=4)[0][0] == "Gone 4"
    _, following = titles(page_size=4)
    assert [row["title"] for row in client.get(following).json()["results"]] == [
        "Gone 0"
    ]


@pytest.mark.parametrize("who", ["dr_bob", "carol", "sam"])
def test_others_list_nothing_that_is_deleted(api, request, alices_record, who):
    request.getfixturevalue(who)
    delete(api("alice"), alices_record)

    response = api(who).get(RECORDS, DELETED)

    assert response.status_code == 200
    assert response.json()["results"] == []


@pytest.mark.parametrize("value", ["", "1", "True", "yes"])
def test_deleted_is_true_or_false(api, alice, value):
    response = api("alice").get(RECORDS, {"deleted": value})

    assert response.status_code == 400
    assert response.json()["errors"][0]["field"] == "deleted"


@pytest.mark.parametrize("records", [2, 40])
def test_the_list_of_the_deleted_costs_three_queries(api, alice, records):
    for _ in range(records):
        record = HealthRecordFactory(patient=alice, deleted_at=timezone.now())
        DoctorCommentFactory(health_record=record)
    client = api("alice")

    with CaptureQueriesContext(connection) as queries:
        body = client.get(RECORDS, DELETED | {"page_size": 100}).json()

    assert len(body["results"]) == records
    assert len(queries) == 3


@pytest.mark.django_db(transaction=True)
def test_of_restores_at_once_one_restores(api, alices_record):
    delete(api("alice"), alices_record)
    clients = [api("alice") for _ in range(4)]

    answers = all_at_once(
        [partial(restore, client, alices_record) for client in clients]
    )

    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    alices_record.refresh_from_db()
    assert (alices_record.deleted_at, alices_record.version) == (None, 3)


@pytest.mark.django_db(transaction=True)
def test_restoring_and_deleting_at_once_leave_whole_versions(api, alices_record):
    delete(api("alice"), alices_record)
    clients = [api("alice") for _ in range(6)]

    url = url_of(alices_record)
    answers = all_at_once(
        [
            *(partial(client.delete, url) for client in clients[:3]),
            *(partial(client.post, f"{url}restore/") for client in clients[3:]),
        ]
    )

    statuses = [answer.status_code for answer in answers]
    restored, removed = statuses.count(200), statuses.count(204)
    assert set(statuses) <= {200, 204, 404, 409}
    assert restored - removed in {0, 1}
    alices_record.refresh_from_db()
    assert alices_record.version == 2 + restored + removed
    assert (alices_record.deleted_at is None) == (restored > removed)
