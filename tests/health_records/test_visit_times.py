"""A visit has the time of day and the day that it had where it was, everywhere."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from phr.health_records.models import HealthRecord, RecordVersion
from tests.factories import MONDAY, CareGrantFactory, HealthRecordFactory
from tests.health_records.changing import RECORDS, change, read
from tests.problem_answers import faults_of

# Late in the evening, when UTC and everything east of it has the next day.
EVENING = "2026-03-02T23:30:00-07:00"
BODY = {"record_type": "CHECKUP", "title": "A fall", "visit_date": EVENING}


def create(client, **values):
    response = client.post(RECORDS, BODY | values, format="json")
    assert response.status_code == 201, response.content
    return response.json()


def visit_of(client, record_id):
    return client.get(f"{RECORDS}{record_id}/").json()["visit_date"]


def titles(response):
    assert response.status_code == 200, response.content
    return [record["title"] for record in response.json()["results"]]


def test_everybody_reads_the_visit_at_the_time_of_day_of_the_place(api, alice, dr_bob):
    made = create(api("alice"))

    assert made["visit_date"] == EVENING
    for who in ("alice", "dr_bob"):
        client = api(who)
        assert visit_of(client, made["id"]) == EVENING
        (listed,) = client.get(RECORDS).json()["results"]
        assert listed["visit_date"] == EVENING
        (found,) = client.get(RECORDS, {"search": "fall"}).json()["results"]
        assert found["visit_date"] == EVENING
    (mine,) = api("dr_bob").get(f"{RECORDS}my-patients/").json()["results"]
    assert mine["last_visit"] == EVENING


def test_the_instant_is_the_same_wherever_the_visit_was(api, alice):
    made = create(api("alice"))

    record = HealthRecord.objects.get(pk=made["id"])

    assert record.visit_date == datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
    assert record.visit_offset == -7 * 60


@pytest.mark.parametrize("verb", ["patch", "put"])
def test_a_change_of_something_else_keeps_the_offset(api, alice, verb):
    client = api("alice")
    made = create(client)
    values = {"title": "Another"} if verb == "patch" else BODY | {"title": "Another"}

    changed = getattr(client, verb)(f"{RECORDS}{made['id']}/", values, format="json")

    assert changed.json()["visit_date"] == EVENING
    (entry,) = client.get(f"{RECORDS}{made['id']}/history/").json()["results"]
    assert [change["field"] for change in entry["changes"]] == ["title"]


def test_another_offset_of_the_same_instant_is_a_change_that_history_tells(api, alice):
    client = api("alice")
    record = HealthRecord.objects.get(pk=create(client)["id"])
    the_same = "2026-03-03T06:30:00Z"

    change(client, record, visit_date=the_same)

    assert visit_of(client, record.pk) == the_same
    (entry,) = read(client, record)
    assert entry["version"] == 2
    assert entry["changes"] == [
        {"field": "visit_date", "before": EVENING, "after": the_same}
    ]
    change(client, record, visit_date=the_same)
    assert len(read(client, record)) == 1


def test_each_version_has_the_offset_that_it_had(api, alice, dr_bob):
    client = api("alice")
    record = HealthRecord.objects.get(pk=create(client)["id"])
    times = ["2026-03-02T23:30:00+05:45", "2026-03-02T23:30:00+14:00"]
    for time in times:
        change(client, record, visit_date=time)

    told = [
        (entry["changes"][0]["before"], entry["changes"][0]["after"])
        for entry in read(api("dr_bob"), record)
    ]

    assert told == [(times[0], times[1]), (EVENING, times[0])]


def test_a_deleted_and_restored_record_keeps_its_offset(api, alice):
    client = api("alice")
    made = create(client)
    url = f"{RECORDS}{made['id']}/"

    client.delete(url)
    (gone,) = client.get(RECORDS, {"deleted": "true"}).json()["results"]
    restored = client.post(f"{url}restore/").json()

    assert gone["visit_date"] == restored["visit_date"] == EVENING


def test_records_that_say_nothing_of_it_are_in_utc(api, alice):
    record = HealthRecordFactory(patient=alice, visit_date=MONDAY)

    assert visit_of(api("alice"), record.pk) == "2026-03-02T09:00:00Z"


# Around the 2nd of March: the time, and whether that day has begun or ended there.
AROUND = {
    "2nd in Kiritimati": "2026-03-02T00:00:00+14:00",
    "1st in Kiritimati": "2026-03-01T23:59:59+14:00",
    "2nd in Kathmandu": "2026-03-02T00:00:00+05:45",
    "1st in Kathmandu": "2026-03-01T23:59:59+05:45",
    "2nd in UTC": "2026-03-02T23:59:59Z",
    "3rd in UTC": "2026-03-03T00:00:00Z",
    "2nd in Denver": "2026-03-02T23:30:00-07:00",
    "3rd in Denver": "2026-03-03T00:00:00-07:00",
    "2nd on Howland": "2026-03-02T23:59:59-12:00",
    "3rd on Howland": "2026-03-03T00:00:00-12:00",
}
IN_ORDER = sorted(
    AROUND, key=lambda title: datetime.fromisoformat(AROUND[title]), reverse=True
)


def of_days(*days):
    return [title for title in IN_ORDER if title.startswith(days)]


@pytest.fixture
def around(api, alice):
    client = api("alice")
    for title, time in AROUND.items():
        create(client, title=title, visit_date=time)


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
@pytest.mark.parametrize(
    ("query", "days"),
    [
        ({"visit_after": "2026-03-02"}, ("2nd", "3rd")),
        ({"visit_before": "2026-03-02"}, ("1st", "2nd")),
        ({"visit_after": "2026-03-02", "visit_before": "2026-03-02"}, ("2nd",)),
        ({"visit_after": "2026-03-03"}, ("3rd",)),
        ({"visit_before": "2026-03-01"}, ("1st",)),
        ({"visit_after": "2026-03-03", "visit_before": "2026-03-01"}, ("none",)),
        ({"visit_after": "0001-01-01"}, ("",)),
        ({"visit_before": "9999-12-31"}, ("",)),
        ({"visit_before": "0001-01-01"}, ("none",)),
        ({"visit_after": "9999-12-31"}, ("none",)),
    ],
)
def test_a_day_is_the_visits_own(api, around, dr_bob, who, query, days):
    client = api(who)

    assert titles(client.get(RECORDS, query)) == of_days(*days)
    narrowed = query | {"record_type": "CHECKUP"}
    assert titles(client.get(RECORDS, narrowed)) == of_days(*days)
    found = client.get(RECORDS, query | {"search": "2nd"})
    assert titles(found) == [t for t in of_days(*days) if t.startswith("2nd")]


def test_a_day_beside_an_instant_narrows_by_both(api, around):
    query = {"visit_after": "2026-03-02", "visit_before": "2026-03-02T00:00:00Z"}

    found = titles(api("alice").get(RECORDS, query))

    assert found == ["2nd in Kathmandu", "2nd in Kiritimati"]


def test_an_instant_compares_instants_wherever_the_visits_were(api, around):
    query = {"visit_after": "2026-03-02T23:30:00-07:00"}

    found = titles(api("alice").get(RECORDS, query))

    border = datetime.fromisoformat(query["visit_after"])
    late = [t for t in IN_ORDER if datetime.fromisoformat(AROUND[t]) >= border]
    assert found == late
    assert "3rd in UTC" not in found


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
@pytest.mark.parametrize("size", [1, 3])
def test_pages_are_in_the_order_of_instants_and_lose_nothing(
    api, around, dr_bob, who, size
):
    client = api(who)
    query = f"{RECORDS}?page_size={size}&visit_after=2026-03-02"
    url, forth, back = query, list[str](), list[str]()
    while url:
        page = client.get(url)
        forth += titles(page)
        last, url = url, page.json()["next"]
    url = client.get(last).json()["previous"]
    while url:
        page = client.get(url)
        back = titles(page) + back
        url = page.json()["previous"]

    assert forth == of_days("2nd", "3rd")
    assert back == forth[: len(back)]
    assert len(back) >= len(forth) - size


def test_doctors_of_many_find_days_as_others_do(api, around, dr_bob):
    """With a hundred grants pages come from everybody's records, by other steps."""
    CareGrantFactory.create_batch(110, doctor=dr_bob)
    one_day = {"visit_after": "2026-03-02", "visit_before": "2026-03-02"}

    found = titles(api("dr_bob").get(RECORDS, one_day | {"page_size": 1}))
    all_of_them = titles(api("dr_bob").get(RECORDS, one_day))

    assert found == of_days("2nd")[:1]
    assert all_of_them == of_days("2nd")


@pytest.mark.parametrize("offset", [-841, 841])
def test_the_database_takes_no_offset_that_clocks_do_not_have(alice, offset):
    with pytest.raises(IntegrityError, match="visit_offset"), transaction.atomic():
        HealthRecordFactory(patient=alice, visit_offset=offset)


@pytest.mark.parametrize(
    "visit_date", ["2026-03-02T09:00:00+14:01", "2026-03-02T09:00:00-23:59"]
)
def test_an_offset_that_no_clock_has_names_the_field(api, alice, visit_date):
    body = BODY | {"visit_date": visit_date}

    response = api("alice").post(RECORDS, body, format="json")

    assert faults_of(response) == {("visit_date", "no_such_offset")}
    assert not HealthRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_migrations_bring_stored_visits_along_in_utc_and_back(alices_record):
    HealthRecord.objects.filter(pk=alices_record.pk).update(title="New", version=2)
    now = HealthRecord.objects.values("visit_date", "title")
    before = list(now)
    try:
        call_command("migrate", "health_records", "0013", verbosity=0)
        with connection.cursor() as cursor:  # as the release before does
            cursor.execute("UPDATE health_records_healthrecord SET version = 3")
    finally:
        call_command("migrate", verbosity=0)

    assert list(now) == before
    assert [record.visit_offset for record in HealthRecord.objects.all()] == [0]
    versions = RecordVersion.objects.order_by("version")
    assert [(each.version, each.visit_offset) for each in versions] == [(1, 0), (2, 0)]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE health_records_healthrecord SET visit_offset = 60")
    assert RecordVersion.objects.count() == 3
