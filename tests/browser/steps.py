"""What people do on the pages, by what they read there, and no other way."""

from playwright.sync_api import Locator, Page, expect

from tests.factories import PASSWORD


def main_part(page: Page) -> Locator:
    return page.get_by_role("main")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def press(page: Page, name: str) -> None:
    """Press a button of the page, by what stands on it."""
    main_part(page).get_by_role("button", name=name).click()


def follow(page: Page, name: str) -> None:
    """Follow a link of the page, by what stands on it."""
    main_part(page).get_by_role("link", name=name).first.click()


def go_to(page: Page, place: str) -> None:
    """Go to one of the few places that stand on every page."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=place).click()


def sign_in_by_form(page: Page, username: str) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name or e-mail address").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    main_part(page).get_by_role("button", name="Sign in", exact=True).click()
    expect(
        page.get_by_role("banner").get_by_role("button", name="Sign out")
    ).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    expect(
        page.get_by_role("banner").get_by_role("link", name="Sign in")
    ).to_be_visible()


def add_record(page: Page, title: str, day: str = "2026-03-02") -> None:
    go_to(page, "Home")
    follow(page, "Add a record")
    page.get_by_label("Lab result").check()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Day of the visit").fill(day)
    press(page, "Save the record")
    expect(heading(page)).to_have_text(title)


def let_in(page: Page, word: str, doctor: str) -> None:
    """Invite a doctor, found by a word, to everything until it is ended."""
    go_to(page, "Access")
    follow(page, "Let a doctor in")
    page.get_by_label("Name of the doctor").fill(word)
    press(page, "Search")
    follow(page, f"Choose {doctor}")
    press(page, f"Let {doctor} in")
    expect(card_of(page, doctor)).to_be_visible()


def end_access(page: Page, doctor: str) -> None:
    go_to(page, "Access")
    card_of(page, doctor).get_by_role("link", name="End access").click()
    press(page, "End access")
    expect(page.get_by_text(f"{doctor} sees nothing of yours")).to_be_visible()
    expect(card_of(page, doctor)).to_have_count(0)


def card_of(page: Page, doctor: str) -> Locator:
    return page.get_by_role("article", name=doctor)
