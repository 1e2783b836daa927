"""A patient's story in German, from the first page to the last mail."""

import pytest
from playwright.sync_api import Page, expect

from phr.accounts.models import User
from phr.care.models import DoctorProfile
from phr.notifications.models import Notification
from tests.browser.conftest import Contexts, MailTo, PageOf
from tests.browser.steps import card_of, follow, heading, main_part, press
from tests.mailbox import Mailbox
from tests.waiting import wait_until

ADDRESS = "nell@example.org"
GERMAN = "de-DE"


@pytest.fixture
def patient(new_context: Contexts) -> Page:
    """A browser that asks for German, and nobody is signed in."""
    return new_context(locale=GERMAN).new_page()


@pytest.fixture
def doctor(dr_eve: DoctorProfile, page_of: PageOf) -> Page:
    """Dr. Eve, who has chosen German."""
    User.objects.filter(pk=dr_eve.user_id).update(language="de")
    return page_of("dr_eve", locale=GERMAN)


def go_to(page: Page, place: str) -> None:
    places = page.get_by_role("navigation", name="Hauptmenü")
    places.get_by_role("link", name=place).click()


def test_a_patients_story_is_told_in_german(
    patient: Page, doctor: Page, mailbox: Mailbox, link_mailed_to: MailTo
) -> None:
    open_an_account(patient)
    patient.goto(link_mailed_to(ADDRESS))
    press(patient, "Bestätigen")
    expect(heading(patient)).to_have_text("Ihre Adresse ist bestätigt")

    record = add_a_record(patient)
    let_dr_eve_in(patient)
    read_and_comment(doctor)
    see_what_is_new(patient)
    see_who_looked(patient)
    end_the_access(patient)
    assert doctor.goto(record).status == 404  # type: ignore[union-attr]  # it answers

    wait_until(lambda: len(subjects(mailbox)) == 3, lambda: subjects(mailbox))
    assert subjects(mailbox) == [
        "Bestätigen Sie Ihre E-Mail-Adresse",
        "Ihre E-Mail-Adresse wurde bestätigt",
        "Sie haben Zugriff auf Ihre Einträge gegeben",
    ]
    for mail in mailbox.mails:
        assert "Bitte antworten Sie nicht" in mail.get_content()


def subjects(mailbox: Mailbox) -> list[str]:
    return [str(mail["Subject"]) for mail in mailbox.mails]


def open_an_account(page: Page) -> None:
    page.goto("/")
    follow(page, "Konto eröffnen")
    page.get_by_label("Vorname").fill("Nell")
    page.get_by_label("Nachname").fill("Winter")
    page.get_by_label("E-Mail-Adresse").fill(ADDRESS)
    page.get_by_label("Benutzername").fill("nell")
    for field in page.locator("[type=password]").all():
        field.fill("ein langer Satz von mir")
    press(page, "Konto eröffnen")
    expect(heading(page)).to_contain_text("Nell")


def add_a_record(page: Page) -> str:
    """:returns: its address."""
    go_to(page, "Start")
    follow(page, "Eintrag hinzufügen")
    page.get_by_label("Laborwert").check()
    page.get_by_label("Titel").fill("Blutfette")
    page.get_by_label("Tag des Besuchs").fill("2026-03-02")
    press(page, "Eintrag speichern")
    expect(heading(page)).to_have_text("Blutfette")
    expect(main_part(page)).to_contain_text("2. März 2026")
    return page.url


def let_dr_eve_in(page: Page) -> None:
    go_to(page, "Zugriff")
    follow(page, "Zugriff geben")
    page.get_by_label("Name").fill("Lind")
    press(page, "Suchen")
    follow(page, "Auswählen Dr. Eve Lind")
    press(page, "Dr. Eve Lind Zugriff geben")
    expect(card_of(page, "Dr. Eve Lind")).to_be_visible()


def read_and_comment(page: Page) -> None:
    page.goto("/")
    go_to(page, "Patienten")
    follow(page, "Nell Winter")
    follow(page, "Blutfette")
    page.get_by_label("Kommentar").fill("Alles in Ordnung.")
    press(page, "Kommentieren")
    expect(main_part(page)).to_contain_text("Alles in Ordnung.")


def see_what_is_new(page: Page) -> None:
    wait_until(Notification.objects.filter(title="Neuer Kommentar").exists)
    go_to(page, "Posteingang")
    expect(main_part(page)).to_contain_text("Neuer Kommentar")


def see_who_looked(page: Page) -> None:
    go_to(page, "Zugriff")
    follow(page, "Wer nachgesehen hat")
    expect(main_part(page)).to_contain_text("Dr. Eve Lind hat Blutfette geöffnet.")


def end_the_access(page: Page) -> None:
    go_to(page, "Zugriff")
    card_of(page, "Dr. Eve Lind").get_by_role("link", name="Zugriff beenden").click()
    press(page, "Zugriff beenden")
    expect(main_part(page)).to_contain_text("Dr. Eve Lind sieht ab jetzt nichts mehr")
    expect(card_of(page, "Dr. Eve Lind")).to_have_count(0)
