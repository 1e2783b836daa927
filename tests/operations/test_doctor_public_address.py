"""`manage.py doctor --url`: what proxies pass on, as really seen, and certificates."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.wsgi import get_wsgi_application
from django.test import Client
from pytest_django import Settings

from config.network_addresses import read_network
from phr.interfaces.proxy_probe import HEADER, make_probe
from phr.operations.doctor import public_address
from phr.operations.findings import Level
from tests.operations.looking import only, sentences, worst

PROXY, CLIENT = "10.1.2.3", "203.0.113.7"
Environ = dict[str, Any]
ProxyOf = Callable[[Environ], None]


class Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def behind(proxy: ProxyOf, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The application, to which a proxy hands requests on; gives its address."""
    django = get_wsgi_application()

    def application(environ: Environ, start_response: Any) -> Any:
        environ["REMOTE_ADDR"] = PROXY
        proxy(environ)
        return django(environ, start_response)

    with make_server("127.0.0.1", 0, application, handler_class=Silent) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            scheme = "https" if context else "http"
            yield f"{scheme}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def careful(environ: Environ) -> None:
    """As nginx is told to: what clients write is replaced, or appended to."""
    before = environ.get("HTTP_X_FORWARDED_FOR")
    environ["HTTP_X_FORWARDED_FOR"] = f"{before}, {CLIENT}" if before else CLIENT
    environ["HTTP_X_FORWARDED_PROTO"] = "http"
    environ["HTTP_X_FORWARDED_HOST"] = environ["HTTP_HOST"]


def passes_on_addresses(environ: Environ) -> None:
    """Leaves a client's own X-Forwarded-For as it is."""
    before = environ.get("HTTP_X_FORWARDED_FOR")
    careful(environ)
    environ["HTTP_X_FORWARDED_FOR"] = before or CLIENT


def passes_on_hosts(environ: Environ) -> None:
    before = environ.get("HTTP_X_FORWARDED_HOST")
    careful(environ)
    environ["HTTP_X_FORWARDED_HOST"] = before or environ["HTTP_HOST"]


def sends_nothing(environ: Environ) -> None:
    """Passes on whatever a client sends, and adds nothing."""


@pytest.fixture(autouse=True)
def _trusted(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [read_network("10.0.0.0/8")]


def test_a_proxy_that_appends_or_replaces_is_right() -> None:
    with behind(careful) as url:
        found = list(public_address.examine(url, None))

    assert worst(found) == []
    assert f"come from {CLIENT}." in only(found, Level.NOTE)


@pytest.mark.parametrize(
    ("proxy", "header"),
    [
        (passes_on_addresses, "X-Forwarded-For"),
        (passes_on_hosts, "X-Forwarded-Host"),
        (sends_nothing, "Forwarded"),
    ],
)
def test_a_proxy_that_passes_on_what_clients_write_is_named_with_the_header(
    proxy: ProxyOf, header: str
) -> None:
    with behind(proxy) as url:
        found = sentences(public_address.examine(url, None))

    assert any(
        says.startswith(f"A client's own {header} is passed on and believed")
        for says in found
    )


def test_a_proxy_that_is_not_trusted_cannot_lie(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    with behind(passes_on_addresses) as url:
        found = list(public_address.examine(url, None))

    assert worst(found) == []
    assert f"come from {PROXY}. If that is the address of a proxy" in only(
        found, Level.NOTE
    )


def test_nobody_else_is_told_what_the_server_believes(client: Client) -> None:
    for word in ("", "doctor", make_probe()[:-1] + "x"):
        assert client.get("/health/", headers={HEADER: word}).json() == {"status": "ok"}
    seen = client.get("/health/", headers={HEADER: make_probe()}).json()["seen"]
    assert seen == {"address": "127.0.0.1", "scheme": "http", "host": "testserver"}


def test_another_server_or_none_at_that_address_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with behind(careful) as url:
        monkeypatch.setattr(public_address, "make_probe", lambda: "of another key")
        other = only(public_address.examine(url, None))
    away = only(public_address.examine(url, None))

    assert "answers with 200, but is not this server with these keys" in other
    assert "does not answer (ConnectionRefusedError)" in away


def certificate(folder: Path, days: float) -> tuple[ssl.SSLContext, str]:
    """A certificate of 127.0.0.1 with so many days left, and the file to trust."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    pem = made.public_bytes(encoding)
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    (folder / "both.pem").write_bytes(pem + private)
    (folder / "authority.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context, str(folder / "authority.pem")


def through_tls(environ: Environ) -> None:
    careful(environ)
    environ["HTTP_X_FORWARDED_PROTO"] = "https"


@pytest.mark.parametrize(
    ("days", "level", "says"),
    [
        (60.5, Level.OK, "The certificate is valid for 60 more days"),
        (5.5, Level.WARNING, "The certificate ends in 5 days."),
        (-1, Level.ERROR, "The certificate is not valid: certificate has expired."),
    ],
)
def test_the_days_of_a_certificate_are_counted(
    tmp_path: Path, settings: Settings, days: float, level: Level, says: str
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    context, authority = certificate(tmp_path, days)

    with behind(through_tls, context) as url:
        found = list(public_address.examine(url, authority))

    (about_it,) = [each for each in found if each.part == "tls"]
    assert about_it.level is level
    assert about_it.says.startswith(says)


def test_a_certificate_of_nobody_we_know_is_an_error(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path, 60)

    with behind(through_tls, context) as url:
        found = sentences(public_address.examine(url, None))

    assert found[0].startswith("The certificate is not valid: self-signed certificate")


def test_https_that_the_server_takes_for_http_is_an_error(
    tmp_path: Path, settings: Settings
) -> None:
    context, authority = certificate(tmp_path, 60)

    with behind(careful, context) as url:
        found = sentences(public_address.examine(url, authority))

    assert found == ["The server takes requests for https as http."]
