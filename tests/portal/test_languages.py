"""A page is in the language that the browser asks for, and says so."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import translation

from phr.care.models import PatientProfile
from tests.access.browsers import browser_of
from tests.factories import HealthRecordFactory

GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("fr,en;q=0.5", "en"),
        ("fr", "en"),
        ("", "en"),
        (";;q=,\u00e4" * 200, "en"),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(
    asked: str, spoken: str
) -> None:
    page = Client().get("/sign-in/", headers={"accept-language": asked})

    assert f'<html lang="{spoken}">' in page.content.decode()
    assert page.headers["Content-Language"] == spoken
    assert "Accept-Language" in page.headers["Vary"]


@pytest.mark.django_db
def test_the_language_of_a_request_ends_with_it() -> None:
    Client().get("/sign-in/", headers=GERMAN)

    assert translation.get_language() == "en"
    page = Client().get("/sign-in/")
    assert '<html lang="en">' in page.content.decode()


def test_days_are_written_as_the_language_writes_them(alice: PatientProfile) -> None:
    record = HealthRecordFactory(
        patient=alice, visit_date=datetime(2026, 5, 3, 14, 2, tzinfo=UTC)
    )
    browser = browser_of(alice.user)

    german = browser.get(f"/records/{record.pk}/", headers=GERMAN)
    english = browser.get(f"/records/{record.pk}/")

    assert "Sonntag, 3. Mai 2026, 14:02" in german.content.decode()
    assert "Sunday, 3 May 2026, 14:02" in english.content.decode()
