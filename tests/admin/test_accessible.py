"""What axe found in our pages, and how to tell without a browser (WCAG 2.2).

Each page has one first heading, no level of headings is left out, and each field has a
name that is read to those who do not see it (1.3.1, 2.4.6, 4.1.2).
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

import phr.interfaces
from phr.accounts.models import User
from phr.care.models import DoctorProfile
from phr.health_records.models import HealthRecord
from tests.admin.conftest import Browser
from tests.factories import DoctorVerificationFactory, EmergencyAccessFactory

ADMIN_STYLE = Path(phr.interfaces.__file__).parent / "static/interfaces/admin.css"
NAMELESS = {"hidden", "submit", "button", "image"}
PEOPLE = {"accept": "text/html"}


class Page(HTMLParser):
    """Its headings by level, and its fields without a name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.inside_label = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.inside_label = True
            self.labelled.add(given.get("for") or "")
        is_field = tag in {"input", "select", "textarea"}
        if is_field and given.get("type") not in NAMELESS and not self.inside_label:
            self.fields.append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.inside_label = False

    def nameless(self) -> list[dict[str, str | None]]:
        return [
            field
            for field in self.fields
            if field.get("id") not in self.labelled
            and not field.get("aria-label")
            and not field.get("aria-labelledby")
        ]

    def faults(self) -> list[object]:
        skipped = [
            (before, after)
            for before, after in zip(self.headings, self.headings[1:], strict=False)
            if after > before + 1
        ]
        one_first = self.headings.count(1) == 1
        return [*skipped, *self.nameless(), *([] if one_first else ["first heading"])]


@pytest.fixture
def pages_of_ours(
    clea: User, alices_record: HealthRecord, dr_dan: DoctorProfile
) -> list[str]:
    DoctorVerificationFactory(doctor=dr_dan)
    emergency = EmergencyAccessFactory()
    record, patient = alices_record.pk, alices_record.patient_id
    return [
        reverse("admin:health_records_healthrecord_clinical_text", args=[record]),
        reverse("admin:care_patientprofile_clinical_text", args=[patient]),
        reverse("admin:care_doctorprofile_decide", args=[dr_dan.pk]),
        reverse("admin:care_emergencyaccess_review", args=[emergency.pk]),
        reverse("admin:confirm"),
        "/admin/no/such/page/",
        "/admin/audit/accessentry/",
        "/admin/core/outboxevent/",
        "/admin/accounts/user/?q=alice",
    ]


def test_each_page_of_ours_has_headings_in_order_and_named_fields(
    rita: User, clea: User, browser: Browser, pages_of_ours: list[str]
) -> None:
    User.objects.filter(pk=clea.pk).update(is_superuser=True)
    client = browser(clea)

    faults = {
        path: Page(client.get(path, headers=PEOPLE).content.decode()).faults()
        for path in pages_of_ours
    }

    assert not any(faults.values()), faults


def test_the_text_itself_has_headings_in_order(
    clea: User, browser: Browser, alices_record: HealthRecord
) -> None:
    client = browser(clea)
    path = reverse(
        "admin:health_records_healthrecord_clinical_text", args=[alices_record.pk]
    )

    assert Page(client.post(path).content.decode()).faults() == []


def test_links_in_a_line_of_text_are_told_from_it_by_more_than_colour(
    rita: User, browser: Browser
) -> None:
    page = browser(rita).get("/admin/care/caregrant/").content.decode()
    style = finders.find("interfaces/admin.css")

    assert "interfaces/admin.css" in page
    assert isinstance(style, str)
    assert ".breadcrumbs a" in Path(style).read_text(encoding="utf-8")


def test_forms_that_are_not_djangos_own_get_the_style_for_them() -> None:
    folder = ADMIN_STYLE.parents[2] / "templates"
    ours = [
        text
        for path in folder.rglob("*.html")
        if "form.as_div" in (text := path.read_text(encoding="utf-8"))
    ]

    assert ours
    assert all('<form method="post" class="questions">' in text for text in ours)
    assert ".questions" in ADMIN_STYLE.read_text(encoding="utf-8")


def test_the_admin_site_has_an_icon_as_browsers_ask_for_one_anyway(
    rita: User, browser: Browser
) -> None:
    page = browser(rita).get("/admin/").content.decode()

    icon = re.search(r'<link rel="icon" href="/static/([^"]+)"', page)
    assert icon
    assert finders.find(icon[1])
