"""What is counted of requests, and under which names."""

import pytest
from django.test import Client
from prometheus_client import REGISTRY
from rest_framework.test import APIClient

from phr.care.models import PatientProfile
from phr.core.ids import uuid7
from tests.conftest import Api
from tests.metrics.reading import value

pytestmark = pytest.mark.django_db
RECORD = "api/health-records/<uuid:record_id>/"


def counted(route: str, method: str, status: int) -> float:
    return value(
        "phr_http_requests_total", route=route, method=method, status=str(status)
    )


def test_a_request_is_counted_by_its_route_and_not_by_its_path(
    api: Api, alice: PatientProfile
) -> None:
    before = counted(RECORD, "GET", 404)

    for _ in range(3):
        api("alice").get(f"/api/health-records/{uuid7()}/")

    assert counted(RECORD, "GET", 404) == before + 3


def test_a_request_tells_how_long_it_took_and_what_it_asked_of_the_database(
    api: Api, alice: PatientProfile
) -> None:
    names = (
        ("phr_http_request_seconds_count", {"route": RECORD}),
        ("phr_http_request_seconds_sum", {"route": RECORD}),
        ("phr_database_statements_total", {"route": RECORD}),
        ("phr_database_statement_seconds_total", {"route": RECORD}),
    )
    before = [value(name, **labels) for name, labels in names]

    api("alice").get(f"/api/health-records/{uuid7()}/")

    after = [value(name, **labels) for name, labels in names]
    grown = [b - a for a, b in zip(before, after, strict=True)]
    assert grown[0] == 1
    assert 0 < grown[3] < grown[1]
    assert grown[2] >= 2  # who is it, and which record


def test_what_anybody_can_invent_makes_no_new_series(db: None) -> None:
    client = APIClient()

    def invent(number: int) -> None:
        client.get(f"/nothing/{number}/")
        client.get(f"/api/{number}")
        client.get(f"/static/{number}.css")
        client.generic(f"BREW{number}", "/health/")
        client.get("/health/", HTTP_HOST=f"{number}.example.org")

    invent(0)
    before = series()
    for number in range(1, 20):
        invent(number)

    assert series() == before > 0


def test_trying_every_method_makes_one_series_of_a_route(db: None) -> None:
    client = APIClient()
    client.get("/api/auth/token/refresh/")  # which has POST alone
    before = series()

    for method in ("HEAD", "PUT", "PATCH", "DELETE", "TRACE", "BREW"):
        client.generic(method, "/api/auth/token/refresh/")

    assert series() == before
    assert counted("api/auth/token/refresh/", "other", 405) >= 7


def series() -> int:
    return sum(
        len(family.samples)
        for family in REGISTRY.collect()
        if family.name.startswith("phr_")
    )


def test_pages_of_the_admin_site_are_counted_by_pattern(db: None) -> None:
    route = "admin/accounts/user/<path:object_id>/change/"
    before = counted(route, "GET", 302)

    Client().get(f"/admin/accounts/user/{uuid7()}/change/")

    assert counted(route, "GET", 302) == before + 1
