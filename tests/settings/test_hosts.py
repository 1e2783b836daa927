"""Lists, and names of hosts and networks, as people write them."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.http.request import split_domain_port, validate_host

from config.environment import (
    read_environment,
)
from config.settings.base import settings_from
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
        ("ALLOWED_HOSTS", "a.example., .b.example.", ["a.example", ".b.example"]),
        ("ALLOWED_HOSTS", "köln.example.", ["xn--kln-sna.example"]),
        ("ALLOWED_HOSTS", "2001:DB8::1, ::1", ["[2001:db8::1]", "[::1]"]),
        ("ALLOWED_HOSTS", "[2001:db8:0:0::1]", ["[2001:db8::1]"]),
        ("ALLOWED_HOSTS", "a_b.example, 192.0.2.7", ["a_b.example", "192.0.2.7"]),
        ("PUBLIC_URL", "https://a.example.", "https://a.example"),
        ("PUBLIC_URL", "https://a_b.example", "https://a_b.example"),
        ("PUBLIC_URL", "https://[2001:db8:0:0::1]", "https://[2001:db8::1]"),
        ("CORS_ALLOWED_ORIGINS", "https://a.example/", ["https://a.example"]),
        ("CORS_ALLOWED_ORIGINS", "app://localhost", ["app://localhost"]),
        ("CSRF_TRUSTED_ORIGINS", "https://*.ß.example", ["https://*.xn--zca.example"]),
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
        ("ALLOWED_HOSTS", "a.example:8000"),
        ("ALLOWED_HOSTS", "https://a.example"),
        ("ALLOWED_HOSTS", "a.example/"),
        ("ALLOWED_HOSTS", "*.a.example"),
        ("ALLOWED_HOSTS", "a b.example"),
        ("ALLOWED_HOSTS", "a..example"),
        ("ALLOWED_HOSTS", "[::1"),
        ("ALLOWED_HOSTS", "[::1]:8000"),
        ("ALLOWED_HOSTS", "256.0.0.1"),
        ("PUBLIC_URL", "https://a b.example"),
        ("PUBLIC_URL", "https://a.example\\x"),
        ("PUBLIC_URL", "https://*.a.example"),
        ("PUBLIC_URL", "https://<a>.example"),
        ("PUBLIC_URL", "https://256.0.0.1"),
        ("PUBLIC_URL", "https://[fe80::1%25eth0]"),
        ("PUBLIC_URL", "https://:secret@a.example"),
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


@pytest.mark.parametrize("text", ["a.example.", "2001:db8:0:0::1", ".köln.example."])
def test_a_host_that_is_allowed_is_one_that_may_be_asked_for(
    needed: pytest.MonkeyPatch, text: str
) -> None:
    needed.setenv("ALLOWED_HOSTS", text)
    allowed = read_environment().allowed_hosts

    for asked in {
        "a.example.": ["a.example", "a.example.", "A.example:443"],
        "2001:db8:0:0::1": ["[2001:db8::1]", "[2001:db8::1]:8000"],
        ".köln.example.": ["xn--kln-sna.example", "www.xn--kln-sna.example."],
    }[text]:
        assert validate_host(split_domain_port(asked)[0], allowed), asked


@pytest.mark.parametrize("name", ["straße.example", "STRAẞE.example"])
def test_servers_are_looked_up_by_the_name_that_is_set(
    needed: pytest.MonkeyPatch, name: str
) -> None:
    """Python would ask for `strasse.example`, and give somebody else the password."""
    needed.setenv("EMAIL_URL", f"smtp://phr:hunter4@{name}")
    needed.setenv("REDIS_URL", f"rediss://:hunter3@{name}:6380/1")
    needed.setenv("DATABASE_URL", f"postgresql://phr:hunter2@{name},other:5433/phr")

    found = settings_from(read_environment())

    ascii_name = "xn--strae-oqa.example"
    assert found["EMAIL_HOST"] == ascii_name
    assert found["REDIS_URL"] == f"rediss://:hunter3@{ascii_name}:6380/1"
    assert found["DATABASES"]["default"]["HOST"] == f"{ascii_name},other"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("EMAIL_URL", "smtp://☃.example"),
        ("EMAIL_URL", "smtp://a b.example"),
        ("REDIS_URL", "redis://☃.example/0"),
        ("DATABASE_URL", "postgresql://phr@☃.example/phr"),
    ],
)
def test_a_server_that_can_be_none_is_named(
    needed: pytest.MonkeyPatch, name: str, text: str
) -> None:
    needed.setenv(name, text)

    assert faults().keys() == {name}
