"""Keyset pages: what stands still is neither skipped nor shown twice."""

from datetime import timedelta

import pytest

from phr.care.choices import RecordType
from phr.health_records.models import HealthRecord
from tests.factories import MONDAY, HealthRecordFactory
from tests.problem_answers import faults_of

RECORDS = "/api/health-records/"


@pytest.fixture
def one_day(alice):
    """Two hundred records of the same visit date, in the order of the list."""
    made = [
        HealthRecordFactory.build(
            patient=alice, created_by=alice.user, title=f"number {n}"
        )
        for n in range(200)
    ]
    HealthRecord.objects.bulk_create(made)
    return [str(pk) for pk in sorted((record.pk for record in made), reverse=True)]


def ids(page):
    return [record["id"] for record in page["results"]]


def walk(client, url, direction="next"):
    """All pages from one on, in one direction."""
    pages = []
    while url:
        response = client.get(url)
        assert response.status_code == 200
        pages.append(response.json())
        url = pages[-1][direction]
    return pages


@pytest.mark.parametrize("size", [1, 7, 20, 100])
def test_records_of_one_visit_date_page_without_loss_or_repetition(api, one_day, size):
    client, expected = api("alice"), one_day if size > 1 else one_day[-5:]
    if size == 1:
        HealthRecord.objects.exclude(pk__in=expected).delete()

    pages = walk(client, f"{RECORDS}?page_size={size}")

    assert [found for page in pages for found in ids(page)] == expected
    assert {len(ids(page)) for page in pages[:-1]} <= {size}
    assert pages[0]["previous"] is None
    assert all(page["previous"] for page in pages[1:])


def test_the_way_back_shows_the_same_pages(api, one_day):
    client = api("alice")
    there = walk(client, f"{RECORDS}?page_size=30")

    back = walk(client, there[-1]["previous"], "previous")

    assert [ids(page) for page in back] == [ids(page) for page in there[-2::-1]]
    assert back[-1]["previous"] is None
    assert ids(client.get(back[-1]["next"]).json()) == ids(there[1])


def test_the_size_is_20_unless_it_is_said(api, one_day):
    assert ids(api("alice").get(RECORDS).json()) == one_day[:20]


def test_rows_that_stand_still_appear_once_while_others_come_and_go(
    api, alice, one_day
):
    client = api("alice")
    gone: set[str] = set()
    read: list[str] = []
    url = f"{RECORDS}?page_size=15"

    while url:
        page = client.get(url).json()
        read += ids(page)
        url = page["next"]
        third_ahead = one_day[len(set(read) | gone) + 2 :][:1]
        for going in (ids(page)[0], *third_ahead):
            client.delete(f"{RECORDS}{going}/")
            gone.add(going)
        for days in (-1, 1):  # one on a page that was read, one on a page to come
            HealthRecordFactory(patient=alice, visit_date=MONDAY - timedelta(days=days))

    stood_still = [record for record in one_day if record not in gone]
    assert len(read) == len(set(read))
    assert [record for record in read if record in set(stood_still)] == stood_still


def test_on_the_way_back_rows_that_stand_still_appear_once_too(api, alice, one_day):
    client = api("alice")
    url = walk(client, f"{RECORDS}?page_size=50")[-1]["previous"]
    read: list[str] = []
    gone: set[str] = set()

    while url:
        page = client.get(url).json()
        read = ids(page) + read
        url = page["previous"]
        going = ids(page)[-1]
        client.delete(f"{RECORDS}{going}/")
        gone.add(going)
        HealthRecordFactory(patient=alice, visit_date=MONDAY - timedelta(days=1))

    assert read == one_day[:150]
    assert len(gone) == 3


def test_the_edge_of_a_page_may_be_deleted(api, one_day):
    client = api("alice")
    first = client.get(f"{RECORDS}?page_size=10").json()

    client.delete(f"{RECORDS}{ids(first)[-1]}/")

    assert ids(client.get(first["next"]).json()) == one_day[10:20]


def test_after_everything_was_deleted_a_page_is_empty_and_leads_back(api, one_day):
    client = api("alice")
    first = client.get(f"{RECORDS}?page_size=10").json()
    second = client.get(first["next"]).json()
    HealthRecord.objects.exclude(pk__in=one_day[:5]).delete()

    empty = client.get(second["next"]).json()

    assert (empty["results"], empty["next"]) == ([], None)
    assert ids(client.get(empty["previous"]).json()) == one_day[:5]
    HealthRecord.objects.all().delete()
    assert client.get(second["next"]).json()["results"] == []
    assert client.get(RECORDS).json() == {"next": None, "previous": None, "results": []}


def test_newer_visits_stand_first_whatever_the_order_of_their_making(api, alice):
    days = [3, 1, 4, 15, 9, 2]
    records = {
        day: HealthRecordFactory(patient=alice, visit_date=MONDAY + timedelta(days=day))
        for day in days
    }

    pages = walk(api("alice"), f"{RECORDS}?page_size=2")

    found = [record for page in pages for record in ids(page)]
    assert found == [str(records[day].pk) for day in sorted(days, reverse=True)]


def test_the_links_keep_filter_and_size(api, alice, one_day):
    for n in range(5):
        HealthRecordFactory(
            patient=alice, title=f"Lab {n} & more", record_type=RecordType.LAB_RESULT
        )

    pages = walk(
        api("alice"), f"{RECORDS}?record_type=LAB_RESULT&search=lab&page_size=2"
    )

    titles = [r["title"] for page in pages for r in page["results"]]
    assert titles == [f"Lab {n} & more" for n in (4, 3, 2, 1, 0)]
    assert [len(ids(page)) for page in pages] == [2, 2, 1]


def test_a_cursor_opens_no_more_than_its_user_may_see(api, alice, carol, one_day):
    following = api("alice").get(RECORDS).json()["next"]

    assert api("carol").get(following).json()["results"] == []


@pytest.mark.parametrize(
    "size", ["0", "101", "-1", "1.5", "x", "", "00000020", "\uff11"]
)
def test_a_page_has_from_1_to_100_rows(api, alice, size):
    response = api("alice").get(RECORDS, {"page_size": size})

    assert faults_of(response) == {("page_size", "invalid")}


@pytest.mark.parametrize("cursor", ["", "x", "a:b", "W10:AAAA", "\x00", "é" * 10])
def test_a_cursor_that_is_not_ours_is_refused(api, alice, cursor):
    response = api("alice").get(RECORDS, {"cursor": cursor})

    assert faults_of(response) == {("cursor", "invalid")}


def test_a_cursor_that_was_changed_is_refused(api, one_day):
    client = api("alice")
    following = client.get(RECORDS).json()["next"]

    response = client.get(f"{following}x")

    assert faults_of(response) == {("cursor", "invalid")}
