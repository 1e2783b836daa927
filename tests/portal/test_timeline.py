"""The picture of a timeline: small and true, however long the timeline is."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.choices import RecordType
from phr.core.errors import NotFound
from phr.health_records import reads
from phr.health_records.filters import RecordFilters
from phr.health_records.models import HealthRecord
from phr.health_records.timeline import MOST_SINGLE, Mark
from phr.portal.records.filters import list_url
from phr.portal.records.views import record_url
from phr.portal.timeline import NARROW, WIDE, timeline_of
from tests.factories import HealthRecordFactory

LONG_AGO = datetime(1990, 1, 1, 12, tzinfo=UTC)


def add_records(alice: Any, number: int, days_between: int = 1) -> None:
    kinds = RecordType.values
    HealthRecord.objects.bulk_create(
        HealthRecordFactory.build(
            patient=alice,
            created_by=alice.user,
            record_type=kinds[place % len(kinds)],
            visit_date=LONG_AGO + timedelta(days=place * days_between),
            search_words="",
        )
        for place in range(number)
    )


def test_one_record_is_one_mark_that_opens_it(browser, alice):
    record = HealthRecordFactory(
        patient=alice, visit_date=datetime(2026, 1, 5, 23, tzinfo=UTC), visit_offset=120
    )

    page = browser("alice").get("/records/").content.decode()

    assert "1 record in 2026." in page
    mark = f'href="/records/{record.pk}/"><title>Check-up, Tuesday, 6 January 2026<'
    assert page.count(mark) == 2  # in the drawings for wide and for narrow screens


def test_what_would_lie_on_top_of_each_other_is_one_mark_with_its_number(
    browser, alice
):
    for day in (3, 5, 4):
        HealthRecordFactory(
            patient=alice, visit_date=datetime(2026, 1, day, 12, tzinfo=UTC)
        )

    page = browser("alice").get("/records/").content.decode()

    assert "Check-up: 3 records from 3 January 2026 to 5 January 2026<" in page
    assert "?kind=CHECKUP&amp;since=2026-01-03&amp;until=2026-01-05" in page


def test_a_mark_of_several_leads_to_just_these(browser, alice):
    add_records(alice, 40, days_between=40)
    alices = browser("alice")
    marks = reads.own_timeline(alice.user).with_marks()[1]
    timeline = timeline_of(
        marks, record_url=record_url, list_url=partial(list_url, address="/records/")
    )
    assert timeline is not None

    for drawing in timeline.drawings:
        assert sum(dot.count for dot in drawing.dots) == timeline.total == 40
        for dot in drawing.dots:
            if dot.count > 1:
                found = alices.get(dot.href).context["records"].rows
                assert len(found) == dot.count


def test_a_long_timeline_is_told_by_month_and_stays_small(browser, alice):
    add_records(alice, 10_000)
    alices = browser("alice")

    marks = reads.own_timeline(alice.user).with_marks()[1]
    page = alices.get("/records/").content

    assert sum(mark.count for mark in marks) == 10_000
    assert len(marks) <= 12 * 28 * len(RecordType)
    assert b"10000 records from 1990 to 2017." in page
    assert len(page) < 100_000


def test_as_many_as_are_told_apart_are_told_apart(alice):
    add_records(alice, MOST_SINGLE)

    marks = reads.own_timeline(alice.user).with_marks()[1]

    assert len(marks) == MOST_SINGLE
    assert all(mark.record_id for mark in marks)


def test_a_timeline_has_nothing_deleted_and_nothing_of_others(alice, carol):
    HealthRecordFactory(patient=alice, deleted_at=LONG_AGO)
    HealthRecordFactory(patient=carol)

    assert reads.own_timeline(alice.user).with_marks()[1] == []


def chart_of(doctor, patient):
    filters = RecordFilters(patient=patient.pk)
    return reads.open_chart(doctor.user, filters, None, 20, at=timezone.now())


def test_a_doctor_sees_what_the_access_covers_and_it_is_entered(alice, dr_fay):
    HealthRecordFactory(patient=alice, record_type=RecordType.CHECKUP)
    covered = HealthRecordFactory(patient=alice, record_type=RecordType.PRESCRIPTION)

    marks = chart_of(dr_fay, alice).timeline.with_marks()[1]

    assert [mark.record_id for mark in marks] == [covered.pk]
    line = AccessEntry.objects.get(actor_id=dr_fay.user.pk)
    assert line.action == "health_records.chart_opened"
    assert line.categories == ["PRESCRIPTION"]
    assert line.patient_id == alice.pk
    assert line.grant_id is not None


def test_a_doctor_without_access_finds_nothing_and_that_is_entered(alice, dr_eve):
    with pytest.raises(NotFound):
        chart_of(dr_eve, alice)

    assert AccessEntry.objects.get(actor_id=dr_eve.user.pk).outcome == "REFUSED"


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("years", [1, 2, 127])
def test_no_two_marks_of_a_kind_touch(layout, years):
    days = [date(1900, 1, 1) + timedelta(days=7 * week) for week in range(52 * years)]
    marks = [
        Mark(kind, day, day, 1, None) for day in days for kind in RecordType.values
    ]

    timeline = timeline_of(
        marks, record_url=lambda _: "", list_url=lambda *_: "/records/"
    )

    assert timeline is not None
    drawing = next(one for one in timeline.drawings if one.layout == layout)
    assert 1 <= len(drawing.years) <= layout.most_years
    assert all(x + 38 <= layout.width for _, x in drawing.years)
    assert len(drawing.dots) <= layout.places * len(RecordType)
    for kind, _ in drawing.lanes:
        across = sorted(dot.x for dot in drawing.dots if dot.record_type == kind)
        gaps = [right - left for left, right in pairwise(across)]
        assert min(gaps, default=24) >= 24  # the target size of WCAG 2.2 (2.5.8)
        assert layout.left <= across[0] <= across[-1] <= layout.width
