"""Who comes to a page in vain is told why, and how to get back."""

from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from phr.accounts.models import User
from phr.audit.models import AccessEntry
from phr.health_records.models import HealthRecord
from tests.admin.conftest import Browser

PEOPLE = {"accept": "text/html"}
BACK = 'href="/admin/"'


def text_page(record: HealthRecord) -> str:
    return reverse("admin:health_records_healthrecord_clinical_text", args=[record.pk])


def change_page(record: HealthRecord) -> str:
    return reverse("admin:health_records_healthrecord_change", args=[record.pk])


def test_the_text_is_offered_to_those_alone_who_may_read_it(
    rita: User, clea: User, browser: Browser, alices_record: HealthRecord
) -> None:
    """Who only looks at the row leaves nothing in the patient's ledger."""
    for user, is_offered in ((rita, False), (clea, True)):
        page = browser(user).get(change_page(alices_record)).content.decode()
        assert (text_page(alices_record) in page) is is_offered
    patient = alices_record.patient_id
    assert not AccessEntry.objects.filter(patient_id=patient).exists()


def test_profiles_are_offered_in_the_same_way(
    rita: User, clea: User, browser: Browser, alices_record: HealthRecord
) -> None:
    patient = alices_record.patient_id
    path = reverse("admin:care_patientprofile_change", args=[patient])
    text = reverse("admin:care_patientprofile_clinical_text", args=[patient])
    for user, is_offered in ((rita, False), (clea, True)):
        assert (text in browser(user).get(path).content.decode()) is is_offered


def test_who_types_the_address_all_the_same_is_told_why_not_and_where_to_go(
    rita: User, browser: Browser, alices_record: HealthRecord
) -> None:
    response = browser(rita).get(text_page(alices_record), headers=PEOPLE)

    page = response.content.decode()
    assert response.status_code == 403
    assert "You need a permission to read clinical text" in page
    assert BACK in page
    assert "admin/css/base.css" in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/no/such/page/", 404),
        ("/admin/accounts/user/00000000-0000-0000-0000-000000000000/password/", 403),
        ("/admin/care/caregrant/?state__regex=x", 400),
        ("/admin/core/outboxevent/replay/", 405),
    ],
)
def test_what_the_site_cannot_show_is_a_page_of_the_site(
    rita: User, browser: Browser, path: str, status: int
) -> None:
    response = browser(rita).get(path, headers=PEOPLE, follow=True)

    page = response.content.decode()
    assert response.status_code == status
    assert BACK in page
    assert "<h1>" in page


def test_a_mistake_of_ours_is_a_page_that_asks_no_database(
    rita: User, browser: Browser
) -> None:
    client = browser(rita)
    client.raise_request_exception = False
    with patch("phr.care.admin.grants.has_right", side_effect=RuntimeError("zebra")):
        response = client.get("/admin/care/caregrant/add/", headers=PEOPLE)

    page = response.content.decode()
    assert response.status_code == 500
    assert "This is our fault" in page
    assert BACK in page
    assert "zebra" not in page


@pytest.mark.django_db
def test_a_form_that_cannot_be_used_any_more_says_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True)

    response = client.post("/admin/confirm/", {"password": "x"}, headers=PEOPLE)

    page = response.content.decode()
    assert response.status_code == 403
    assert "This form has expired" in page
    assert "CSRF" not in page


@pytest.mark.django_db
def test_outside_of_the_site_it_is_a_page_of_the_rest() -> None:
    page = Client().get("/nothing/", headers=PEOPLE).content.decode()

    assert 'href="/"' in page
    assert "There is no page at this address" in page


def test_a_page_whose_files_were_not_collected_says_what_it_has_to_say() -> None:
    missing = ValueError("Missing staticfiles manifest entry")
    with patch("phr.api.pages.error_views.render_to_string", side_effect=missing):
        response = Client().get("/nothing/", headers=PEOPLE)

    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.content.decode()
