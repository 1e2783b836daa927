"""Host, User-Agent, X-Request-ID and what stands in names: nothing gets out of its
place, into a link, a header, a line of the log or a cell of a file."""

import csv
import io
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.addresses import claim_address
from phr.accounts.models import LoginSession, Mail
from phr.care.models import PatientProfile
from phr.core.models import OutboxEvent
from phr.core.single_line import as_one_line
from phr.identity.sign_in import start_session
from tests.accounts.bodies import patient_body
from tests.attacks.acting import FORGOT, PROFILE, REGISTER, TOTP, log_in
from tests.conftest import Api
from tests.factories import AccessEntryFactory
from tests.problem_answers import faults_of, problem_of
from tests.production_logs import production_logs
from tests.rows import all_rows, nothing_written
from tests.signing_in import sign_in_to_the_admin_site

pytestmark = pytest.mark.django_db
OURS = "https://records.example.org"
FORGED: Any = {
    "HTTP_HOST": "localhost",  # allowed, but not what PUBLIC_URL says
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_HOST": "evil.example",
    "HTTP_X_ORIGINAL_HOST": "evil.example",
    "HTTP_FORWARDED": "host=evil.example",
    "HTTP_ORIGIN": "https://evil.example",
    "HTTP_REFERER": "https://evil.example/",
}


def test_what_is_asked_for_by_mail_names_no_host_of_the_request(
    api: Api, alice: PatientProfile, settings: Any, deliver: Callable[[], None]
) -> None:
    settings.USE_X_FORWARDED_HOST = True
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "evil.example"]
    claim_address(alice.user)
    client = api("alice")

    answers = [
        APIClient().post(FORGOT, {"email": "alice@example.org"}, **FORGED),
        client.post("/api/auth/email/resend/", **FORGED),
        client.patch(PROFILE, {"user": {"email": "new@example.org"}}, **FORGED),
        APIClient().post(REGISTER, patient_body(), **FORGED),
        client.post(TOTP, **FORGED),
    ]

    assert [answer.status_code for answer in answers] == [202, 202, 200, 201, 200]
    assert OutboxEvent.objects.count() >= 4
    deliver()
    assert Mail.objects.exists()
    written = repr(all_rows()) + "".join(
        answer.content.decode() + str(answer.headers) for answer in answers
    )
    for host in ("evil.example", "localhost"):
        assert host not in written


@pytest.mark.parametrize(
    "header", ["HTTP_X_REQUEST_ID", "HTTP_X_CORRELATION_ID", "HTTP_TRACEPARENT"]
)
@pytest.mark.parametrize("value", ["forged", "a\r\nX-Bad: 1", "\x1b[31m", "x" * 5_000])
def test_the_id_of_a_request_is_ours(
    alice: PatientProfile, header: str, value: str
) -> None:
    lines = io.StringIO()
    logger, handler = logging.getLogger(), logging.StreamHandler(lines)
    handler.setFormatter(structured())
    logger.addHandler(handler)
    try:
        answer = APIClient().get("/api/nothing/", **{header: value})  # type: ignore[arg-type] # a header
    finally:
        logger.removeHandler(handler)

    problem_of(answer, 404, "not_found")
    seen = f"{answer.headers}{answer.content!r}{lines.getvalue()}"
    assert value not in seen
    assert "X-Bad" not in seen


def structured() -> logging.Formatter:
    made = dict(production_logs("DEBUG")["formatters"]["structured"])
    return made.pop("()")(**made)  # type: ignore[no-any-return] # from settings


@pytest.mark.parametrize(
    "agent",
    ["a\r\nX-Bad: 1", "a\0b", "\x1b[31m", "\u202e", "=1+1", "x" * 9_000, "<script>"],
)
def test_a_user_agent_is_kept_as_text_and_no_more(
    api: Api, alice: PatientProfile, agent: str
) -> None:
    """As a server hands it on: bytes read as Latin-1."""
    raw = agent.encode().decode("latin-1")
    body = {"username": "alice", "password": "correct horse battery 7"}

    answer = APIClient().post("/api/auth/login/", body, HTTP_USER_AGENT=raw)

    assert answer.status_code == 200
    assert "X-Bad" not in answer.headers
    kept = LoginSession.objects.get().user_agent
    assert kept == as_one_line(raw)[:200]
    assert kept.isprintable()
    shown = api("alice").get("/api/auth/sessions/").json()["results"]
    assert kept in {session["user_agent"] for session in shown}


@pytest.mark.parametrize("agent", ["a\0b", "x" * 9_000, "<script>alert(1)</script>"])
def test_a_user_agent_breaks_no_page_of_the_admin_site(sam: Any, agent: str) -> None:
    client = Client(HTTP_USER_AGENT=agent)

    assert sign_in_to_the_admin_site(client, "sam").status_code == 302
    page = client.get("/admin/")

    assert page.status_code == 200
    assert agent not in page.content.decode()


@pytest.mark.parametrize(
    "email",
    [
        "a@example.org\r\nBcc: x@evil.example",
        "a@example.org\nBcc: x@evil.example",
        "a\r\n@example.org",
        "a@example.org, x@evil.example",
        "a@example.org;x@evil.example",
        "<a@example.org>",
        "Ada <a@example.org>",
        "a@example.org%0aBcc:x@evil.example",
        "a\t@example.org",
        "a@example.org\0",
        '"a\\\r\n b"@example.org',
        "a@exam\u0000ple.org",
        "a@[evil.example]",
    ],
)
def test_an_address_is_one_address_and_no_header(
    api: Api, alice: PatientProfile, email: str
) -> None:
    client = api("alice")

    with nothing_written():
        for answer in (
            APIClient().post(REGISTER, patient_body(email=email)),
            APIClient().post(FORGOT, {"email": email}),
            client.patch(PROFILE, {"user": {"email": email}}),
        ):
            fields = {field for field, _code in faults_of(answer)}
            assert fields <= {"email", "user.email"}


def test_a_name_that_looks_like_a_header_gets_into_none(
    deliver: Any, alice: PatientProfile
) -> None:
    name = "Ada X-Bad: 1 <b>"
    body = patient_body(first_name=name, last_name="Berg\u2067")

    with nothing_written():
        refused = APIClient().post(REGISTER, body)
    answer = APIClient().post(REGISTER, body | {"last_name": "Berg"})
    deliver()

    code = "control_characters_not_allowed"
    assert faults_of(refused) == {("last_name", code)}
    assert answer.json()["user"]["first_name"] == name  # kept as it is, as JSON
    assert "X-Bad" not in answer.headers
    assert "Ada" not in repr(list(Mail.objects.values()))


def test_a_name_with_line_breaks_makes_no_line_of_a_file(
    api: Api, alice: PatientProfile
) -> None:
    AccessEntryFactory.create(
        patient_id=alice.pk, actor_name='Ada\r\n2026-01-01,"x",=1+1'
    )

    answer = api("alice").get("/api/access-log/csv/")
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))

    assert len({len(row) for row in rows}) == 1
    assert any('Ada\r\n2026-01-01,"x",\'=1+1' in row for row in rows)


def test_the_address_of_a_new_thing_is_on_this_server_whatever_it_is_called(
    api: Api, alice: PatientProfile
) -> None:
    body = {
        "record_type": "CHECKUP",
        "title": "a X-Bad: 1",
        "visit_date": "2026-03-02T09:00:00Z",
    }

    answer = api("alice").post("/api/health-records/", body, **FORGED)

    assert answer.status_code == 201
    location = answer.headers["Location"]
    assert location == f"{OURS}/api/health-records/{answer.json()['id']}/"
    assert "X-Bad" not in json.dumps(dict(answer.headers))


@pytest.mark.parametrize("times", [2, 3])
def test_several_authorization_headers_are_one_that_does_not_count(
    alice: PatientProfile, carol: PatientProfile, times: int
) -> None:
    """A server joins them with a comma (RFC 9110, section 5.3)."""
    tokens = [token_of(alice), token_of(carol), token_of(alice)][:times]
    client = APIClient()

    for separator in (",", ", ", " "):
        client.credentials(
            HTTP_AUTHORIZATION=separator.join(f"Bearer {token}" for token in tokens)
        )
        problem_of(client.get(PROFILE), 401, "invalid_token")


def token_of(patient: PatientProfile) -> str:
    return start_session(user=patient.user, at=timezone.now()).access


def test_a_forwarded_address_is_nobodys_way_around_a_limit(
    alice: PatientProfile,
) -> None:
    """In any of the headers that some proxy or other writes."""
    names = ["X_FORWARDED_FOR", "X_REAL_IP", "CLIENT_IP", "TRUE_CLIENT_IP"]
    names += ["CF_CONNECTING_IP", "FORWARDED", "X_CLIENT_IP", "X_CLUSTER_CLIENT_IP"]
    client = APIClient()
    body = {"username": "x", "password": "wrong"}

    def guess(number: int) -> int:
        forged: Any = {f"HTTP_{names[number % len(names)]}": f"192.0.2.{number}"}
        named = body | {"username": f"guess{number}"}
        return int(client.post("/api/auth/login/", named, **forged).status_code)

    statuses = [guess(number) for number in range(61)]

    assert statuses == [401] * 60 + [429]
    assert log_in("alice", address="203.0.113.7").status_code == 200
