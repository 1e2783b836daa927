"""The whole admin site is for staff, whatever else it comes to hold."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver

from tests.conftest import user_of

OPEN_TO_ALL = {"login/"}  # where staff sign in


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> list[str]:
    found = []
    for entry in patterns:
        path = prefix + re.sub(r"<[^>]+>", "1", str(entry.pattern))
        if isinstance(entry, URLResolver):
            found += addresses(entry.url_patterns, path)
        else:
            found.append(path)
    return found


PAGES = [
    path.removesuffix("$").removesuffix("\\Z")
    for path in addresses(admin.site.get_urls())
    if path not in OPEN_TO_ALL and not path.startswith("(")
]


@pytest.mark.parametrize("who", ["alice", "dr_bob", "nobody"])
def test_nobody_but_staff_gets_past_the_door(request, alice, who):
    client = Client()
    if who != "nobody":
        client.force_login(user_of(request.getfixturevalue(who)))

    assert len(PAGES) > 5
    for page in PAGES:
        for method in (client.get, client.post):
            response = method(f"/admin/{page}")
            assert response.status_code in (302, 403), page
            assert "nav-sidebar" not in response.content.decode()
