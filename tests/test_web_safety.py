"""What a browser, a log or a proxy could be tricked with."""

import json
import logging
import re
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from rest_framework.test import APIClient

from phr.care.models import PatientProfile
from tests.accounts.bodies import patient_body
from tests.conftest import Api
from tests.factories import PASSWORD, PatientFactory, StaffFactory
from tests.problem_answers import faults_of
from tests.production_logs import production_logs
from tests.signing_in import sign_in_to_the_admin_site

SCRIPT = "<script>alert(1)</script>"
FORGED = '\n{"event": "forged"}\r\n\x1b[31m\u2028'


@pytest.mark.django_db
def test_a_text_with_a_script_in_it_is_a_text_on_a_page() -> None:
    patient = PatientFactory(user__first_name=SCRIPT)
    StaffFactory(username="rita", is_superuser=True)
    client = Client()
    sign_in_to_the_admin_site(client, "rita")

    pages = [
        client.get("/admin/care/patientprofile/"),
        client.get(f"/admin/accounts/user/{patient.user_id}/change/"),
    ]

    for page in pages:
        assert "&lt;script&gt;alert(1)" in page.content.decode()
        assert SCRIPT not in page.content.decode()


def test_a_text_in_a_link_to_the_next_page_stays_a_value(
    api: Api, alice: PatientProfile
) -> None:
    words = 'a&page_size=100#"\\"},</script>'
    body = {
        "record_type": "CHECKUP",
        "title": words,
        "visit_date": "2026-03-02T09:00:00Z",
    }
    client = api("alice")
    for _ in range(2):
        assert client.post("/api/health-records/", body).status_code == 201

    first = client.get("/api/health-records/", {"search": words, "page_size": "1"})
    second = client.get(first.json()["next"])

    shown = [page.json()["results"] for page in (first, second)]
    assert [[record["title"] for record in records] for records in shown] == [
        [words]
    ] * 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "target",
    [
        *("https://evil.example/", "//evil.example/", "/\\evil.example/"),
        *("javascript:alert(1)", "http:evil.example", "\thttps://evil.example/"),
    ],
)
def test_signing_in_leads_to_no_other_place(target: str) -> None:
    StaffFactory(username="sam")
    body = {"username": "sam", "password": PASSWORD, "next": target}

    response = Client().post("/sign-in/", body)

    assert response.status_code == 302
    assert response.headers["Location"] == "/"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/account/reset-password/", "/sign-in/"])
def test_passwords_are_typed_unseen_and_may_be_pasted_or_filled_in(path: str) -> None:
    fields = re.findall("<input[^>]*>", Client().get(path).content.decode())
    passwords = [field for field in fields if "password" in field]

    assert passwords
    for field in passwords:
        assert 'type="password"' in field
        assert 'autocomplete="off"' not in field
        assert "onpaste" not in field


@pytest.mark.django_db
def test_an_address_adds_no_header_to_a_mail(settings: Any) -> None:
    for email in ("a@example.org\nBcc: b@example.org", "a@example.org,b@example.org"):
        response = APIClient().post("/api/auth/register/", patient_body(email=email))
        assert ("email", "invalid") in faults_of(response)

    with pytest.raises(ValueError, match=r"(?i)header"):
        EmailMessage("Hello\nBcc: b@example.org", to=["a@example.org"]).message()


@pytest.mark.django_db
def test_signing_out_has_the_browser_forget() -> None:
    StaffFactory(username="sam")
    client = Client()
    sign_in_to_the_admin_site(client, "sam")
    assert "Sign out" in client.get("/admin/").content.decode()

    response = client.post("/sign-out/")

    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/admin/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/api/auth/profile/", "/admin/", "/health/"])
def test_nothing_is_echoed_to_trace(path: str) -> None:
    response = Client().trace(path, headers={"x-secret": "hush"})

    assert response.status_code in (302, 405)
    assert "hush" not in response.content.decode() + str(response.headers)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/sign-in/", "text/html; charset=utf-8"),
        ("/nothing/", "text/html; charset=utf-8"),
        ("/swagger/?script=", "application/javascript"),
        ("/api/schema/", "application/yaml"),
        ("/health/", "application/json"),
        ("/api/auth/profile/", "application/problem+json"),
    ],
)
def test_an_answer_says_what_it_is(path: str, kind: str) -> None:
    response = Client().get(path, headers={"accept": "text/html"})

    assert response.headers["Content-Type"] == kind


def test_a_line_of_the_log_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configured = production_logs("INFO")
    formatter = dict(configured["formatters"]["structured"])
    record = logging.LogRecord("x", 20, "x", 1, f"GET {FORGED}", None, None)

    line = formatter.pop("()")(**formatter).format(record)

    assert json.loads(line)["event"] == f"GET {FORGED}"
    assert json.loads(line)["timestamp"].endswith("Z")
    assert line.isprintable()


@pytest.mark.django_db
def test_the_address_of_a_request_makes_no_second_line(
    capfd: pytest.CaptureFixture[str],
) -> None:
    response: Any = APIClient().get("/api/nothing%0A%7B%22event%22:1%7D/")

    assert response.status_code == 404
    assert '\n{"event":1}' not in capfd.readouterr().err
