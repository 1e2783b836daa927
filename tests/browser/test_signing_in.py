"""An account from the first day: the mail, an app, recovery codes, a passkey."""

import pytest
from playwright.sync_api import Page, expect

from phr.care.models import PatientProfile
from tests.attacks.acting import otp
from tests.browser.conftest import MailTo, PageOf
from tests.browser.passkeys import PretendedAuthenticator, give_authenticator
from tests.browser.steps import (
    add_record,
    follow,
    heading,
    main_part,
    press,
    sign_out,
)
from tests.factories import PASSWORD

ADDRESS = "nell@example.org"


def test_an_account_is_opened_and_its_address_confirmed(
    visitor: Page, link_mailed_to: MailTo
) -> None:
    visitor.goto("/")
    follow(visitor, "Open an account")
    visitor.get_by_label("First name").fill("Nell")
    visitor.get_by_label("Last name").fill("Winter")
    visitor.get_by_label("E-mail address").fill(ADDRESS)
    visitor.get_by_label("User name").fill("nell")
    for field in visitor.locator("[type=password]").all():
        field.fill("a long sentence of mine")
    press(visitor, "Open the account")
    expect(heading(visitor)).to_contain_text("Nell")
    add_record(visitor, "Lipid panel")

    visitor.goto(link_mailed_to(ADDRESS))
    press(visitor, "Confirm")

    expect(heading(visitor)).to_have_text("Your address is confirmed")


def set_up_app(page: Page) -> tuple[str, list[str]]:
    """:returns: what the app knows, and the recovery codes that are shown."""
    page.goto("/account/second-factor/")
    press(page, "Set up an app")
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(otp(secret))
    press(page, "Switch it on")
    expect(heading(page)).to_have_text("Your recovery codes")
    codes = main_part(page).get_by_role("listitem").all_inner_texts()
    follow(page, "I have kept them")
    return secret, codes


def begin_to_sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("User name or e-mail address").fill("alice")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    main_part(page).get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_an_app_and_a_recovery_code_sign_in(
    alice: PatientProfile, page_of: PageOf, scripts: bool
) -> None:
    page = page_of("alice", java_script_enabled=scripts)
    secret, codes = set_up_app(page)
    for code in (otp(secret, steps=1), codes[0]):
        sign_out(page)
        begin_to_sign_in(page)
        expect(heading(page)).to_have_text("And the code")
        page.get_by_label("Code").fill(code)
        press(page, "Sign in")

        expect(heading(page)).to_contain_text("Alice")


def test_a_wrong_code_is_said_beside_the_field(
    alice: PatientProfile, page_of: PageOf
) -> None:
    page = page_of("alice")
    _, codes = set_up_app(page)
    sign_out(page)
    begin_to_sign_in(page)

    page.get_by_label("Code").fill("123456" if codes else "")
    press(page, "Sign in")

    expect(heading(page)).to_have_text("And the code")
    expect(main_part(page).get_by_role("alert")).to_be_visible()


# A device that is only pretended chooses by itself what is offered with the names.
OFFERS = "PublicKeyCredential.isConditionalMediationAvailable = async () => true"
OFFERS_NOTHING = OFFERS.replace("true", "false")


def add_passkey(page: Page) -> PretendedAuthenticator:
    """Give the page's device a passkey, and sign out."""
    page.goto("/account/second-factor/")
    device = give_authenticator(page)
    page.get_by_label("Name").fill("My phone")
    press(page, "Add a passkey")
    press(page, "Make the passkey")
    expect(heading(page)).to_have_text("Your recovery codes")
    assert len(device.passkeys()) == 1
    sign_out(page)
    return device


def test_a_passkey_signs_in_alone(alice: PatientProfile, page_of: PageOf) -> None:
    page = page_of("alice")
    add_passkey(page)
    page.add_init_script(OFFERS_NOTHING)

    page.goto("/sign-in/")
    press(page, "Sign in with a passkey")

    expect(heading(page)).to_contain_text("Alice")


def test_a_passkey_is_offered_where_the_user_name_is_typed(
    alice: PatientProfile, page_of: PageOf
) -> None:
    page = page_of("alice")
    add_passkey(page)
    page.add_init_script(OFFERS)

    page.goto("/sign-in/")

    expect(heading(page)).to_contain_text("Alice")


@pytest.mark.parametrize("script", [OFFERS_NOTHING, OFFERS], ids=["button", "offered"])
def test_a_finger_that_is_nobodys_signs_nobody_in(
    alice: PatientProfile, page_of: PageOf, script: str
) -> None:
    page = page_of("alice")
    add_passkey(page).refuse()
    page.add_init_script(script)

    page.goto("/sign-in/")
    press(page, "Sign in with a passkey")

    expect(main_part(page).get_by_role("alert")).to_contain_text("did not work")
    sign_in_by_form_fails_without_code(page)


def sign_in_by_form_fails_without_code(page: Page) -> None:
    """The password alone is half of it."""
    begin_to_sign_in(page)
    expect(heading(page)).to_have_text("And the code")
