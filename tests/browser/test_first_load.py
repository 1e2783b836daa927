"""What a first visit costs, over a connection that is slow: as production sends it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from phr.care.models import DoctorProfile, PatientProfile
from phr.health_records.models import HealthRecord
from tests.browser.conftest import sign_in
from tests.browser.servers import Servers, serving
from tests.mailbox import Mailbox

MOST = 100 * 1000  # bytes


@pytest.fixture(scope="module")
def production(
    browser: Browser,
    django_db_setup: None,
    package_mailbox: Mailbox,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Servers]:
    """A server whose static files were collected and compressed."""
    folder = tmp_path_factory.mktemp("production")
    with serving(folder, package_mailbox, static=folder / "static") as servers:
        yield servers


def sizes_of(page: Page, path: str) -> dict[str, int]:
    """What comes over the wire for a page, heads and all, by address."""
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Network.enable")
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on(
        "Network.requestWillBeSent",
        lambda event: names.update({event["requestId"]: event["request"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update(
            {names[event["requestId"]]: int(event["encodedDataLength"])}
        ),
    )
    page.goto(path, wait_until="networkidle")
    return sizes


@pytest.mark.parametrize("path", ["/", "/records/", "/records/new/", "/access/"])
def test_a_patients_first_load_is_small(
    browser: Browser,
    production: Servers,
    transactional_db: None,
    alice: PatientProfile,
    alices_record: HealthRecord,
    dr_bob: DoctorProfile,
    path: str,
) -> None:
    context = browser.new_context(base_url=production.url)
    sign_in(context, production.url, alice.user)

    sizes = sizes_of(context.new_page(), path)
    context.close()

    assert any(".woff2" in url for url in sizes)
    assert sum(sizes.values()) <= MOST, sizes


def test_so_is_a_visitors(
    browser: Browser, production: Servers, transactional_db: None
) -> None:
    context = browser.new_context(base_url=production.url)

    sizes = sizes_of(context.new_page(), "/sign-in/")
    context.close()

    assert sum(sizes.values()) <= MOST, sizes
