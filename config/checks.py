"""What `check --deploy` says: of open connections, weak keys, mail that stays."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http.request import split_domain_port, validate_host

from config.mail_settings import NOT_SENT, SMTP_BACKEND
from config.weak_secrets import (
    KEYS,
    fault_of_key,
    fault_of_password,
    fault_of_public_key,
    fault_of_url,
    repeated,
)
from phr.core.redis_address import hosts_of

HERE = ("", "localhost", "127.0.0.1", "::1")
ENCRYPTED_AS = {"redis": "rediss", "sentinel": "sentinels"}
VERIFIED = ("verify-ca", "verify-full")
NAMES_OF_DJANGO = {"SECRET_PREVIOUS_KEYS": "SECRET_KEY_FALLBACKS"}


@checks.register(checks.Tags.security, deploy=True)
def links_lead_here(**options: Any) -> list[checks.CheckMessage]:
    """See that the server goes by the name with which its links begin."""
    host, _ = split_domain_port(urlsplit(settings.PUBLIC_URL).netloc)
    if validate_host(host, settings.ALLOWED_HOSTS):
        return []
    hint = "Add its host to ALLOWED_HOSTS."
    return [checks.Warning("The host of PUBLIC_URL is not in ALLOWED_HOSTS.", hint)]


@checks.register(checks.Tags.security, deploy=True)
def links_are_encrypted(**options: Any) -> list[checks.CheckMessage]:
    """Name each connection to another machine that goes without TLS."""
    return [
        checks.Warning(f"{name} connects to another machine without encryption.", hint)
        for name, is_open, hint in open_links()
        if is_open
    ]


def open_links() -> Iterator[tuple[str, bool, str]]:
    """Each setting, whether what it leads to is open, and what to do then."""
    for name, database in databases():
        mode = database["OPTIONS"].get("sslmode")
        is_open = mode not in VERIFIED and not all(
            is_here(host) for host in str(database["HOST"]).split(",")
        )
        yield name, is_open, "Add ?sslmode=verify-full to it."
    scheme, _, _ = settings.REDIS_URL.partition("://")
    is_open = scheme in ENCRYPTED_AS and not all(
        is_here(host) for host in hosts_of(settings.REDIS_URL)
    )
    yield "REDIS_URL", is_open, f"Begin it with {ENCRYPTED_AS.get(scheme)}://."
    has_tls = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    is_open = not (has_tls or is_here(settings.EMAIL_HOST))
    yield "EMAIL_URL", is_open, "Begin it with submission:// or smtps://."
    public = urlsplit(settings.PUBLIC_URL)
    is_open = public.scheme == "http" and not is_here(public.hostname or "")
    yield "PUBLIC_URL", is_open, "Begin it with https://."


def databases() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each setting that leads to PostgreSQL, in Django's words."""
    names = {"default": "DATABASE_URL", "replica": "DATABASE_REPLICA_URL"}
    for alias, database in settings.DATABASES.items():
        yield names[alias], database


def is_here(host: str) -> bool:
    """Whether a host is this machine; one that begins with "/" is a socket."""
    return host in HERE or host.startswith("/")


@checks.register(checks.Tags.security, deploy=True)
def keys_are_nobody_elses(**options: Any) -> list[checks.CheckMessage]:
    """Name each key and password that anybody can guess, or that is used twice.

    With DEBUG off the server does not start with one; with DEBUG on this tells.
    """
    return [checks.Warning(f"{name} {fault}.") for name, fault in weak_secrets()]


def weak_secrets() -> Iterator[tuple[str, str]]:
    seen: list[tuple[str, str]] = []
    for name in KEYS:
        value = getattr(settings, NAMES_OF_DJANGO.get(name, name))
        for key in [value] if isinstance(value, str) else value or ():
            if fault := fault_of_key(key) or repeated(key, seen):
                yield name, fault
            seen.append((name, key))
    for key in settings.LEDGER_PREVIOUS_PUBLIC_KEYS:
        if fault := fault_of_public_key(key):
            yield "LEDGER_PREVIOUS_PUBLIC_KEYS", fault
    for name, fault in (
        *(
            (name, fault_of_password(database["USER"], database["PASSWORD"]))
            for name, database in databases()
        ),
        ("REDIS_URL", fault_of_url(settings.REDIS_URL)),
        (
            "EMAIL_URL",
            fault_of_password(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD),
        ),
    ):
        if fault:
            yield name, fault


@checks.register(checks.Tags.security, deploy=True)
def mail_leaves(**options: Any) -> list[checks.CheckMessage]:
    """Refuse whatever does not send mail; with DEBUG off the server does not start."""
    if settings.EMAIL_BACKEND == SMTP_BACKEND:
        return []
    hint = "Begin it with submission://, smtps:// or smtp://."
    return [checks.Error(f"EMAIL_URL {NOT_SENT}.", hint)]
