"""Connections to other machines: encrypted, and with whom they are meant to be."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import create_server

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from config.checks import links_lead_here
from config.environment import read_environment
from config.settings.base import settings_from
from tests.production import NEEDED, run_python


def certificate_of_nobody(folder: Path) -> ssl.SSLContext:
    """A server's certificate for 127.0.0.1 that no authority has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "server.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[int]:
    """The port of a server that says it is the one that was meant."""
    context = certificate_of_nobody(tmp_path)
    with create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    with client, suppress(OSError):
                        context.wrap_socket(client, server_side=True).close()

        threading.Thread(target=greet, daemon=True).start()
        yield int(listening.getsockname()[1])
        listening.shutdown(2)


TRY = {
    "the broker": "from config.celery import app; app.connection_for_write().connect()",
    "the counters": "from phr.core.redis_client import connection; connection().ping()",
    "mail": "from django.core.mail import get_connection; get_connection().open()",
}


@pytest.mark.parametrize("link", TRY)
def test_a_certificate_that_nobody_has_signed_is_not_believed(
    impostor: int, link: str
) -> None:
    done = run_python(
        "-c",
        f"import django; django.setup()\n{TRY[link]}",
        **NEEDED
        | {
            "REDIS_URL": f"rediss://127.0.0.1:{impostor}/0",
            "EMAIL_URL": f"smtps://127.0.0.1:{impostor}",
        },
    )

    assert done.returncode != 0
    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr


OPEN = {
    "PUBLIC_URL": "http://records.example.org",
    "DATABASE_URL": "postgresql://phr:hunter2@db.example.org/phr?sslmode=require",
    "DATABASE_REPLICA_URL": "postgresql://phr:hunter5@replica.example.org/phr",
    "REDIS_URL": "redis://:hunter3@redis.example.org/0",
    "EMAIL_URL": "smtp://phr:hunter4@mail.example.org",
}
CLOSED = {
    "PUBLIC_URL": "https://records.example.org",
    "DATABASE_URL": "postgresql://phr@db.example.org/phr?sslmode=verify-full",
    "DATABASE_REPLICA_URL": "postgresql://phr@b.example/phr?sslmode=verify-full",
    "REDIS_URL": "rediss://redis.example.org/0",
    "EMAIL_URL": "smtps://mail.example.org",
}
HERE = {
    "PUBLIC_URL": "http://localhost:8000",
    "DATABASE_URL": "postgresql:///phr?host=/run/postgresql",
    "REDIS_URL": "redis://localhost/0",
    "EMAIL_URL": "smtp://127.0.0.1",
}


@pytest.mark.parametrize(
    ("urls", "named"),
    [
        (OPEN, set(OPEN)),
        (CLOSED, set()),
        (HERE, set()),
        (CLOSED | {"DATABASE_URL": "postgresql://a.b,localhost/phr"}, {"DATABASE_URL"}),
    ],
)
def test_an_open_link_to_another_machine_is_named_before_it_is_used(
    urls: dict[str, str], named: set[str]
) -> None:
    done = run_python("manage.py", "check", "--deploy", **(NEEDED | urls))

    assert {name for name in OPEN if f"{name} connects" in done.stderr} == named
    assert "hunter" not in done.stdout + done.stderr


HOSTS = [
    ("https://records.example.org", "records.example.org", False),
    ("https://records.example.org:8443", "a.example, .example.org", False),
    ("https://[2001:db8::1]:8443", "[2001:db8::1]", False),
    ("https://straße.example", "xn--strae-oqa.example", False),
    ("https://xn--strae-oqa.example", "straße.example", False),
    ("https://records.example.org", "localhost", True),
    ("https://records.example.org", "example.org", True),
]


@pytest.mark.parametrize(("url", "hosts", "is_named"), HOSTS)
def test_the_server_goes_by_the_name_with_which_its_links_begin(
    needed: pytest.MonkeyPatch,
    settings: Settings,
    url: str,
    hosts: str,
    is_named: bool,
) -> None:
    needed.setenv("PUBLIC_URL", url)
    needed.setenv("ALLOWED_HOSTS", hosts)
    found = settings_from(read_environment())
    settings.PUBLIC_URL = found["PUBLIC_URL"]
    settings.ALLOWED_HOSTS = found["ALLOWED_HOSTS"]

    said = [message.msg for message in links_lead_here()]

    assert said == ["The host of PUBLIC_URL is not in ALLOWED_HOSTS."] * is_named


def test_the_check_before_a_deployment_looks_for_that_name() -> None:
    variables = NEEDED | {"ALLOWED_HOSTS": "example.org"}

    done = run_python("manage.py", "check", "--deploy", **variables)

    assert "The host of PUBLIC_URL is not in ALLOWED_HOSTS" in done.stderr


def test_a_replica_is_there_where_it_is_set_and_has_a_bound(
    needed: pytest.MonkeyPatch,
) -> None:
    assert settings_from(read_environment())["DATABASES"].keys() == {"default"}
    needed.setenv("DATABASE_REPLICA_URL", "postgresql://phr:hunter5@b.example/phr")

    found = settings_from(read_environment())

    replica = found["DATABASES"]["replica"]
    assert (replica["HOST"], replica["PASSWORD"]) == ("b.example", "hunter5")
    assert replica["TEST"]["MIRROR"] == "default"
    assert found["DATABASE_REPLICA_MAX_LAG"] == 30
