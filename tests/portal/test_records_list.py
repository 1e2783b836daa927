"""A patient's list of records: what is looked for stands in the address."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from phr.care.choices import RecordType
from phr.health_records.timeline import MOST_SINGLE
from tests.factories import DoctorCommentFactory, HealthRecordFactory
from tests.portal.reading import queries_of, text_of


def titles_in(response: Any) -> list[str]:
    return [row.title for row in response.context["records"].rows]


@pytest.fixture
def records(alice, dr_bob, dr_eve):
    """A check-up, a lab result on which Dr. Bob comments, and a prescription."""
    made = {
        kind: HealthRecordFactory(
            patient=alice,
            record_type=kind,
            title=f"A {kind.lower()}",
            visit_date=datetime(2024 + place, 3, 1, 12, tzinfo=UTC),
        )
        for place, kind in enumerate(["CHECKUP", "LAB_RESULT", "PRESCRIPTION"])
    }
    DoctorCommentFactory(health_record=made["LAB_RESULT"], doctor=dr_bob)
    DoctorCommentFactory(
        health_record=made["PRESCRIPTION"], doctor=dr_eve, is_private=True
    )
    return made


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["A prescription", "A lab_result", "A checkup"]),
        ("kind=LAB_RESULT", ["A lab_result"]),
        ("words=check", ["A checkup"]),
        ("words=check&kind=LAB_RESULT", []),
        ("since=2025-03-01", ["A prescription", "A lab_result"]),
        ("until=2025-03-01", ["A lab_result", "A checkup"]),
        ("since=2025-03-01&until=2025-03-01", ["A lab_result"]),
        ("since=0001-01-01&until=9999-12-31", None),
    ],
)
def test_the_list_is_what_the_address_asks_for(browser, records, asked, found):
    everything = ["A prescription", "A lab_result", "A checkup"]

    response = browser("alice").get(f"/records/?{asked}")

    assert titles_in(response) == (everything if found is None else found)


def test_records_are_found_by_the_doctor_who_has_commented(browser, records, dr_bob):
    response = browser("alice").get(f"/records/?by={dr_bob.pk}")

    assert titles_in(response) == ["A lab_result"]


def test_a_doctor_who_has_only_commented_privately_is_not_offered(
    browser, records, dr_eve
):
    response = browser("alice").get(f"/records/?by={dr_eve.pk}")

    assert "Bob Stone" in text_of(response)
    assert "Eve Lind" not in text_of(response)
    assert len(titles_in(response)) == 3  # the filter is none that was offered


@pytest.mark.parametrize(
    "nonsense",
    [
        "kind=NONSENSE",
        "since=yesterday",
        "by=nobody",
        "words=%00",
        "words=" + "a" * 999,
        "kind=&words=&since=&until=&by=",
        "deleted=true",
        "kind=LAB_RESULT&kind=",
    ],
)
def test_what_makes_no_sense_in_an_address_is_left_out(browser, records, nonsense):
    response = browser("alice").get(f"/records/?{nonsense}")

    assert response.status_code == 200
    assert len(titles_in(response)) == 3


def test_a_place_in_the_list_that_was_made_up_is_not_found(browser, records):
    assert browser("alice").get("/records/?cursor=nonsense").status_code == 404


def test_an_empty_list_says_what_to_do_next(browser, alice):
    page = text_of(browser("alice").get("/records/"))

    assert "Add your first record" in page
    assert "/records/new/" in page
    assert "<svg class=picture" not in page


def test_a_search_without_a_find_leads_back_to_all(browser, records):
    page = text_of(browser("alice").get("/records/?words=nowhere"))

    assert "No record is like that." in page
    assert '<a href="/records/">Show all records</a>' in page


def test_a_line_says_the_kind_the_day_and_what_matters_most(browser, alice):
    HealthRecordFactory(
        patient=alice,
        record_type=RecordType.PRESCRIPTION,
        description="Against the pain",
        medications="\n  Ibuprofen 400 mg  \nwith meals",
        visit_date=datetime(2026, 11, 12, 9, tzinfo=UTC),
    )

    page = text_of(browser("alice").get("/records/"))

    assert "Prescription · Thursday, 12 November 2026" in page
    assert '<p class="gist">Ibuprofen 400 mg</p>' in page


def test_older_and_newer_keep_the_filters(browser, alice):
    for place in range(25):
        HealthRecordFactory(
            patient=alice,
            title=f"Record {place}",
            visit_date=datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=place),
        )
    alices = browser("alice")

    first = alices.get("/records/?kind=CHECKUP")
    second = alices.get(f"/records/{first.context['records'].older}")
    back = alices.get(f"/records/{second.context['records'].newer}")

    assert titles_in(first)[0] == "Record 24"
    assert titles_in(second) == [f"Record {place}" for place in (4, 3, 2, 1, 0)]
    assert titles_in(back) == titles_in(first)
    assert second.context["filters"]["given"] == {"kind": "CHECKUP"}


def test_pages_cost_eight_queries_however_much_there_is(
    browser, alice, dr_bob, dr_eve, dr_fay, dr_hal
):
    alices = browser("alice")
    record = HealthRecordFactory(patient=alice)
    pages = ["/", "/records/", "/records/deleted/", "/emergency-card/", "/records/new/"]
    pages += [f"/records/{record.pk}/{page}" for page in ("", "edit/", "changes/")]
    for path in pages:
        alices.get(path)
    few = {path: len(queries_of(alices, path)) for path in pages}

    for number in range(MOST_SINGLE + 1):
        one = HealthRecordFactory(patient=alice, title=f"Record {number}")
        if number < 30:
            DoctorCommentFactory(health_record=one, doctor=dr_bob)
            DoctorCommentFactory(health_record=record, doctor=dr_fay)
    many = {path: len(queries_of(alices, path)) for path in pages}

    # A long timeline is asked for twice: it is told by month.
    assert many == few | {"/records/": few["/records/"] + 1}
    assert max(many.values()) <= 8
