"""No list, no filter, no lookup and no prepared statement costs more as tables grow.

They stand in one module because the full database takes seconds to make.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import pytest
from django.urls import get_resolver
from django.utils import timezone
from rest_framework.test import APIClient

from phr.core.keyset_pagination import Cursor
from phr.interfaces.cursors import encode
from tests.access.test_routes import routes
from tests.cases import for_each, undone
from tests.conftest import sign_in
from tests.growth.lists import LISTS, Asked
from tests.growth.lookups import LOOKUPS
from tests.growth.plans import faults_of, statements_seen
from tests.growth.prepared import LIMIT, PREPARED, prepared, reads, values_for
from tests.growth.world import World

PAGE = 20
DEEP = timedelta(minutes=2_000)


def cursor(place: str) -> dict[str, str]:
    if place == "first":
        return {}
    deep = Cursor(place == "forwards", timezone.now() - DEEP, UUID(int=0))
    return {"cursor": encode(deep)}


def client_of(world: World, who: str) -> APIClient:
    client = APIClient()
    sign_in(client, world.user(who))
    return client


@pytest.mark.parametrize("place", ["first", "forwards", "backwards"])
@for_each("asked", LISTS, undone)
def test_a_page_costs_what_a_page_holds(
    world: World, db: None, asked: Asked, place: str
) -> None:
    client = client_of(world, asked.who)
    path = asked.path.format_map(world.places)
    parameters = dict(parse_qsl(asked.parameters.format_map(world.places)))
    query = parameters | cursor(place)

    with statements_seen() as statements:
        response = ask(client, path, query, asked.body and filled(asked.body, world))

    assert response.status_code == 200, response.content
    if place == "first":
        assert len(response.json()["results"]) == asked.finds
    faults = [
        fault
        for statement in statements
        for fault in faults_of(statement, page=PAGE, read=asked.reads)
    ]
    assert not faults, "\n".join(faults)


def filled(body: dict[str, str], world: World) -> dict[str, str]:
    return {name: value.format_map(world.places) for name, value in body.items()}


def ask(
    client: APIClient, path: str, query: dict[str, str], body: dict[str, str] | None
) -> Any:
    if body is None:
        return client.get(path, query)
    return client.post(path, body, format="json", QUERY_STRING=urlencode(query))


def test_every_list_and_every_filter_is_asked_for() -> None:
    asked = {one.path for one in LISTS}
    filters = {
        (one.path, name) for one in LISTS for name, _ in parse_qsl(one.parameters)
    }
    for path, view in routes(get_resolver().url_patterns):
        kind = getattr(view, "cls", None)
        if getattr(kind, "pagination_class", None) is None:
            continue
        generic = re.sub(r"\{(\w+)_id\}", r"{\1}", path)
        assert generic in asked, f"{path} is a list without a plan"
        filterset = getattr(kind, "filterset_class", None)
        for name in filterset.base_filters if filterset else ():
            assert (generic, name) in filters, f"{path} has no plan for {name}"


@pytest.mark.parametrize("lookup", LOOKUPS.values(), ids=LOOKUPS)
def test_a_lookup_reads_what_it_finds(
    world: World, db: None, lookup: Callable[[World], Any]
) -> None:
    with statements_seen() as statements:
        lookup(world)

    assert statements or lookup is LOOKUPS["who signs out everywhere"]
    faults = [fault for one in statements for fault in faults_of(one, page=20)]
    assert not faults, "\n".join(faults)


@for_each("name", PREPARED, undone)
def test_a_plan_without_values_costs_what_a_page_holds(
    world: World, db: None, name: str
) -> None:
    query = PREPARED[name]()
    assert query
    statement = prepared(query, values_for(world, name))
    assert not faults_of(statement, page=LIMIT, read=reads(name))
