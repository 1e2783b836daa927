"""The picture of a timeline is kept for minutes, and never older than what it shows."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from phr.care.choices import GrantOrigin, RecordType
from phr.care.models import CareGrant, DoctorProfile
from phr.core.redis_client import connection
from phr.health_records import reads
from phr.health_records.account_limits import recount
from phr.health_records.models import HealthRecord
from phr.health_records.timeline import MOST_SINGLE
from tests.broker import closed_address
from tests.factories import CareGrantFactory, HealthRecordFactory
from tests.portal.reading import queries_of, text_of

SPRING = datetime(2024, 5, 1, 12, tzinfo=UTC)
GERMAN = {"accept-language": "de"}


@pytest.fixture(autouse=True)
def _nothing_is_kept_yet() -> None:
    for key in connection().keys("kept:*"):
        connection().delete(key)


@pytest.fixture
def long(alice: Any) -> None:
    """One record more than is told apart, so that it is told by month."""
    HealthRecord.objects.bulk_create(
        HealthRecordFactory.build(
            patient=alice,
            created_by=alice.user,
            record_type=RecordType.CHECKUP,
            visit_date=SPRING + timedelta(days=day),
            search_words="",
        )
        for day in range(MOST_SINGLE + 1)
    )
    recount([alice.user.pk])


def picture_in(response: Any) -> str:
    found = re.search(r"<figure.*</figure>", text_of(response))
    assert found
    return found[0]


def asks_for_months(browser: Any, path: str) -> bool:
    return any("DATE_TRUNC" in sql for sql in queries_of(browser, path))


@pytest.mark.usefixtures("long")
def test_a_long_timeline_is_put_together_once(browser: Any, alice: Any) -> None:
    alices = browser("alice")

    assert asks_for_months(alices, "/records/")
    first = alices.get("/records/")
    assert not asks_for_months(alices, "/records/")

    assert "301 records from 2024 to 2025." in text_of(first)


@pytest.mark.usefixtures("long")
def test_a_page_takes_few_statements_with_and_without_a_kept_picture(
    browser: Any,
) -> None:
    alices = browser("alice")
    alices.get("/records/")  # which notes the session
    for key in connection().keys("kept:*"):
        connection().delete(key)

    first, second = (len(queries_of(alices, "/records/")) for _ in range(2))

    assert (first, second) == (7, 6)


@pytest.mark.usefixtures("long")
def test_a_picture_is_kept_for_what_is_on_it_and_not_for_what_was_asked_for(
    alice: Any,
) -> None:
    asked = reads.own_timeline(alice.user)
    HealthRecordFactory(patient=alice, visit_date=SPRING)

    drawn, marks = asked.with_marks()

    assert sum(mark.count for mark in marks) == 302
    assert asked.name != drawn.name == reads.own_timeline(alice.user).name


@pytest.mark.usefixtures("long")
def test_what_is_added_deleted_and_brought_back_shows_at_once(
    browser: Any, api: Any, alice: Any
) -> None:
    alices, program = browser("alice"), api("alice")
    oldest = HealthRecord.objects.order_by("visit_date")[0]
    address = f"/api/health-records/{oldest.pk}/"

    def shown() -> str:
        page = text_of(alices.get("/records/"))
        return page.split("<figcaption>")[1].split(" records from")[0].split("<p>")[1]

    assert shown() == "301"
    asked = {
        "record_type": "LAB_RESULT",
        "title": "One more",
        "visit_date": "2024-06-01T09:00:00Z",
    }
    assert program.post("/api/health-records/", asked).status_code == 201
    assert shown() == "302"
    assert program.delete(address).status_code == 204
    assert shown() == "301"
    assert program.post(f"{address}restore/").status_code == 200
    assert shown() == "302"


def test_a_short_timeline_follows_rows_that_nobody_counted(
    browser: Any, alice: Any
) -> None:
    alices = browser("alice")
    record = HealthRecordFactory(patient=alice, visit_date=SPRING)
    assert "Check-up, Wednesday, 1 May 2024" in text_of(alices.get("/records/"))

    HealthRecord.objects.filter(pk=record.pk).update(record_type=RecordType.LAB_RESULT)

    page = text_of(alices.get("/records/"))
    assert "Laboratory result, Wednesday" in page or "Lab result, Wednesday" in page
    assert "Check-up, Wednesday" not in page


@pytest.mark.parametrize("number", [3, MOST_SINGLE + 1])
def test_what_an_access_no_longer_covers_is_gone_at_once(
    browser: Any, alice: Any, dr_dan: Any, number: int
) -> None:
    for day in range(number):
        HealthRecordFactory(
            patient=alice,
            record_type=RecordType.LAB_RESULT,
            visit_date=SPRING + timedelta(days=day),
        )
    HealthRecordFactory(
        patient=alice, record_type=RecordType.CHECKUP, visit_date=SPRING
    )
    recount([alice.user.pk])
    vouched = DoctorProfile.objects.filter(pk=dr_dan.pk)
    vouched.update(verified_at=timezone.now())  # else an emergency opens nothing
    narrow = CareGrantFactory(
        patient=alice, doctor=dr_dan, record_types=[RecordType.CHECKUP]
    )
    soon = timezone.now() + timedelta(hours=1)
    wide = CareGrantFactory(
        patient=alice, doctor=dr_dan, origin=GrantOrigin.EMERGENCY, expires_at=soon
    )
    dans, chart = browser("dr_dan"), f"/patients/{alice.pk}/"
    for _ in range(2):
        assert f"<p>{number + 1} records " in text_of(dans.get(chart))

    past = timezone.now() - timedelta(seconds=1)
    CareGrant.objects.filter(pk=wide.pk).update(expires_at=past)  # as time passes

    assert "1 record in 2024." in text_of(dans.get(chart))
    CareGrant.objects.filter(pk=narrow.pk).update(expires_at=past)
    assert dans.get(chart).status_code == 404


def test_a_picture_is_in_the_language_of_its_reader(browser: Any, alice: Any) -> None:
    HealthRecordFactory(patient=alice, visit_date=SPRING)
    alices = browser("alice")

    english = text_of(alices.get("/records/"))
    german = text_of(alices.get("/records/", headers=GERMAN))

    assert "Wednesday, 1 May 2024" in english
    assert "Mittwoch, 1. Mai 2024" in german
    assert "Wednesday" not in german


def test_redis_has_nothing_to_read_and_not_for_long(browser: Any, alice: Any) -> None:
    record = HealthRecordFactory(patient=alice, visit_date=SPRING)

    browser("alice").get("/records/")

    (key,) = connection().keys("kept:*")
    kept = connection().get(key)
    assert kept
    assert 0 < connection().ttl(key) <= 600
    for secret in (str(record.pk), str(alice.pk), "CHECKUP", "May", "records"):
        assert secret not in f"{key!r} {kept!r}"


def test_without_redis_a_page_is_the_same(
    browser: Any, alice: Any, settings: Any
) -> None:
    HealthRecordFactory(patient=alice, visit_date=SPRING)
    alices = browser("alice")
    kept = [picture_in(alices.get("/records/")) for _ in range(2)]

    settings.REDIS_URL = closed_address()
    made = picture_in(alices.get("/records/"))

    assert "Check-up, Wednesday, 1 May 2024" in made
    assert kept == [made, made]


def test_what_somebody_else_put_there_is_not_shown(browser: Any, alice: Any) -> None:
    HealthRecordFactory(patient=alice, visit_date=SPRING)
    alices = browser("alice")
    shown = picture_in(alices.get("/records/"))
    (key,) = connection().keys("kept:*")

    connection().set(key, "PHNjcmlwdD4=")

    assert picture_in(alices.get("/records/")) == shown
