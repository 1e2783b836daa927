"""What of the headers Django gets to read."""

import pytest
from django.core.handlers.wsgi import WSGIRequest

from server.wsgi_environ import environ_of
from tests.server.test_buffered_wsgi import SCOPE


@pytest.mark.parametrize("header", ["content-type", "accept"])
@pytest.mark.parametrize(
    "odd",
    [
        "; title*=bogus'en'x",  # a charset that does not exist
        ";title*0*=bogus'en'x; title*1=y",
        "; title* = bogus'en'x ;",
        ";1*;1*10",  # parts of a text, one of them without its number
        f"; part*{'9' * 5_000}=x",
    ],
)
def test_a_parameter_in_a_charset_of_its_own_is_no_defect(
    header: str, odd: str
) -> None:
    value = f"text/html{odd}".encode()
    environ = environ_of(SCOPE | {"headers": [(header.encode(), value)]})

    request = WSGIRequest(environ)

    assert request.content_params == {}
    assert request.accepts("text/html")


@pytest.mark.parametrize("boundary", ["x", '"x;charset=hex"', '"a:b', "=;q", ""])
def test_of_a_type_only_the_boundary_is_read(boundary: str) -> None:
    kind = f"multipart/form-data; Boundary = {boundary}; charset=hex; q=1".encode()
    environ = environ_of(SCOPE | {"headers": [(b"content-type", kind)]})

    request = WSGIRequest(environ)

    assert list(request.content_params or ()) == ["boundary"]
    assert request.encoding is None
    assert request.GET["q"]


def test_types_that_are_accepted_stay_as_they_are() -> None:
    wanted = "text/html;q=0.9, */*; q=0.1"
    environ = environ_of(SCOPE | {"headers": [(b"accept", wanted.encode())]})

    assert environ["HTTP_ACCEPT"] == wanted
