"""The HTML of every page is right, and every page is in the list."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from tests.access.sending import fill
from tests.access.test_routes import ROUTES, methods_of
from tests.cases import for_each, undone
from tests.every_page import LEADING_ELSEWHERE, PAGES, PIECES, VISITS, Visit
from tests.markup import faults_of


@for_each("visit", VISITS, undone)
def test_the_html_of_every_page_is_right(
    scene: dict[str, str], browser: Callable[[str], Client], visit: Visit
) -> None:
    client = browser(visit.who)

    response = client.get(fill(visit.path, scene), headers={"accept": "text/html"})

    if response.content:
        assert faults_of(response.content.decode()) == []


def test_every_page_of_the_portal_is_in_the_list() -> None:
    served = {
        route.path
        for route in ROUTES
        if getattr(route.view, "__module__", "").startswith("phr.portal")
        and "GET" in methods_of(route.view)
    }

    assert reverse("portal:records") in served
    opened = {path.partition("?")[0] for path in PAGES.values()}
    assert sorted(served - opened - PIECES - LEADING_ELSEWHERE) == []
