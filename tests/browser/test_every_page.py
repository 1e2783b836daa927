"""Every page, to everybody: on a phone and a screen, by day and in the dark, in English
and in German."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import Page, expect

from phr.accounts.models import User
from phr.care.choices import RecordType
from tests.access.scene import Names, make_people, make_scene
from tests.access.sending import fill
from tests.browser.conftest import Contexts, PageOf
from tests.browser.looking import faults_seen
from tests.browser.mistakes import faults_of_mistakes, forms, send_all_wrong
from tests.browser.servers import HOST, Servers
from tests.conftest import user_of
from tests.emptied_tables import empty_tables
from tests.every_page import VISITS, Visit
from tests.factories import HealthRecordFactory, NotificationFactory

# How the title of a page begins on which something is wrong.
LANGUAGES = {"en": "Error", "de": "Fehler"}
A_LONG_WORD = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 2


class Scene(NamedTuple):
    people: dict[str, User]
    names: Names


@pytest.fixture(scope="module")
def scene(
    django_db_setup: None, django_db_blocker: Any, servers: Servers
) -> Iterator[Scene]:
    """The scene of the table of access, and more; made once, and only looked at."""
    with django_db_blocker.unblock():
        with transaction.atomic():
            scene = make_all()
        yield scene
        empty_tables()


def make_all() -> Scene:
    people = make_people()
    names = make_scene(people)
    for record_type in RecordType:
        for title in ("Something", A_LONG_WORD):
            HealthRecordFactory(
                patient=people.alice, record_type=record_type, title=title
            )
    for user in (people.alice.user, people.dr_bob.user):
        NotificationFactory(recipient=user)
    everybody = {who: user_of(one) for who, one in people._asdict().items()}
    return Scene(everybody, names)


@pytest.fixture
def transactional_db(scene: Scene, django_db_blocker: Any) -> Iterator[None]:
    """In place of the one that empties the tables: the scene is for the next test."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def browser_of(
    scene: Scene, new_context: Contexts, page_of: PageOf
) -> Callable[[Visit], Page]:
    """A page in a browser of whoever makes a visit, signed in."""

    def browser_of(visit: Visit) -> Page:
        if visit.who == "nobody":
            return new_context().new_page()
        return page_of(scene.people[visit.who])

    return browser_of


def open_in(page: Page, language: str, path: str) -> None:
    """Open a page in a language, as if it had been chosen at the foot of another."""
    page.context.add_cookies(
        [
            {
                "name": settings.LANGUAGE_COOKIE_NAME,
                "value": language,
                "domain": HOST,
                "path": "/",
            }
        ]
    )
    page.goto(path)
    expect(page.locator("html")).to_have_attribute("lang", language)


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_every_page_is_for_everybody_in_each_language(
    scene: Scene, browser_of: Callable[[Visit], Page], visit: Visit
) -> None:
    page, faults = browser_of(visit), []

    for language in LANGUAGES:
        open_in(page, language, fill(visit.path, scene.names))
        faults += [f"{language} {fault}" for fault in faults_seen(page)]

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("visit", list(forms()), ids=str)
def test_what_is_wrong_in_a_form_is_said_first_and_leads_to_its_field(
    scene: Scene, browser_of: Callable[[Visit], Page], visit: Visit
) -> None:
    page, faults = browser_of(visit), []

    for language, begin in LANGUAGES.items():
        open_in(page, language, fill(visit.path, scene.names))
        send_all_wrong(page)
        expect(page).to_have_title(re.compile(f"^{begin}: "))
        expect(page.locator("main .problem[autofocus]")).to_be_focused()
        found = [*faults_of_mistakes(page), *faults_seen(page)]
        faults += [f"{language} {fault}" for fault in found]

    assert not faults, "\n".join(faults)
