"""Days and times in time zones, those of clocks that skip and repeat hours included."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from phr.core.time_zones import (
    begin_of_day,
    end_of_day,
    is_time_zone,
    time_zone_names,
    zone_named,
)


def test_every_zone_in_the_list_is_a_zone():
    assert {"UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia"} <= (
        time_zone_names()
    )
    for name in time_zone_names():
        assert str(zone_named(name)) == name


def test_a_zone_is_read_once():
    assert zone_named("Europe/Berlin") is zone_named("Europe/Berlin")


@pytest.mark.parametrize(
    "name",
    [
        *("", "localtime", "Factory", "europe/berlin", "../etc/passwd"),
        *("/etc/localtime", "Europe", "Europe/Berlin\0", "UTC ", "x" * 10_000),
        *("Zürich", "posixrules"),
    ],
)
def test_other_names_are_of_no_zone(name):
    assert not is_time_zone(name)
    assert zone_named(name) is None


@pytest.mark.parametrize(
    ("zone", "day", "begins", "ends"),
    [
        ("UTC", "2026-05-01", "2026-05-01T00:00:00Z", "2026-05-01T23:59:59Z"),
        ("Asia/Kathmandu", "2026-05-01", "2026-04-30T18:15Z", "2026-05-01T18:14:59Z"),
        ("Pacific/Apia", "2026-05-01", "2026-04-30T11:00Z", "2026-05-01T10:59:59Z"),
        # Of 23 and of 25 hours.
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00Z", "2026-03-29T21:59:59Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00Z", "2026-10-25T22:59:59Z"),
        # There was no midnight: clocks went from 0:00 to 1:00.
        ("America/Asuncion", "2023-10-01", "2023-10-01T04:00Z", "2023-10-02T02:59:59Z"),
        # They went back at midnight, and so the last hour was there twice.
        ("America/Asuncion", "2023-03-25", "2023-03-25T03:00Z", "2023-03-26T03:59:59Z"),
    ],
)
def test_a_day_lasts_from_its_first_to_its_last_second(zone, day, begins, ends):
    with timezone.override(zone_named(zone)):
        first = begin_of_day(date.fromisoformat(day))
        last = end_of_day(date.fromisoformat(day))

        assert first.astimezone(UTC) == datetime.fromisoformat(begins)
        assert last.astimezone(UTC) == datetime.fromisoformat(ends)
        assert timezone.localdate(last) == date.fromisoformat(day)
        before, after = last, last.astimezone(UTC) + timedelta(seconds=1)
        assert timezone.localdate(before) < timezone.localdate(after)


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Pacific/Apia", "America/Adak"])
@pytest.mark.parametrize("at", [datetime.min, datetime.max])  # noqa: DTZ901 - the ends of the calendar
def test_the_ends_of_the_calendar_can_be_shown_everywhere(zone, at):
    shown = timezone.localtime(at.replace(tzinfo=UTC), zone_named(zone))

    assert shown.year == at.year


def test_a_day_that_a_place_has_left_out_raises_nothing():
    with timezone.override(zone_named("Pacific/Apia")):
        assert begin_of_day(date(2011, 12, 30)) <= end_of_day(date(2011, 12, 30))
