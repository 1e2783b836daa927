"""Lists, and names of hosts and networks, as people write them."""

from ipaddress import ip_network
from typing import Any

import pytest

from config.environment import (
    read_environment,
)
from tests.settings.faults import faults


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("ALLOWED_HOSTS", "a.example.org", ["a.example.org"]),
        ("ALLOWED_HOSTS", " a.example, b.example ,", ["a.example", "b.example"]),
        ("CORS_ALLOWED_ORIGINS", "https://a.example", ["https://a.example"]),
        ("CSRF_TRUSTED_ORIGINS", "", []),
        (
            "TRUSTED_PROXIES",
            "10.0.0.0/8, 192.0.2.7,2001:db8::/32",
            [
                ip_network("10.0.0.0/8"),
                ip_network("192.0.2.7/32"),
                ip_network("2001:db8::/32"),
            ],
        ),
    ],
)
def test_lists_are_separated_by_commas(
    needed: pytest.MonkeyPatch, name: str, text: str, value: list[Any]
) -> None:
    needed.setenv(name, text)

    assert getattr(read_environment(), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("PUBLIC_URL", "https://a.example/", "https://a.example"),
        ("PUBLIC_URL", " HTTPS://A.Example:443", "https://a.example"),
        ("PUBLIC_URL", "http://localhost:80", "http://localhost"),
        ("PUBLIC_URL", "https://a.example:8443/", "https://a.example:8443"),
        ("PUBLIC_URL", "https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("PUBLIC_URL", "https://Straße.example", "https://xn--strae-oqa.example"),
        ("ALLOWED_HOSTS", "straße.example", ["xn--strae-oqa.example"]),
        ("ALLOWED_HOSTS", ".köln.example", [".xn--kln-sna.example"]),
        ("ALLOWED_HOSTS", "*, [::1], .A.example", ["*", "[::1]", ".A.example"]),
        ("CORS_ALLOWED_ORIGINS", "https://A.example:443", ["https://a.example"]),
        ("CORS_ALLOWED_ORIGINS", "https://ß.example", ["https://xn--zca.example"]),
        ("CSRF_TRUSTED_ORIGINS", "https://*.a.example", ["https://*.a.example"]),
    ],
)
def test_names_of_hosts_are_read_as_browsers_send_them(
    needed: pytest.MonkeyPatch, name: str, text: str, value: Any
) -> None:
    """IDNA 2008: `straße.example` is not `strasse.example`."""
    needed.setenv(name, text)

    assert getattr(read_environment(), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PUBLIC_URL", "https://a.example:port"),
        ("PUBLIC_URL", "https://a.example:99999"),
        ("PUBLIC_URL", "https://-ü-.example"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "//a.example"),
        ("ALLOWED_HOSTS", f"{'ü' * 64}.example"),
        ("CORS_ALLOWED_ORIGINS", "https://a.example:x"),
    ],
)
def test_what_can_be_no_host_is_named(
    needed: pytest.MonkeyPatch, name: str, text: str
) -> None:
    needed.setenv(name, text)

    assert {each.partition(".")[0] for each in faults()} == {name}


def test_an_empty_list_of_hosts_is_none(needed: pytest.MonkeyPatch) -> None:
    needed.setenv("ALLOWED_HOSTS", " , ")

    assert faults().keys() == {"ALLOWED_HOSTS"}
