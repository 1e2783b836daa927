"""What is asked for, what is refused, and what is given away."""

from datetime import timedelta

import pytest

from config.environment import (
    DevelopmentEnvironment,
    read_environment,
)
from tests.production import NEEDED, start_python
from tests.settings.faults import SECRET_KEYS, faults


def test_every_missing_setting_is_named_at_once() -> None:
    assert faults().keys() == {
        "SECRET_KEY",
        "JWT_SIGNING_KEY",
        "LEDGER_SIGNING_KEY",
        "ALLOWED_HOSTS",
        "DATABASE_URL",
        "REDIS_URL",
        "ENCRYPTION_KEY",
        "PUBLIC_URL",
        "EMAIL_URL",
        "EMAIL_FROM",
    }


def test_missing_and_wrong_settings_are_named_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = {
        "DEBUG": "perhaps",
        "SECRET_KEY": "too-short",
        "DATABASE_URL": "mysql://db/phr",
        "REDIS_URL": "localhost:6379",
        "TRUSTED_PROXIES": "10.0.0.0/8, proxy.example.org",
        "CARE_CONSENT": "sometimes",
        "EMERGENCY_ACCESS": "true",
        "EMERGENCY_ACCESS_MINUTES": "0",
        "ACCESS_TOKEN_LIFETIME": "a while",
        "HSTS_SECONDS": "-1",
        "HSTS_SUBDOMAINS": "true",
        "PUBLIC_URL": "records.example.org",
        "EMAIL_URL": "imap://mail.example.org",
        "EMAIL_FROM": "nobody",
        "DOCTOR_MFA_REQUIRED": "perhaps",
        "LOG_LEVEL": "LOUD",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)

    named = {name.partition(".")[0] for name in faults()}

    missing = {"JWT_SIGNING_KEY", "LEDGER_SIGNING_KEY", "ENCRYPTION_KEY"}
    missing |= {"ALLOWED_HOSTS"}
    assert named == wrong.keys() | missing


def test_no_fault_shows_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "SECRET_KEY": "hunter1",
        "JWT_SIGNING_KEY": "hunter2",
        "LEDGER_SIGNING_KEY": "hunter9",
        "LEDGER_PREVIOUS_PUBLIC_KEYS": "hunter10",
        "DATABASE_URL": "postgres//phr:hunter3@db/phr",
        "REDIS_URL": "redis//:hunter4@cache",
        "TRUSTED_PROXIES": "hunter5",
        "HSTS_SECONDS": "hunter6",
        "CARE_CONSENT": "hunter7",
        "DEBUG": "hunter8",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)

    assert "hunter" not in str(faults())


@pytest.mark.parametrize("settings", ["production", "development"])
def test_a_start_that_fails_prints_the_faults_and_no_secret(settings: str) -> None:
    done = start_python(
        "manage.py",
        "check",
        settings=settings,
        DEBUG="off",
        SECRET_KEY="hunter1",
        DATABASE_URL="postgres//phr:hunter3@db/phr",
    )

    assert done.returncode != 0
    output = done.stdout + done.stderr
    for name in (*SECRET_KEYS, "DATABASE_URL", "REDIS_URL"):
        assert f"{name}: " in output
    assert "hunter" not in output


def test_secrets_show_in_no_representation(needed: pytest.MonkeyPatch) -> None:
    older = "an-older-key-0123456789-of-nobody, an-oldest-key-0123456789-of-nobody"
    needed.setenv("JWT_PREVIOUS_KEYS", older)
    shown = repr(read_environment())

    for name in SECRET_KEYS:
        assert NEEDED[name] not in shown
    assert "an-old" not in shown


def test_defaults_are_the_careful_ones(needed: pytest.MonkeyPatch) -> None:
    environment = read_environment()

    assert environment.debug is False
    assert environment.consent_required is True
    assert environment.trusted_proxies == []
    assert environment.cors_allowed_origins == []
    assert environment.access_token_lifetime == timedelta(minutes=5)
    assert environment.refresh_token_lifetime == timedelta(days=1)
    assert environment.hsts_seconds >= 31_536_000
    assert (environment.hsts_subdomains, environment.hsts_preload) == ("off", "off")


@pytest.mark.parametrize(
    "asked",
    [
        {"HSTS_SUBDOMAINS": "off"},
        {"HSTS_SECONDS": "31535999"},
        {"HSTS_SECONDS": "0"},
    ],
)
def test_browsers_are_offered_nothing_for_their_lists_that_these_refuse(
    needed: pytest.MonkeyPatch, asked: dict[str, str]
) -> None:
    for name, value in (
        {"HSTS_SUBDOMAINS": "on", "HSTS_PRELOAD": "on"} | asked
    ).items():
        needed.setenv(name, value)

    assert faults().keys() == {"HSTS_PRELOAD"}


@pytest.mark.parametrize(
    ("debug", "consent", "required"),
    [
        ("off", None, True),
        ("on", None, False),
        ("off", "not-required", False),
        ("on", "required", True),
    ],
)
def test_consent_is_required_unless_debug_or_somebody_says_otherwise(
    needed: pytest.MonkeyPatch, debug: str, consent: str | None, required: bool
) -> None:
    needed.setenv("DEBUG", debug)
    if consent:
        needed.setenv("CARE_CONSENT", consent)

    assert read_environment().consent_required is required


def test_development_needs_only_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, NEEDED[name])

    environment = read_environment(DevelopmentEnvironment)

    assert environment.debug is True
    assert "localhost" in environment.allowed_hosts


def test_development_without_debug_needs_real_secrets_and_a_mail_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, NEEDED[name])
    monkeypatch.setenv("DEBUG", "off")

    assert faults(DevelopmentEnvironment).keys() == {*SECRET_KEYS, "EMAIL_URL"}
