"""The public address as clients see it: its certificate, and what its proxies pass on.

The address is asked three times: as any client would, and with forged headers, which
the server must not believe.
"""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

from phr.interfaces.proxy_probe import HEADER, make_probe
from phr.operations.findings import Finding, Part

TLS, PROXY = Part("tls"), Part("proxy")
SECONDS_TO_WAIT = 10
LARGEST_ANSWER = 65_536  # bytes
A_DAY = 24 * 60 * 60
DAYS_TO_RENEW = 14
FORGED = "198.51.100.77"  # of RFC 5737: nobody's
FORGED_HOST = "forged.invalid"
FORGERIES = (
    {"X-Forwarded-For": FORGED},
    {"X-Forwarded-For": f"{FORGED}, {FORGED}", "X-Real-IP": FORGED},
    {"Forwarded": f"for={FORGED};host={FORGED_HOST};proto=https"},
    {"X-Forwarded-Host": FORGED_HOST},
    {"X-Forwarded-Proto": "http"},
)


def examine(url: str, certificates: str | None) -> Iterator[Finding]:
    """:param url: where people reach the server.
    :param certificates: a file of certificates to trust besides the system's.
    """
    parts = urlsplit(url)
    if parts.scheme == "https":
        yield from of_certificate(parts.hostname or "", parts.port, certificates)
    try:
        status, seen = ask(url, certificates, {})
    except (OSError, http.client.HTTPException) as error:
        yield PROXY.error(
            f"{url} does not answer ({type(error).__name__}).",
            "See that the proxy runs, and that DNS and firewall lead to it.",
        )
        return
    if seen is None:
        yield PROXY.error(
            f"{url} answers with {status}, but is not this server with these keys.",
            "Compare SECRET_KEY of web and of this command, and PUBLIC_URL.",
        )
        return
    yield from of_scheme(parts.scheme, seen)
    yield from of_forgeries(url, certificates, seen)


def of_scheme(scheme: str, seen: dict[str, str]) -> Iterator[Finding]:
    if seen["scheme"] != scheme:
        yield PROXY.error(
            f"The server takes requests for {scheme} as {seen['scheme']}.",
            "Name the proxy in TRUSTED_PROXIES, and have it send X-Forwarded-Proto.",
        )
    yield PROXY.note(
        f"The server sees this request come from {seen['address']}. If that is the "
        "address of a proxy, all clients share their limits.",
        "Then name that proxy in TRUSTED_PROXIES, and have it send X-Forwarded-For.",
    )


def of_forgeries(
    url: str, certificates: str | None, honest: dict[str, str]
) -> Iterator[Finding]:
    """Whether anything that a client writes itself changes what the server believes."""
    believed = set()
    for headers in FORGERIES:
        status, seen = ask(url, certificates, headers)
        refused = seen is None and status == http.HTTPStatus.BAD_REQUEST
        if refused or seen not in (None, honest):
            believed.add(next(iter(headers)))
    for name in sorted(believed):
        yield PROXY.error(
            f"A client's own {name} is passed on and believed: anybody can escape "
            "limits, or have the ledger name another address.",
            f"Have the proxy replace {name} (nginx: proxy_set_header; X-Forwarded-For "
            "may be appended to), and let TRUSTED_PROXIES name only your proxies.",
        )
    if not believed:
        yield PROXY.ok(
            "Forged X-Forwarded-For, -Host, -Proto and Forwarded are ignored."
        )


def ask(
    url: str, certificates: str | None, headers: dict[str, str]
) -> tuple[int, dict[str, str] | None]:
    """Ask /health/; return the status, and what the server sees, if it is ours.

    :raises OSError: it cannot be reached, or its certificate is not valid.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            host, parts.port, timeout=SECONDS_TO_WAIT, context=trusting(certificates)
        )
    else:
        connection = http.client.HTTPConnection(
            host, parts.port, timeout=SECONDS_TO_WAIT
        )
    with closing(connection):
        connection.request("GET", "/health/", headers=headers | {HEADER: make_probe()})
        response = connection.getresponse()
        return response.status, read_seen(response.read(LARGEST_ANSWER))


def read_seen(body: bytes) -> dict[str, str] | None:
    try:
        answer: Any = json.loads(body)
        seen = answer["seen"]
        return {name: str(seen[name]) for name in ("address", "scheme", "host")}
    except (ValueError, KeyError, TypeError):
        return None


def trusting(certificates: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if certificates:
        context.load_verify_locations(certificates)
    return context


def of_certificate(
    host: str, port: int | None, certificates: str | None
) -> Iterator[Finding]:
    """Whether browsers take the certificate, and for how long."""
    address = (host, port or 443)
    try:
        with (
            socket.create_connection(address, timeout=SECONDS_TO_WAIT) as plain,
            trusting(certificates).wrap_socket(plain, server_hostname=host) as secure,
        ):
            certificate, version = secure.getpeercert() or {}, secure.version()
    except ssl.SSLCertVerificationError as error:
        yield TLS.error(
            f"The certificate is not valid: {error.verify_message}.",
            "Renew it, with all names and intermediate certificates. One of your own "
            "authority: name the authority's file with --ca-file.",
        )
        return
    except OSError as error:
        yield TLS.error(
            f"No TLS connection can be made ({type(error).__name__}).",
            "See that the proxy listens there, and what its log says.",
        )
        return
    expires = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    days = int((expires - time.time()) // A_DAY)
    if days < DAYS_TO_RENEW:
        yield TLS.warning(
            f"The certificate ends in {days} days.",
            "Renew it; see why it is not renewed by itself.",
        )
    else:
        yield TLS.ok(f"The certificate is valid for {days} more days ({version}).")
