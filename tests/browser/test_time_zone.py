"""The browser's time zone is suggested, and kept when somebody opens an account."""

from playwright.sync_api import expect

from phr.accounts.models import User
from tests.browser.conftest import Contexts, PageOf

APIA = {"timezone_id": "Pacific/Apia"}


def test_the_browsers_zone_is_suggested_and_nothing_is_saved_by_itself(
    page_of: PageOf,
) -> None:
    page = page_of("alice", **APIA)
    page.goto("/account/language/")

    expect(page.get_by_label("Time zone")).to_have_value("Pacific/Apia")
    assert User.objects.get(username="alice").time_zone == ""

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your language and time zone are saved.")).to_be_visible()
    assert User.objects.get(username="alice").time_zone == "Pacific/Apia"


def test_a_choice_of_ones_own_is_not_changed(page_of: PageOf, alice: object) -> None:
    User.objects.filter(username="alice").update(time_zone="Europe/Berlin")
    page = page_of("alice", **APIA)

    page.goto("/account/language/")

    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")


def test_a_zone_without_a_place_suggests_nothing(page_of: PageOf) -> None:
    page = page_of("alice", timezone_id="Etc/GMT+5")

    page.goto("/account/language/")

    expect(page.get_by_label("Time zone")).to_have_value("")


def test_an_account_is_opened_with_the_browsers_zone(new_context: Contexts) -> None:
    page = new_context(**APIA).new_page()

    page.goto("/sign-up/")

    expect(page.locator("[name=time_zone]")).to_have_value("Pacific/Apia")
