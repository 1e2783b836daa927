"""A page is in the language that the browser asks for, and says so."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from phr.care.models import PatientProfile
from tests.access.browsers import browser_of
from tests.conftest import Api
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


def test_what_was_made_for_one_language_is_not_shown_in_another(
    alice: PatientProfile,
) -> None:
    HealthRecordFactory(patient=alice, record_type="LAB_RESULT")
    browser = browser_of(alice.user)
    german = ("Ihre Einträge", "Laborwert")
    english = ("Your records", "Lab result")

    for headers, said, unsaid in [
        ({}, english, german),
        (GERMAN, german, english),
        ({}, english, german),
    ]:
        page = browser.get("/records/", headers=headers).content.decode()

        assert [words for words in said if words not in page] == []
        assert [words for words in unsaid if words in page] == []


def chosen_by(browser: Client, language: str, **headers: str) -> Any:
    """The answer to the switch at the foot of the page for signing in."""
    return browser.post(
        "/language/",
        {"language": language},
        headers={"referer": "http://testserver/sign-in/?next=/records/", **headers},
    )


@pytest.mark.django_db
def test_the_switch_has_the_browser_keep_a_language_and_leads_back() -> None:
    browser = Client()
    foot = browser.get("/sign-in/").content.decode()
    answer = chosen_by(browser, "de")

    assert '<button class="link" name="language" value="de" lang="de">Deutsch<' in foot
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        "/sign-in/?next=/records/",
    )
    cookie = answer.cookies["language"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    page = browser.get("/sign-in/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="de">' in page
    assert "Anmelden" in page
    assert 'lang="en">English<' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "language", ["", "fr", "DE", "\x00", "de\r\nX-Y: 1", "d" * 9999]
)
def test_a_language_that_is_not_spoken_is_refused(language: str) -> None:
    browser = Client()

    answer = chosen_by(browser, language)

    assert answer.status_code == 400
    assert "language" not in browser.cookies


@pytest.mark.django_db
def test_the_switch_leads_to_no_other_site() -> None:
    answer = chosen_by(Client(), "de", referer="https://elsewhere.example/page")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_the_api_does_not_ask_a_cookie_for_the_language(api: Api) -> None:
    client = api("nobody")
    client.cookies["language"] = "de"

    problem = client.get("/api/health-records/")

    assert problem.headers["Content-Language"] == "en"
