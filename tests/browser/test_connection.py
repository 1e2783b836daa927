"""The connection is cut, and comes back: said in words, and nothing is done twice."""

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from phr.care.models import PatientProfile
from phr.health_records.models import DoctorComment, HealthRecord
from tests.browser.conftest import GENEROUS, PageOf
from tests.browser.steps import heading, main_part, press
from tests.factories import NotificationFactory
from tests.waiting import wait_until


def told(page: Page) -> Locator:
    return page.locator("#connection")


def cut(route: Route) -> None:
    """As if the server was not there, which the browser does not know."""
    route.abort("internetdisconnected")


def test_a_list_that_filters_itself_goes_on_when_the_connection_is_back(
    alices_record: HealthRecord, page_of: PageOf
) -> None:
    page = page_of("alice")
    page.goto("/records/")
    page.context.set_offline(True)
    expect(told(page)).to_contain_text("There is no connection just now")

    page.get_by_label("Diagnosis").check(force=True)
    page.get_by_label("Emergency").check(force=True)
    expect(page.get_by_role("link", name=alices_record.title)).to_be_visible()
    page.context.set_offline(False)

    expect(told(page)).to_contain_text("The connection is back")
    expect(main_part(page)).to_contain_text("No record is like that")
    expect(page.get_by_label("Emergency")).to_be_checked()
    assert "kind=EMERGENCY" in page.url


@pytest.mark.parametrize("path", ["/records/new/", "/sign-in/"])
def test_a_page_is_not_told_of_a_cut_that_there_is_not(
    alice: PatientProfile, page_of: PageOf, visitor: Page, path: str
) -> None:
    page = visitor if path == "/sign-in/" else page_of("alice")

    page.goto(path, wait_until="networkidle")

    expect(told(page)).to_be_empty()


def begin_a_record(page: Page) -> None:
    page.goto("/records/new/")
    page.get_by_label("Lab result").check(force=True)
    page.get_by_label("Title").fill("Lipid panel")
    page.get_by_label("Day of the visit").fill("2026-03-02")


def test_a_form_waits_for_the_server_and_is_sent_once(
    alice: PatientProfile, page_of: PageOf
) -> None:
    page = page_of("alice")
    begin_a_record(page)
    page.route("**/*", cut)

    press(page, "Save the record")
    expect(told(page)).to_contain_text("this is not sent yet")
    with page.expect_event("requestfailed"):
        press(page, "Save the record")
    with page.expect_event("requestfailed"):
        pass  # of its own accord
    expect(page.get_by_label("Title")).to_have_value("Lipid panel")
    page.unroute("**/*")

    expect(heading(page)).to_have_text("Lipid panel", timeout=GENEROUS)
    assert HealthRecord.objects.filter(title="Lipid panel").count() == 1


def test_who_would_rather_not_send_it_keeps_it(
    alice: PatientProfile, page_of: PageOf
) -> None:
    page = page_of("alice")
    begin_a_record(page)
    page.route("**/*", cut)
    press(page, "Save the record")

    page.get_by_role("button", name="Do not send it").click()
    page.unroute("**/*")

    expect(told(page)).to_contain_text("The connection is back", timeout=GENEROUS)
    expect(page.get_by_label("Title")).to_have_value("Lipid panel")
    assert not HealthRecord.objects.exists()
    press(page, "Save the record")
    expect(heading(page)).to_have_text("Lipid panel")


def test_what_a_doctor_writes_waits_too(
    alices_record: HealthRecord, bobs_grant: object, page_of: PageOf
) -> None:
    page = page_of("dr_bob")
    page.goto(f"/records/{alices_record.pk}/")
    page.context.set_offline(True)
    page.get_by_role("textbox").fill("Please come again in May.")
    page.locator("main form").get_by_role("button", name="Comment").click()
    expect(told(page)).to_contain_text("this is not sent yet")

    page.context.set_offline(False)

    wait_until(DoctorComment.objects.exists, lambda: told(page).inner_text())
    expect(main_part(page)).to_contain_text("Please come again in May.")


def test_the_count_of_the_inbox_goes_on(alice: PatientProfile, page_of: PageOf) -> None:
    page = page_of("alice")
    page.clock.install()
    page.goto("/inbox/")
    count = page.locator(".live-count")
    page.route("**/*", cut)
    page.clock.run_for("01:01")
    expect(told(page)).to_contain_text("There is no connection just now")
    NotificationFactory(recipient=alice.user)

    page.unroute("**/*")

    expect(told(page)).to_contain_text("The connection is back", timeout=GENEROUS)
    expect(count).to_contain_text("1")
    page.clock.run_for("00:06")
    expect(told(page)).to_be_empty()


def test_a_filter_that_is_refused_says_so_as_a_page(
    alices_record: HealthRecord, page_of: PageOf
) -> None:
    page = page_of("alice")
    page.goto("/records/")
    page.route(
        "**/records/?kind=*",
        lambda route: route.fulfill(
            status=429, body="<h1>Too often</h1>", content_type="text/html"
        ),
    )

    page.get_by_label("Emergency").check(force=True)

    expect(heading(page)).to_have_text("Too often")
