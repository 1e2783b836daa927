"""What hashes a password is known by its address, however that is spelled."""

from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import make_password
from django.core.handlers.wsgi import get_path_info
from django.test import Client
from django.urls import Resolver404, get_resolver

from server.admission import (
    HASHING,
    hashes_a_password,
)
from server.wsgi_environ import environ_of
from tests.cases import for_each
from tests.server.entering import (
    request,
)
from tests.server.test_buffered_wsgi import SCOPE

SPELLINGS = [
    "/api/auth/login/",
    "/api/auth/l%6fgin/",
    "/api/auth/login%2F",
    "/api%2fauth/login/",
    "/api/auth/login",
    "//api/auth/login/",
    "/api//auth/login/",
    "/api/auth/login//",
    "/API/auth/login/",
    "/api/auth/LOGIN/",
    "/api/auth/./login/",
    "/api/auth/login/?next=/",
    "/api/auth/login/;x",
    "/api/auth/login/%00",
    "/api/auth/login/%0a",
    "/api/auth/logi%EF%BD%8E/",
    "/sign-in/",
    "/sign-in",
    "/%73ign-in/",
    "//sign-in/",
    "/Sign-in/",
    "/admin/confirm/",
    "/admin/confirm",
    "/%61dmin/confirm/",
    "//admin/confirm/",
    "/Admin/confirm/",
    "/admin/password_change/",
    "/admin/accounts/user/add/",
]


@for_each("raw", SPELLINGS)
@for_each("method", ["POST", "post", "Post", "PUT", "FOO"])
def test_the_pool_is_that_of_the_address_that_django_finds(
    raw: str, method: str
) -> None:
    scope = SCOPE | {"method": method, "raw_path": raw.encode(), "headers": []}
    environ = environ_of(scope)
    views = [get_resolver().resolve(path).func for path in HASHING]
    try:
        match = get_resolver().resolve(get_path_info(environ))
    except Resolver404:
        assert not hashes_a_password(environ)
    else:
        hashes = match.func in views or match.app_name == "admin"
        assert hashes_a_password(environ) is hashes


def test_to_read_such_an_address_hashes_nothing() -> None:
    for method in ("GET", "get", "HEAD", "OPTIONS"):
        assert not hashes_a_password(request("/sign-in/", method))


@pytest.mark.django_db
def test_a_hash_elsewhere_would_be_noticed_by_every_test(client: Client) -> None:
    with (
        patch("phr.api.health.views.to_json", lambda _: make_password("x")),
        pytest.raises(AssertionError, match="/health/"),
    ):
        client.get("/health/")


def test_there_are_such_addresses() -> None:
    """A route that is renamed would hash in the threads of everybody."""
    for path in HASHING:
        view = get_resolver().resolve(path).func
        assert hasattr(getattr(view, "view_class", None), "post"), path
