"""How much one account may write in a day and keep in all (ASVS 5.0, 2.4.1)."""

import random
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.core.models import OutboxEvent
from phr.health_records import account_limits
from phr.health_records.models import AccountUsage, HealthRecord
from phr.health_records.record_deletion import purge_batch
from tests.at_once import all_at_once
from tests.factories import CareGrantFactory, HealthRecordFactory
from tests.problem_answers import problem_of
from tests.rows import nothing_written

RECORDS = "/api/health-records/"
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}
DAY, MIB = 24 * 60 * 60, 1024 * 1024


@pytest.fixture(autouse=True)
def _of_the_day_before(db):
    """No test runs over midnight."""
    if (seconds := account_limits.seconds_of_today(timezone.now())) < 60:
        pytest.fail(f"begin again in {seconds} seconds: the day ends")


def refused(response, code, name, quota):
    problem_of(response, 429, code)
    assert 1 <= int(response.headers["Retry-After"]) <= DAY
    assert response.headers["RateLimit-Policy"].startswith(f'"{name}";q={quota}')
    return response


def truth():
    """Who really keeps how much: entries and bytes, by user."""
    with connection.cursor() as cursor:
        cursor.execute(
            account_limits.OWNED.format(
                texts=account_limits.TEXT_COLUMNS, of_record="true", of_comment="true"
            )
        )
        return {user: (entries, size) for user, entries, size in cursor.fetchall()}


def counted():
    rows = AccountUsage.objects.exclude(entries=0, bytes=0)
    return {row.user_id: (row.entries, row.bytes) for row in rows}


def test_a_day_has_so_many_records_and_then_no_more(api, settings, alice):
    settings.ACCOUNT_ENTRIES_PER_DAY = 3
    client = api("alice")
    created = [client.post(RECORDS, RECORD, format="json") for _ in range(3)]
    assert [response.status_code for response in created] == [201] * 3

    with nothing_written():
        response = client.post(RECORDS, RECORD, format="json")

    refused(response, "account_limit_reached", "account:entries-per-day", 3)
    assert client.get(RECORDS).status_code == 200


def test_the_next_day_begins_anew(api, settings, alice):
    settings.ACCOUNT_ENTRIES_PER_DAY = 1
    client = api("alice")
    client.post(RECORDS, RECORD, format="json")
    assert client.post(RECORDS, RECORD, format="json").status_code == 429

    AccountUsage.objects.update(day=timezone.now() - timedelta(days=1))

    assert client.post(RECORDS, RECORD, format="json").status_code == 201


@pytest.mark.parametrize("again", ["patch", "put"])
def test_changes_count_as_each_keeps_a_version(
    api, settings, alice, alices_record, again
):
    settings.ACCOUNT_ENTRIES_PER_DAY = 5
    client, url = api("alice"), f"{RECORDS}{alices_record.pk}/"

    answers = [
        getattr(client, again)(url, RECORD | {"title": f"Try {number}"}, format="json")
        for number in range(9)
    ]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 4
    refused(answers[-1], "account_limit_reached", "account:entries-per-day", 5)


def test_deleting_and_restoring_in_turns_ends_at_the_restoring(
    api, settings, alice, alices_record
):
    settings.ACCOUNT_ENTRIES_PER_DAY = 5
    client, url = api("alice"), f"{RECORDS}{alices_record.pk}/"

    answers: list[int] = []
    while not answers or answers[-1] < 300:
        answers.append(client.delete(url).status_code)
        answers.append(client.post(f"{url}restore/").status_code)

    assert answers == [204, 200, 204, 200, 204, 429]


def test_who_is_at_the_ceiling_can_still_delete(api, settings, alice, alices_record):
    settings.ACCOUNT_ENTRIES = 1
    client = api("alice")
    account_limits.recount([alice.user_id])
    assert client.post(RECORDS, RECORD, format="json").status_code == 429

    assert client.delete(f"{RECORDS}{alices_record.pk}/").status_code == 204


def test_bytes_of_a_day_are_counted_as_they_are_stored(api, settings, alice):
    settings.ACCOUNT_BYTES_PER_DAY = 100_000
    body = RECORD | {"description": "ß" * 20_000}  # two bytes each

    answers = [api("alice").post(RECORDS, body, format="json") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 429]
    refused(answers[2], "account_limit_reached", "account:bytes-per-day", 100_000)


def test_entries_and_bytes_in_all_have_ceilings_that_no_day_lifts(api, settings, alice):
    settings.ACCOUNT_ENTRIES = 2
    client = api("alice")
    for _ in range(2):
        client.post(RECORDS, RECORD, format="json")
    AccountUsage.objects.update(day=timezone.now() - timedelta(days=1))
    response = client.post(RECORDS, RECORD, format="json")
    refused(response, "account_full", "account:entries", 2)

    settings.ACCOUNT_ENTRIES, settings.ACCOUNT_BYTES = 100, 1_000
    body = RECORD | {"description": "x" * 1_000}
    response = client.post(RECORDS, body, format="json")
    refused(response, "account_full", "account:bytes", 1_000)


def test_a_doctor_writes_so_many_comments_in_a_day(
    api, settings, alice, dr_bob, dr_fay, alices_record
):
    settings.ACCOUNT_ENTRIES_PER_DAY = 3
    client, url = api("dr_bob"), f"{RECORDS}{alices_record.pk}/comments/"
    first = client.post(url, {"comment": "Rest."}, format="json").json()["id"]
    change = f"{url}{first}/"
    assert client.patch(change, {"comment": "Run."}, format="json").status_code == 200
    assert client.patch(change, {"is_private": True}, format="json").status_code == 200

    refused_one = client.patch(change, {"comment": "Sit."}, format="json")
    refused_two = client.post(url, {"comment": "Rest."}, format="json")

    for response in (refused_one, refused_two):
        refused(response, "account_limit_reached", "account:entries-per-day", 3)
    assert client.delete(change).status_code == 204
    assert api("alice").post(RECORDS, RECORD, format="json").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_so_many_are_written(api, settings, alice):
    settings.ACCOUNT_ENTRIES_PER_DAY = 5
    clients = [api("alice") for _ in range(12)]
    post = [partial(client.post, RECORDS, RECORD, format="json") for client in clients]

    answers = all_at_once(post)

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] * 5 + [429] * 7
    assert HealthRecord.objects.count() == 5
    assert OutboxEvent.objects.count() == 5
    assert AccessEntry.objects.count() == 5
    assert counted() == truth()


@pytest.mark.django_db(transaction=True)
def test_of_many_changes_at_once_exactly_so_many_are_kept(api, settings, alice):
    settings.ACCOUNT_ENTRIES_PER_DAY = 4
    record = HealthRecordFactory(patient=alice)
    clients = [api("alice") for _ in range(10)]

    answers = all_at_once(
        [
            partial(
                client.patch,
                f"{RECORDS}{record.pk}/",
                {"title": f"Try {number}"},
                format="json",
            )
            for number, client in enumerate(clients)
        ]
    )

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200] * 4 + [429] * 6
    record.refresh_from_db()
    assert record.version == 5


def test_what_is_counted_is_what_is_kept_whatever_people_do(
    api, alice, carol, dr_bob, settings
):
    settings.ACCOUNT_ENTRIES_PER_DAY = 40
    CareGrantFactory(patient=carol, doctor=dr_bob)
    chance = random.Random(14)
    clients = {who: api(who) for who in ("alice", "carol", "dr_bob")}
    for _ in range(200):
        act_at_random(chance, clients)

    assert counted() == truth()
    assert max(row.entries_of_day for row in AccountUsage.objects.all()) >= 40
    HealthRecord.objects.exclude(deleted_at=None).update(
        deleted_at=timezone.now() - timedelta(days=60)
    )
    account_limits.recount(user for user in truth())
    assert counted() == truth()

    while purge_batch(at_most=3):
        assert counted() == truth()


def act_at_random(chance, clients):
    """Let somebody write, change, delete, restore or comment on something."""
    patient = clients[chance.choice(["alice", "carol"])]
    text = {"title": "é" * chance.randint(1, 200)}
    ids = list(HealthRecord.objects.values_list("pk", flat=True))
    if not ids or chance.random() < 0.3:
        patient.post(RECORDS, RECORD | text, format="json")
        return
    url = f"{RECORDS}{chance.choice(ids)}/"
    match chance.choice(["change", "delete", "restore", "comment", "comment", "take"]):
        case "change":
            patient.patch(url, text, format="json")
        case "delete":
            patient.delete(url)
        case "restore":
            patient.post(f"{url}restore/")
        case "comment":
            said = {"comment": "ü" * chance.randint(1, 50)}
            clients["dr_bob"].post(f"{url}comments/", said, format="json")
        case "take":
            comments = clients["dr_bob"].get(f"{url}comments/").json()
            for comment in comments.get("results", [])[:1]:
                one = f"{url}comments/{comment['id']}/"
                clients["dr_bob"].patch(one, {"comment": "Changed."}, format="json")
                clients["dr_bob"].delete(one)
