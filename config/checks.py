"""What `check --deploy` says of connections that somebody on the way could read."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http.request import split_domain_port, validate_host

HERE = ("", "localhost", "127.0.0.1", "::1")
VERIFIED = ("verify-ca", "verify-full")


@checks.register(checks.Tags.security, deploy=True)
def links_lead_here(**options: Any) -> list[checks.CheckMessage]:
    """See that the server goes by the name with which its links begin."""
    host, _ = split_domain_port(urlsplit(settings.PUBLIC_URL).netloc)
    if validate_host(host, settings.ALLOWED_HOSTS):
        return []
    hint = "Add its host to ALLOWED_HOSTS."
    return [checks.Warning("The host of PUBLIC_URL is refused.", hint)]


@checks.register(checks.Tags.security, deploy=True)
def links_are_encrypted(**options: Any) -> list[checks.CheckMessage]:
    """Name each connection to another machine that goes without TLS."""
    return [
        checks.Warning(f"{name} leads to another machine, unencrypted.", hint)
        for name, is_open, hint in open_links()
        if is_open
    ]


def open_links() -> Iterator[tuple[str, bool, str]]:
    """Each setting, whether what it leads to is open, and what to do then."""
    database: dict[str, Any] = settings.DATABASES["default"]
    mode = database["OPTIONS"].get("sslmode")
    is_open = mode not in VERIFIED and not all(
        is_here(host) for host in str(database["HOST"]).split(",")
    )
    yield "DATABASE_URL", is_open, "Add ?sslmode=verify-full to it."
    redis = urlsplit(settings.REDIS_URL)
    is_open = redis.scheme == "redis" and not is_here(redis.hostname or "")
    yield "REDIS_URL", is_open, "Begin it with rediss://."
    has_tls = settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL
    is_open = not (has_tls or is_here(settings.EMAIL_HOST))
    yield "EMAIL_URL", is_open, "Begin it with submission:// or smtps://."
    public = urlsplit(settings.PUBLIC_URL)
    is_open = public.scheme == "http" and not is_here(public.hostname or "")
    yield "PUBLIC_URL", is_open, "Begin it with https://."


def is_here(host: str) -> bool:
    """Whether a host is this machine; one that begins with "/" is a socket."""
    return host in HERE or host.startswith("/")
