"""Headers, https and proxies: as production has them, and on refusals as well."""

import json
from ipaddress import ip_network
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession
from phr.care.models import PatientProfile
from tests.conftest import Api
from tests.factories import PASSWORD
from tests.problem_answers import problem_of
from tests.production import NEEDED, Answer, ask_production, run_python

PROFILE, LOGIN = "/api/auth/profile/", "/api/auth/login/"
PROXY = {"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_PROTO": "https"}
HSTS = "max-age=31536000"
HTTPS = {"wsgi.url_scheme": "https"}


@pytest.fixture(scope="module")
def production() -> dict[str, Answer]:
    """Answers of an application with production's settings, by question."""
    questions = {
        "api over http": ("GET", PROFILE, {}),
        "login over http": ("POST", LOGIN, {}),
        "unknown api path over http": ("GET", "/api/nothing/", {}),
        "api over https": ("GET", PROFILE, HTTPS),
        "too long over https": ("POST", LOGIN, HTTPS | {"CONTENT_LENGTH": "9999999"}),
        "forged host over https": ("GET", PROFILE, HTTPS | {"HTTP_HOST": "evil.org"}),
        "forged host of a page": ("GET", "/", {"HTTP_HOST": "evil.org"}),
        "page over http": ("GET", "/api-docs/?a=b", {}),
        "admin over http": ("GET", "/admin/", {}),
        "page with a token": ("GET", "/swagger/?script=", HTTPS),
        "health over http": ("GET", "/health/", {}),
        "health over https": ("GET", "/health/", HTTPS),
        "api behind our proxy": ("GET", PROFILE, PROXY),
        "api behind our proxy over http": (
            *("GET", PROFILE),
            PROXY | {"HTTP_X_FORWARDED_PROTO": "http"},
        ),
        "api behind another proxy": (
            *("GET", PROFILE),
            PROXY | {"REMOTE_ADDR": "192.0.2.1"},
        ),
        "page behind another proxy": (
            *("GET", "/api-docs/"),
            PROXY | {"REMOTE_ADDR": "192.0.2.1"},
        ),
        "host of our proxy": ("GET", PROFILE, PROXY | {"HTTP_X_FORWARDED_HOST": "x.y"}),
    }
    answers = ask_production(*questions.values(), TRUSTED_PROXIES="10.0.0.0/8")
    return dict(zip(questions, answers, strict=True))


def code_of(answer: Answer) -> tuple[int, str]:
    status, headers, text = answer
    assert headers["Content-Type"] == "application/problem+json"
    return status, json.loads(text)["code"]


@pytest.mark.parametrize(
    "question",
    [
        "api over http",
        "login over http",
        "unknown api path over http",
        "api behind our proxy over http",
        "api behind another proxy",
    ],
)
def test_the_api_is_refused_over_plain_http(
    production: dict[str, Answer], question: str
) -> None:
    assert code_of(production[question]) == (403, "https_required")
    assert "Location" not in production[question][1]


@pytest.mark.parametrize(
    "question", ["page over http", "admin over http", "page behind another proxy"]
)
def test_pages_are_redirected_to_https(
    production: dict[str, Answer], question: str
) -> None:
    status, headers, _text = production[question]

    assert status == 301
    assert headers["Location"].startswith("https://records.example.org/")


def test_a_redirect_keeps_path_and_query(production: dict[str, Answer]) -> None:
    location = production["page over http"][1]["Location"]

    assert location == "https://records.example.org/api-docs/?a=b"


def test_health_is_neither_refused_nor_redirected(
    production: dict[str, Answer],
) -> None:
    assert production["health over http"][0] == 200
    assert production["health over https"][0] == 200


@pytest.mark.parametrize("question", ["api over https", "api behind our proxy"])
def test_https_counts_where_it_is_or_where_our_proxy_says_so(
    production: dict[str, Answer], question: str
) -> None:
    assert code_of(production[question]) == (401, "not_authenticated")


def test_a_forged_host_is_refused_before_any_redirect(
    production: dict[str, Answer],
) -> None:
    for question in ("forged host over https", "forged host of a page"):
        assert code_of(production[question]) == (400, "bad_host")
        assert "evil" not in json.dumps(production[question])


@pytest.mark.parametrize(
    "question",
    [
        "api over https",
        "api behind our proxy",
        "too long over https",
        "forged host over https",
        "health over https",
    ],
)
def test_over_https_browsers_are_told_to_stay_there(
    production: dict[str, Answer], question: str
) -> None:
    hsts = production[question][1]["Strict-Transport-Security"]

    assert hsts == HSTS


SHOW_HEADERS = """
import config.asgi, json
from django.test import Client
from server.early_responses import HEADERS
answer = Client(HTTP_HOST="records.example.org").get("/health/", secure=True)
print(json.dumps([HEADERS, dict(answer.headers)]))
"""


@pytest.mark.parametrize(
    ("asked", "hsts"),
    [
        ({}, HSTS),
        ({"HSTS_SECONDS": "0"}, ""),
        ({"HSTS_SECONDS": "0", "HSTS_SUBDOMAINS": "on"}, ""),
        ({"HSTS_SECONDS": "60"}, "max-age=60"),
        ({"HSTS_SUBDOMAINS": "on"}, f"{HSTS}; includeSubDomains"),
        (
            {"HSTS_SUBDOMAINS": "on", "HSTS_PRELOAD": "on"},
            f"{HSTS}; includeSubDomains; preload",
        ),
    ],
)
def test_browsers_are_told_what_the_operator_asked_for_and_no_more(
    asked: dict[str, str], hsts: str
) -> None:
    """Also where a request is refused before Django sees it."""
    done = run_python("-c", SHOW_HEADERS, **NEEDED | asked)

    for headers in json.loads(done.stdout):
        assert headers.get("Strict-Transport-Security", "") == hsts


def test_what_is_refused_before_django_sees_it_has_the_headers() -> None:
    headers, _ = json.loads(run_python("-c", SHOW_HEADERS, **NEEDED).stdout)

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].endswith("sandbox")


def test_every_answer_of_production_has_the_headers(
    production: dict[str, Answer],
) -> None:
    for question, (_status, headers, _text) in production.items():
        wanted = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"}
        if question != "forged host of a page":  # refused before anything is known
            wanted["Referrer-Policy"] = "same-origin"
        assert (question, headers) == (question, headers | wanted)
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Request-ID"]


def test_a_cookie_is_for_this_host_over_https_and_for_no_script(
    production: dict[str, Answer],
) -> None:
    cookie = production["page with a token"][1]["Set-Cookie"]

    name, *attributes = cookie.split("; ")
    assert name.startswith("__Host-csrftoken=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"} <= set(attributes)
    assert "Domain" not in cookie


def test_no_answer_of_the_api_is_stored(production: dict[str, Answer]) -> None:
    for question, (_status, headers, _text) in production.items():
        if "page" not in question:
            assert (question, headers["Cache-Control"]) == (question, "no-store")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        ("alice", "get", PROFILE, 200),
        ("alice", "get", "/api/health-records/", 200),
        ("alice", "get", "/api/auth/doctors/", 200),
        ("alice", "get", "/api/notifications/", 200),
        ("alice", "post", "/api/auth/logout/", 204),
        ("alice", "post", "/api/health-records/", 400),
        ("nobody", "get", PROFILE, 401),
        ("alice", "post", "/api/auth/assign-doctor/", 403),
        ("alice", "get", "/api/nothing/", 404),
        ("alice", "delete", PROFILE, 405),
        ("nobody", "post", LOGIN, 400),
        ("nobody", "get", "/sign-in/", 200),
        ("nobody", "get", "/admin/", 302),
    ],
)
def test_no_answer_with_personal_data_is_stored(
    api: Api, who: str, method: str, path: str, status: int
) -> None:
    response = getattr(api(who), method)(path)

    assert response.status_code == status
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_a_body_that_is_too_long_is_refused_with_the_headers(
    api: Api, db: None
) -> None:
    too_long = " " * (1 << 20 | 1)

    response = api("nobody").generic("POST", LOGIN, too_long, "application/json")

    problem_of(response, 413, "too_large")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def address_noted(client: APIClient, **headers: Any) -> str | None:
    """The address that a sign-in is entered with."""
    body = {"username": "alice", "password": PASSWORD}
    assert client.post(LOGIN, body, **headers).status_code == 200
    return LoginSession.objects.latest("created_at").address


@pytest.mark.parametrize(
    ("connection", "forwarded", "client"),
    [
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),  # no proxy of ours
        ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.66, 203.0.113.9", "203.0.113.9"),  # forged in front
        ("10.1.2.3", "203.0.113.9, 10.9.9.9", "203.0.113.9"),  # two proxies of ours
        ("10.1.2.3", "203.0.113.9,  192.0.2.77 ", "192.0.2.77"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "nonsense", "10.1.2.3"),
        ("10.1.2.3", "203.0.113.9, nonsense", "10.1.2.3"),
        ("10.1.2.3", "2001:db8::7", "2001:db8::7"),
        ("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"),  # ours, on an IPv6 socket
        ("fe80::1%eth0", "203.0.113.9", "fe80::1"),
        ("", "203.0.113.9", None),
    ],
)
def test_a_forwarded_address_is_believed_of_our_proxies_only(
    alice: PatientProfile,
    settings: Settings,
    connection: str,
    forwarded: str,
    client: str | None,
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    headers = {"REMOTE_ADDR": connection, "HTTP_X_FORWARDED_FOR": forwarded}

    assert address_noted(APIClient(), **headers) == client


def test_a_forwarded_address_does_not_get_around_a_limit(
    alice: PatientProfile,
) -> None:
    statuses = [
        APIClient()
        .post(
            LOGIN,
            {"username": f"guess{number}", "password": "x"},
            HTTP_X_FORWARDED_FOR=f"203.0.113.{number}",
        )
        .status_code
        for number in range(61)
    ]

    assert statuses == [401] * 60 + [429]
