"""A browser, and the server with its workers that it is pointed at.

Every page of every test is watched: a message in the console, a violation of the
policy, a request to another host, an error of a script and a 500 fail the test.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page

from dev.chromium import MISSING, find_chromium, launch
from phr.accounts.models import User
from tests.access.browsers import browser_of
from tests.browser.chromium import is_wanted, playwright_beside_django
from tests.browser.servers import Servers, serving
from tests.browser.watching import Watch
from tests.conftest import user_of
from tests.mailbox import Mailbox, open_mailbox
from tests.waiting import wait_until

Contexts = Callable[..., BrowserContext]
PageOf = Callable[..., Page]
MailTo = Callable[[str], str]
GENEROUS = 20_000  # milliseconds, for a busy machine: who waits goes on at once
WIDE = {"width": 1280, "height": 800}
LINK = re.compile(r"https?://\S+")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are left out, or fail where it is wanted."""
    with playwright_beside_django() as playwright:
        program = find_chromium(playwright)
        if program is None and is_wanted():
            pytest.fail(MISSING)
        if program is None:
            pytest.skip(MISSING)
        browser = launch(playwright, program)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def package_mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as box:
        yield box


@pytest.fixture(scope="package")
def servers(
    browser: Browser,
    django_db_setup: None,
    package_mailbox: Mailbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Servers]:
    """A web server on the test database."""
    with serving(tmp_path_factory.mktemp("browser"), package_mailbox) as servers:
        yield servers


@pytest.fixture(scope="package")
def working(servers: Servers) -> Iterator[None]:
    """Have the workers up, too."""
    with servers.at_work():
        yield


@pytest.fixture
def mailbox(working: None, package_mailbox: Mailbox) -> Mailbox:
    """The mails of one test."""
    package_mailbox.mails.clear()
    return package_mailbox


@pytest.fixture
def link_mailed_to(mailbox: Mailbox) -> MailTo:
    """Wait for a mail to an address that leads to an account, and return its link.

    A notice of something earlier may come first.
    """

    def link(address: str) -> str:
        def links() -> list[str]:
            texts = [m.get_content() for m in mailbox.mails if m["To"] == address]
            found = [link for text in texts for link in LINK.findall(text)]
            return [link for link in found if "/account/" in link]

        wait_until(links, lambda: [mail["To"] for mail in mailbox.mails])
        return links()[0]

    return link


@pytest.fixture
def new_context(
    browser: Browser, servers: Servers, transactional_db: None
) -> Iterator[Contexts]:
    """Open a browser with nothing in it: a window, cookies of its own, watched.

    Its options are those of Playwright, such as `viewport` or `java_script_enabled`.
    """
    contexts: list[BrowserContext] = []
    watch = Watch(servers.url)

    def make(**options: Any) -> BrowserContext:
        chosen = {"viewport": WIDE, "base_url": servers.url, "locale": "en-GB"}
        context = browser.new_context(**(chosen | options))
        context.set_default_timeout(GENEROUS)
        watch.listen_to(context)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert watch.all_faults() == []


@pytest.fixture
def visitor(new_context: Contexts) -> Page:
    """A page of somebody who is not signed in."""
    return new_context().new_page()


@pytest.fixture
def page_of(
    new_context: Contexts, servers: Servers, request: pytest.FixtureRequest
) -> PageOf:
    """A page of somebody of the cast, by name, or of a user, who is signed in.

    They have just given a password; `proof` says how long ago it was.
    """

    def open_page(who: str | User, *, proof: Any = None, **options: Any) -> Page:
        user = user_of(request.getfixturevalue(who)) if isinstance(who, str) else who
        context = new_context(**options)
        sign_in(
            context, servers.url, user, **({} if proof is None else {"proof": proof})
        )
        return context.new_page()

    return open_page


def sign_in(context: BrowserContext, url: str, user: User, **proof: Any) -> None:
    """Give a browser the cookie of a session, without the form for signing in."""
    cookie = browser_of(user, **proof).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
