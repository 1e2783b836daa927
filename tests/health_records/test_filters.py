"""Narrowing the list of records."""

from datetime import UTC, datetime, timedelta

import pytest

from phr.care.choices import RecordType
from phr.core.ids import uuid7
from phr.health_records.models import TEXTS
from tests.factories import CareGrantFactory, HealthRecordFactory
from tests.problem_answers import faults_of

RECORDS = "/api/health-records/"
MAY_10 = datetime(2026, 5, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def titles(response):
    assert response.status_code == 200, response.content
    return {record["title"] for record in response.json()["results"]}


@pytest.fixture
def may(alice):
    """Records around the 10th of May, by the time of their visit."""
    times = {
        "just before": MAY_10 - SECOND,
        "midnight": MAY_10,
        "noon": MAY_10 + timedelta(hours=12),
        "last second": MAY_10 + timedelta(days=1) - SECOND,
        "next day": MAY_10 + timedelta(days=1),
    }
    for title, visit_date in times.items():
        HealthRecordFactory(patient=alice, title=title, visit_date=visit_date)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (
            {"visit_after": "2026-05-10"},
            {"midnight", "noon", "last second", "next day"},
        ),
        (
            {"visit_before": "2026-05-10"},
            {"just before", "midnight", "noon", "last second"},
        ),
        (
            {"visit_after": "2026-05-10", "visit_before": "2026-05-10"},
            {"midnight", "noon", "last second"},
        ),
        (
            {"visit_after": "2026-05-10T12:00:00Z"},
            {"noon", "last second", "next day"},
        ),
        (
            {"visit_before": "2026-05-10T12:00:00Z"},
            {"just before", "midnight", "noon"},
        ),
        (
            {"visit_after": "2026-05-10T14:00:01+02:00"},
            {"last second", "next day"},
        ),
        ({"visit_after": "2026-05-12"}, set()),
        ({"visit_before": "1900-01-01"}, set()),
    ],
)
def test_visits_are_found_by_day_and_by_time(api, may, query, found):
    assert titles(api("alice").get(RECORDS, query)) == found


@pytest.mark.parametrize("name", ["visit_after", "visit_before"])
@pytest.mark.parametrize(
    "value", ["yesterday", "2026-02-30", "2026-05-10T12:00:00", "10.5.2026", "0"]
)
def test_what_is_no_day_and_no_time_is_refused(api, alice, name, value):
    response = api("alice").get(RECORDS, {name: value})

    assert faults_of(response) == {(name, "invalid")}


def test_records_are_found_by_their_type(api, alice):
    for record_type in RecordType:
        HealthRecordFactory(patient=alice, title=record_type, record_type=record_type)

    for record_type in RecordType:
        response = api("alice").get(RECORDS, {"record_type": record_type.value})
        assert titles(response) == {record_type.value}


@pytest.mark.parametrize(
    ("name", "value"),
    [("record_type", "HOROSCOPE"), ("record_type", "checkup"), ("patient", "alice")],
)
def test_a_value_that_has_no_meaning_is_refused(api, alice, name, value):
    response = api("alice").get(RECORDS, {name: value})

    assert {field for field, _ in faults_of(response)} == {name}


def test_a_doctor_finds_the_records_of_one_patient(api, alice, carol, dr_bob):
    CareGrantFactory(patient=carol, doctor=dr_bob)
    HealthRecordFactory(patient=alice, title="Alice's")
    HealthRecordFactory(patient=carol, title="Carol's")
    client = api("dr_bob")

    assert titles(client.get(RECORDS)) == {"Alice's", "Carol's"}
    assert titles(client.get(RECORDS, {"patient": str(carol.pk)})) == {"Carol's"}
    assert titles(client.get(RECORDS, {"patient": str(uuid7())})) == set()


def test_asking_for_another_patients_records_finds_none(api, alice, carol):
    HealthRecordFactory(patient=carol)

    assert titles(api("alice").get(RECORDS, {"patient": str(carol.pk)})) == set()


def create(api, **texts):
    """Through the API, so that what makes a text searchable is tested with it."""
    body = {
        "record_type": "CHECKUP",
        "title": "T",
        "visit_date": "2026-03-02T09:00:00Z",
    }
    response = api("alice").post(RECORDS, body | texts, format="json")
    assert response.status_code == 201
    return response.headers["Location"]


@pytest.mark.parametrize("field", ["title", *TEXTS])
def test_every_text_is_searched(api, field):
    create(api, **{field: "the word Needle in it"})
    create(api, title="hay")

    results = api("alice").get(RECORDS, {"search": "needle"}).json()["results"]

    assert [record[field] for record in results] == ["the word Needle in it"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Knee Pain", "kNEE pAIN"),
        ("Épilepsie", "éPILEPSIE"),
        ("Épilepsie", "E\u0301pilepsie"),  # the accent as a letter of its own
        ("Straße 5", "STRASSE"),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ"),
        ("ПНЕВМОНИЯ", "пневмония"),
        ("Şanlıurfa", "şANLıURFA"),  # noqa: RUF001 - Turkish has this letter
        ("ﬁbrosis", "FIBROSIS"),
        ("頭痛", "頭痛"),
        ("ÅNGEST", "ångest"),
    ],
)
def test_search_does_not_see_case_in_any_script(api, text, words):
    create(api, title=text)
    create(api, title="Something else")
    client = api("alice")

    assert titles(client.get(RECORDS, {"search": words})) == {text}
    assert titles(client.get(RECORDS, {"search": text})) == {text}


def test_what_has_been_changed_is_found_as_it_is_now(api):
    location = create(api, title="before")
    client = api("alice")

    client.patch(location, {"title": "after"})

    assert titles(client.get(RECORDS, {"search": "before"})) == set()
    assert titles(client.get(RECORDS, {"search": "after"})) == {"after"}


def test_filters_narrow_together(api, alice, may):
    HealthRecordFactory(
        patient=alice,
        title="noon lab",
        record_type=RecordType.LAB_RESULT,
        visit_date=MAY_10 + timedelta(hours=12),
    )

    found = api("alice").get(
        RECORDS,
        {"record_type": "CHECKUP", "visit_after": "2026-05-10", "search": "NOON"},
    )

    assert titles(found) == {"noon"}
