"""Mailed links without a script too, the end of a session, and what was typed."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from phr.care.models import PatientProfile
from tests.browser.conftest import Contexts, MailTo, PageOf
from tests.factories import PASSWORD

WORDS = "a long enough sentence 7"
NEW_WORDS = "another long sentence 8"


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"main [name={name}]").fill(value)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/sign-in/")
    fill(page, username=name, password=password)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


@pytest.mark.parametrize("script", [True, False])
def test_somebody_opens_an_account_confirms_it_and_forgets_the_password(
    new_context: Contexts, link_mailed_to: MailTo, mailbox: Any, script: bool
):
    page = new_context(java_script_enabled=script).new_page()
    page.goto("/")
    page.get_by_role("link", name="Open an account").first.click()
    fill(page, first_name="Nina", email="nina@example.org", username="nina")
    fill(page, password=WORDS, password_confirm=WORDS)
    press(page, "Open the account")
    expect(page.get_by_role("link", name="Nina")).to_be_visible()

    follow(page, link_mailed_to("nina@example.org"), script)
    press(page, "Confirm")
    heading(page).to_have_text("Your address is confirmed")

    press(page, "Sign out")
    mailbox.mails.clear()
    page.goto("/sign-in/")
    page.get_by_role("link", name="Forgotten your password?").click()
    fill(page, email="nina@example.org")
    press(page, "Send the link")
    heading(page).to_have_text("Look at your mail")
    follow(page, link_mailed_to("nina@example.org"), script)
    fill(page, password=NEW_WORDS, password_confirm=NEW_WORDS)
    press(page, "Set the password")
    expect(page.get_by_text("Your password is set")).to_be_visible()
    sign_in(page, "nina", NEW_WORDS)
    expect(page.get_by_role("link", name="Nina")).to_be_visible()


def follow(page: Page, link: str, script: bool) -> None:
    """Open a mailed link; without a script it is pasted as well."""
    path = link[link.index("/account/") :]
    page.goto(path)
    if script:
        expect(page.locator("[data-link]")).to_be_hidden()
        assert "#" not in page.url
    else:
        fill(page, key=link)


def test_a_password_can_be_looked_at_while_it_is_typed(visitor: Page):
    visitor.goto("/sign-in/")
    field = visitor.locator("[name=password]")
    field.fill("secret words")

    press(visitor, "Show what I type")
    expect(field).to_have_attribute("type", "text")
    press(visitor, "Hide what I type")

    expect(field).to_have_attribute("type", "password")


@pytest.mark.parametrize(
    ("who", "path"), [("alice", "/account/details/"), ("sam", "/admin/")]
)
def test_a_minute_before_the_end_somebody_is_asked_and_may_stay(
    page_of: PageOf, who: str, path: str
):
    page = page_of(who)
    page.clock.install()
    page.goto(path)
    ask = page.get_by_role("dialog")
    expect(ask).to_be_hidden()

    page.clock.run_for("14:10")
    expect(ask).to_be_visible()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    with page.expect_request("**/session/"):
        press(page, "Stay signed in")
    expect(ask).to_be_hidden()
    page.clock.run_for("13:00")
    expect(ask).to_be_hidden()
    back = path.replace("/", "%2F")
    with page.expect_request(re.compile(rf"/sign-in/\?note=ended&next={back}")):
        page.clock.run_for("02:20")


def test_who_is_active_in_another_tab_is_not_asked(
    alice: PatientProfile, page_of: PageOf
):
    page = page_of("alice")
    page.clock.install()
    page.goto("/account/")
    page.clock.run_for("14:10")
    ask = page.get_by_role("dialog")
    expect(ask).to_be_visible()

    page.evaluate("localStorage.setItem('seen', String(Date.now()))")
    page.clock.run_for("00:06")

    expect(ask).to_be_hidden()


def test_what_was_typed_survives_a_lost_connection_until_it_is_saved(
    alice: PatientProfile, page_of: PageOf
):
    page = page_of("alice")
    page.goto("/account/details/")
    fill(page, allergies="Penicillin")
    page.route("**/account/details/", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        press(page, "Save")
    page.unroute("**/account/details/")

    page.goto("/account/details/")
    expect(page.get_by_text("We kept what you typed here.")).to_be_visible()
    expect(page.locator("[name=allergies]")).to_have_value("Penicillin")
    press(page, "Save")

    expect(page.get_by_text("Your details are saved.")).to_be_visible()
    alice.refresh_from_db()
    assert alice.allergies == "Penicillin"
    assert drafts_of(page) == []


def test_signing_out_leaves_no_draft(alice: PatientProfile, page_of: PageOf):
    page = page_of("alice")
    page.goto("/account/details/")
    fill(page, allergies="Penicillin")
    assert len(drafts_of(page)) == 1

    press(page, "Sign out")

    heading(page).to_have_text("Your health records, in your hands")
    assert urlsplit(page.url).path == "/"
    page.goto("/sign-in/")
    assert drafts_of(page) == []
    page.go_back()
    page.go_back()
    expect(page.get_by_text("Penicillin")).to_have_count(0)


def drafts_of(page: Page) -> list[str]:
    keys: list[str] = page.evaluate("Object.keys(sessionStorage)")
    return [key for key in keys if key.startswith("draft:")]
