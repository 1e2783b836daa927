"""Settings of metrics, traces and error reports: wrong ones say what to do."""

import pytest

from config import watching_settings
from config.environment import read_environment
from tests.settings.faults import faults

COLLECTOR, DSN = "http://localhost:4318", "https://key@sentry.example.org/1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("METRICS_PORT", "65536"),
        ("METRICS_PORT", "-1"),
        ("METRICS_HOST", "localhost"),
        ("METRICS_HOST", "[::1]"),
        ("SLOW_STATEMENT_MS", "-1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://localhost:4317"),
        ("SENTRY_DSN", "https://sentry.example.org/1"),
        ("SENTRY_DSN", "https://hunter4@sentry.example.org"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(
    needed: pytest.MonkeyPatch, name: str, value: str
) -> None:
    needed.setenv(name, value)

    assert faults().keys() == {name}
    assert "hunter4" not in str(faults())


@pytest.mark.parametrize(
    ("name", "value"),
    [("OTEL_EXPORTER_OTLP_ENDPOINT", COLLECTOR), ("SENTRY_DSN", DSN)],
)
def test_right_ones_are_taken_where_their_packages_are(
    needed: pytest.MonkeyPatch, name: str, value: str
) -> None:
    needed.setenv(name, value)

    assert getattr(read_environment(), name.lower()) == value


@pytest.mark.parametrize(
    ("name", "value", "extra"),
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", COLLECTOR, "otel"),
        ("SENTRY_DSN", DSN, "sentry"),
    ],
)
def test_where_packages_are_missing_the_setting_says_what_to_install(
    needed: pytest.MonkeyPatch, name: str, value: str, extra: str
) -> None:
    needed.setenv(name, value)
    needed.setattr(watching_settings, "find_spec", lambda module: None)

    assert f"pip install -r requirements-{extra}.txt" in faults()[name]
