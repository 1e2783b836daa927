"""Settings of traces and error reports, whose packages are extras."""

from importlib.util import find_spec
from urllib.parse import urlsplit


def read_otlp_endpoint(value: str) -> str:
    """Take the address of a collector, such as http://localhost:4318."""
    if not value:
        return value
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError("not a valid address, such as http://localhost:4318")
    need_package("opentelemetry.sdk", "otel")
    need_package("opentelemetry.exporter.otlp.proto.http", "otel")
    return value


def read_sentry_dsn(value: str) -> str:
    """Take a DSN, as a project's settings in Sentry show it."""
    if not value:
        return value
    parts = urlsplit(value)
    is_complete = parts.username and parts.hostname and parts.path.strip("/")
    if parts.scheme not in ("http", "https") or not is_complete:
        raise ValueError("not a valid DSN, such as https://key@sentry.example.org/1")
    need_package("sentry_sdk", "sentry")
    return value


def need_package(module: str, extra: str) -> None:
    """:raises ValueError: the packages of this extra are not installed."""
    try:
        is_there = find_spec(module) is not None
    except ModuleNotFoundError:  # of a package above it
        is_there = False
    if not is_there:
        raise ValueError(
            f"needs packages that are not installed: pip install -r "
            f"requirements-{extra}.txt (the extra [{extra}])"
        )
