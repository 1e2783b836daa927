"""The tests in the browser see what they are there to see."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from phr.care.models import PatientProfile
from tests.browser.conftest import MailTo, PageOf
from tests.browser.passkeys import give_authenticator
from tests.browser.servers import Servers
from tests.browser.watching import Watch

ASK_FOR_PASSKEY = """async () => {
  const made = await navigator.credentials.create({publicKey: {
    challenge: new Uint8Array(16), rp: {name: "Here"},
    user: {id: new Uint8Array(16), name: "alice", displayName: "Alice"},
    pubKeyCredParams: [-7, -257].map((alg) => ({type: "public-key", alg})),
    authenticatorSelection: {residentKey: "required", userVerification: "required"},
  }});
  return made.id;
}"""


@pytest.fixture
def watched(browser: Browser, servers: Servers, transactional_db: None):
    """A page whose faults do not fail the test, and what notes them."""
    watch = Watch(servers.url)
    context = browser.new_context(base_url=servers.url)
    watch.listen_to(context)
    yield context.new_page(), watch
    context.close()


def test_a_page_without_a_fault_has_none(watched):
    page, watch = watched

    page.goto("/")

    assert watch.all_faults() == []


STYLE = """document.body.innerHTML = '<p style="color: red">'"""
SCRIPT = (
    "const s = document.createElement('script'); s.text = '1'; document.body.append(s)"
)
MISTAKE = "setTimeout(() => nothing.there(), 0)"
ELSEWHERE = "http://127.0.0.2:9/"


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        (STYLE, "Policy: style-src"),
        (SCRIPT, "Policy: script-src"),
        (f"fetch('{ELSEWHERE}').catch(() => 0)", "Policy: connect-src"),
        (f"location.href = '{ELSEWHERE}'", "another host"),
        ("console.info('Hello')", "The console: Hello"),
        (MISTAKE, "nothing is not defined"),
        ("fetch('/nothing/')", "404"),
    ],
)
def test_what_a_page_does_wrong_is_a_fault(watched, what: str, fault: str):
    page, watch = watched
    page.goto("/")

    page.evaluate(f"() => {{ {what} }}")
    page.wait_for_timeout(200)

    assert fault in "\n".join(watch.all_faults())


def test_a_failure_of_the_server_is_a_fault(watched):
    page, watch = watched
    page.route("**/", lambda route: route.fulfill(status=500, body="Oh"))

    page.goto("/")

    assert any("500 for" in fault for fault in watch.all_faults())


def test_a_form_that_is_answered_with_what_is_wrong_is_none(watched):
    page, watch = watched

    page.goto("/nothing/")

    assert watch.all_faults() == []


def test_somebody_of_the_cast_is_signed_in(alice: PatientProfile, page_of: PageOf):
    page = page_of("alice")

    page.goto("/")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Alice")


def test_a_visitor_is_not(visitor: Page):
    visitor.goto("/records/")

    expect(visitor).to_have_url(re.compile(r"/sign-in/\?next="))


def test_a_device_makes_a_passkey(visitor: Page):
    visitor.goto("/")
    device = give_authenticator(visitor)

    made = visitor.evaluate(ASK_FOR_PASSKEY)

    assert made
    assert len(device.passkeys()) == 1


def test_a_link_in_a_mail_is_read(link_mailed_to: MailTo, visitor: Page):
    visitor.request.post(
        "/api/auth/register/",
        data={
            "username": "new",
            "email": "new@example.org",
            "password": "a long sentence of mine",
            "password_confirm": "a long sentence of mine",
            "user_type": "PATIENT",
            "first_name": "New",
            "last_name": "Person",
        },
    )

    assert "/account/confirm-email/" in link_mailed_to("new@example.org")
