"""Which pages of other origins may use the API."""

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.conftest import Api

PROFILE, LOGIN = "/api/auth/profile/", "/api/auth/login/"
ORIGIN = "https://app.example.org"


def preflight(client: APIClient, origin: str, path: str = PROFILE) -> Any:
    return client.options(
        path,
        HTTP_ORIGIN=origin,
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="PATCH",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization, content-type",
    )


@pytest.fixture
def allowed(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]


@pytest.mark.usefixtures("allowed")
def test_a_page_of_an_allowed_origin_may_use_the_api(api: Api) -> None:
    asked = preflight(api("nobody"), ORIGIN)
    answer = api("alice").get(PROFILE, HTTP_ORIGIN=ORIGIN)

    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "PATCH" in asked.headers["Access-Control-Allow-Methods"]
    allowed = asked.headers["Access-Control-Allow-Headers"]
    assert {"authorization", "content-type"} <= set(allowed.split(", "))
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "X-Request-ID" in answer.headers["Access-Control-Expose-Headers"]
    for response in (asked, answer):
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "origin" in response.headers["Vary"].lower()


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "http://app.example.org", "null"),
        *("https://app.example.org.evil.example", "https://app.example.org:8443"),
    ],
)
def test_a_page_of_another_origin_may_not(api: Api, origin: str) -> None:
    answers = [
        preflight(api("nobody"), origin),
        api("alice").get(PROFILE, HTTP_ORIGIN=origin),
    ]

    for response in answers:
        assert not any(name.startswith("Access-Control") for name in response.headers)


@pytest.mark.usefixtures("allowed")
def test_refusals_can_be_read_by_a_page_of_an_allowed_origin(api: Api) -> None:
    client = api("nobody")
    refusals = [
        client.get(PROFILE, HTTP_ORIGIN=ORIGIN),
        client.post(LOGIN, {}, HTTP_ORIGIN=ORIGIN),
        client.generic("POST", LOGIN, " " * (1 << 20 | 1), HTTP_ORIGIN=ORIGIN),
    ]

    assert [response.status_code for response in refusals] == [401, 400, 413]
    for response in refusals:
        assert response.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.usefixtures("allowed")
@pytest.mark.django_db
def test_pages_are_for_no_other_origin(api: Api) -> None:
    response = preflight(api("nobody"), ORIGIN, "/sign-in/")

    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.django_db
def test_without_a_list_no_origin_is_allowed(api: Api) -> None:
    response = preflight(api("nobody"), ORIGIN)

    assert "Access-Control-Allow-Origin" not in response.headers
