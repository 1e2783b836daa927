"""Browsers of the cast."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from phr.care.choices import RecordType
from phr.care.models import PatientProfile
from tests.access.browsers import browser_of
from tests.conftest import user_of
from tests.factories import HealthRecordFactory

Browser = Callable[[str], Client]


@pytest.fixture
def browser(request: pytest.FixtureRequest) -> Browser:
    """A browser in which a member of the cast is signed in, by name, or "nobody"."""

    def browser_for(who: str) -> Client:
        if who == "nobody":
            return Client()
        return browser_of(user_of(request.getfixturevalue(who)))

    return browser_for


@pytest.fixture
def records(alice: PatientProfile) -> None:
    """Three check-ups, one of them old, and a laboratory's result."""
    since = datetime(2024, 5, 1, tzinfo=UTC)
    for year in (2019, 2025, 2026):
        HealthRecordFactory(
            patient=alice,
            record_type=RecordType.CHECKUP,
            visit_date=since.replace(year=year),
        )
    HealthRecordFactory(
        patient=alice, record_type=RecordType.LAB_RESULT, visit_date=since
    )
