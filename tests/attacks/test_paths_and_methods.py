"""Addresses and methods in other spellings reach nothing else, and nothing breaks."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from phr.care.models import PatientProfile
from phr.health_records.models import HealthRecord
from tests.attacks.acting import LOGIN, PROFILE
from tests.conftest import Api
from tests.factories import PASSWORD
from tests.problem_answers import problem_of
from tests.rows import nothing_written

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
ODD_METHODS = ("PROPFIND", "CONNECT", "X", "LOCK", "PURGE")
pytestmark = pytest.mark.django_db

# As the application gets them, with what was percent-encoded decoded.
NO_PATHS = [
    "/API/auth/login/",
    "/api/AUTH/login/",
    "/api/auth/Login/",
    "//api/auth/login/",
    "/api//auth/login/",
    "/api/auth//login/",
    "/api/auth/login//",
    "/api/auth/login",
    "/api/auth/login/.",
    "/api/auth/login./",
    "/api/auth/login/..",
    "/api/./auth/login/",
    "/api/x/../auth/login/",
    "/api/auth/login/;x=1",
    "/api/auth/login;x=1/",
    "/api/auth/login/\0",
    "/api/auth/login/%2f",
    "/api/auth/login/ ",
    "/api/auth/login/\r\nX-Bad: 1",
    "/api/auth/login.json",
    "/api/auth/login/?x",
    "/api/\\auth\\login/",
    "/api/" + "x" * 60_000,
    "/api/" + "x/" * 20_000,
    "/api/\xff\xfe/",
    "/api/\u202e/",
]


def ask(client: APIClient, method: str, path: str, **more: Any) -> Any:
    """Ask for a path just as it stands here."""
    raw = path.encode("utf-8", "surrogatepass").decode("latin-1")
    body = json.dumps({"username": "alice", "password": PASSWORD})
    return client.generic(method, "/", body, "application/json", PATH_INFO=raw, **more)


@pytest.mark.parametrize("path", NO_PATHS, ids=lambda path: ascii(path[:40]))
def test_an_address_that_is_nearly_one_is_none(
    alice: PatientProfile, path: str
) -> None:
    client = APIClient()

    with nothing_written():
        for method in (*METHODS, *ODD_METHODS):
            answer = ask(client, method, path)
            assert (method, answer.status_code) == (method, 404)
            assert "Location" not in answer.headers
            assert not answer.cookies


def test_the_address_itself_is_one(alice: PatientProfile) -> None:
    """So that those above are refused for their spelling."""
    assert ask(APIClient(), "POST", LOGIN).status_code == 200


@pytest.mark.parametrize(
    "spelled",
    [
        "/api/health-records/{id}",
        "/api/health-records/{id}//",
        "/api/health-records/{id}/../{id}/",
        "/api/health-records/ {id}/",
        "/api/health-records/{id}%00/",
        "/api/health-records/{{{id}}}/",
        "/api/health-records/urn:uuid:{id}/",
        "/api/health-records/{hex}/",
        "/api/health-records/{upper}/",
        "/api/Health-Records/{id}/",
        "/api/health-records/{id}/;/",
        "/api/health-records/{id}.json",
    ],
)
@pytest.mark.parametrize("who", ["alice", "carol", "nobody"])
def test_a_record_has_one_address(
    api: Api,
    alice: PatientProfile,
    carol: PatientProfile,
    alices_record: HealthRecord,
    spelled: str,
    who: str,
) -> None:
    pk = alices_record.pk
    path = spelled.format(id=pk, hex=pk.hex, upper=str(pk).upper())
    client = api(who)

    for method in ("GET", "DELETE", "PATCH"):
        with nothing_written():
            answer = ask(client, method, path)
        assert answer.status_code == 404
        assert alices_record.title not in answer.content.decode()


@pytest.mark.parametrize("method", ["TRACE", *ODD_METHODS])
@pytest.mark.parametrize("path", [LOGIN, PROFILE, "/api/auth/mfa/totp/"])
def test_no_other_method_does_or_shows_anything(
    api: Api, alice: PatientProfile, method: str, path: str
) -> None:
    client = api("alice")

    with nothing_written():
        answer = ask(client, method, path, HTTP_COOKIE="secret=1")

    problem_of(answer, 405, "method_not_allowed")
    assert "secret" not in answer.content.decode()  # TRACE would say it back
    assert "TRACE" not in answer.headers["Allow"]


def test_the_head_of_an_answer_is_all_that_head_gets(
    api: Api, alice: PatientProfile
) -> None:
    answer = api("alice").head(PROFILE)

    assert (answer.status_code, answer.content) == (200, b"")
    assert problem_head(api("nobody").head(PROFILE)) == 401
    assert problem_head(api("alice").head(LOGIN)) == 405


def problem_head(answer: Any) -> int:
    assert answer.content == b""
    return int(answer.status_code)


@pytest.mark.parametrize(
    "header",
    [
        "HTTP_X_HTTP_METHOD_OVERRIDE",
        "HTTP_X_HTTP_METHOD",
        "HTTP_X_METHOD_OVERRIDE",
        "HTTP__METHOD",
    ],
)
def test_a_header_does_not_change_the_method(
    api: Api, alice: PatientProfile, alices_record: HealthRecord, header: str
) -> None:
    client, path = api("alice"), f"/api/health-records/{alices_record.pk}/"
    more: Any = {header: "DELETE"}

    with nothing_written():
        assert client.get(path, **more).status_code == 200
        post = client.post(path, {"_method": "DELETE"}, **more)
        problem_of(post, 405, "method_not_allowed")
        assert client.get(f"{path}?_method=DELETE").status_code == 400


@pytest.mark.parametrize(
    "header",
    ["HTTP_X_ORIGINAL_URL", "HTTP_X_REWRITE_URL", "HTTP_X_FORWARDED_PREFIX"],
)
def test_a_header_does_not_change_the_address(
    api: Api, alice: PatientProfile, header: str
) -> None:
    more: Any = {header: PROFILE}

    answer = api("alice").get("/api/nothing/", **more)

    assert problem_of(answer, 404, "not_found")["instance"] == "/api/nothing/"


@pytest.mark.parametrize("path", ["/health", "/account/reset-password", "/swagger"])
def test_pages_redirect_to_themselves_with_a_slash_and_nowhere_else(path: str) -> None:
    answer = APIClient().get(path)

    assert (answer.status_code, answer.headers["Location"]) == (301, f"{path}/")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/..",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "//evil.example/health",
        "//evil.example/%2e%2e",
        "/https://evil.example",
        "/.evil.example",
        "/@evil.example",
        "/health/..//evil.example",
        "/static//evil.example",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/..\\manage.py",
        "/.env",
        "/.git/config",
    ],
)
def test_no_address_leads_away_or_out_of_the_files(path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        answer = ask(APIClient(), method, path)
        assert (method, answer.status_code) == (method, 404)
        assert "Location" not in answer.headers
