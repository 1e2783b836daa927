"""The settings of an installation: what is asked for, refused, and given away."""

import json
from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu.serialization import prepare_accept_content

from config.celery import app
from config.environment import (
    DevelopmentEnvironment,
    Environment,
    read_environment,
)
from tests.production import NEEDED, run_python

KEYS = ("SECRET_KEY", "JWT_SIGNING_KEY", "LEDGER_SIGNING_KEY", "ENCRYPTION_KEY")
VARIABLES = [name.upper() for name in Environment.model_fields]


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def needed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def faults(kind: type[Environment] = Environment) -> dict[str, str]:
    """What is wrong with the environment, by setting."""
    with pytest.raises(ImproperlyConfigured) as error:
        read_environment(kind)
    title, *lines = str(error.value).splitlines()
    assert title == "Settings:"
    return dict(line.strip().split(": ", 1) for line in lines)


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
    done = run_python(
        "manage.py",
        "check",
        settings=settings,
        DEBUG="off",
        SECRET_KEY="hunter1",
        DATABASE_URL="postgres//phr:hunter3@db/phr",
    )

    assert done.returncode != 0
    output = done.stdout + done.stderr
    for name in (*KEYS, "DATABASE_URL", "REDIS_URL"):
        assert f"{name}: " in output
    assert "hunter" not in output


def test_secrets_show_in_no_representation(needed: pytest.MonkeyPatch) -> None:
    needed.setenv("JWT_PREVIOUS_KEYS", "an-older-key-0123456789, an-oldest-key-012345")
    shown = repr(read_environment())

    for name in KEYS:
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


def test_an_empty_list_of_hosts_is_none(needed: pytest.MonkeyPatch) -> None:
    needed.setenv("ALLOWED_HOSTS", " , ")

    assert faults().keys() == {"ALLOWED_HOSTS"}


def test_development_needs_only_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, NEEDED[name])

    environment = read_environment(DevelopmentEnvironment)

    assert environment.debug is True
    assert "localhost" in environment.allowed_hosts


def test_development_without_debug_needs_real_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, NEEDED[name])
    monkeypatch.setenv("DEBUG", "off")

    assert faults(DevelopmentEnvironment).keys() == set(KEYS)


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("taken_from", KEYS)
def test_the_known_secrets_of_development_are_refused_without_debug(
    needed: pytest.MonkeyPatch, name: str, taken_from: str
) -> None:
    known = DevelopmentEnvironment.model_fields[taken_from.lower()].default
    needed.setenv(name, known.get_secret_value())

    assert faults().keys() == {name}


def test_the_settings_of_production_pass_djangos_check_without_a_warning() -> None:
    done = run_python(
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"), **NEEDED
    )

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_tasks_and_sessions_are_json_and_nothing_else() -> None:
    """What somebody slips into Redis or into a session's row is not unpickled."""
    assert prepare_accept_content(app.conf.accept_content) == {"application/json"}
    assert settings.SESSION_SERIALIZER.endswith(".JSONSerializer")


def test_production_hashes_passwords_at_owasps_cost() -> None:
    """Of its cheat sheet: argon2id, 19 MiB, 2 passes, 1 lane, and a salt of its own."""
    show = (
        "import django; django.setup(); "
        "from django.contrib.auth.hashers import make_password; "
        "print(make_password('x'), make_password('x'))"
    )
    done = run_python("-c", show, **NEEDED)

    first, second = done.stdout.split()
    assert first.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second


SHOW = """
import json
from django.conf import settings
print(json.dumps({
    "debug": settings.DEBUG,
    "hashers": settings.PASSWORD_HASHERS,
    "validators": [v["NAME"].rpartition(".")[2]
                   for v in settings.AUTH_PASSWORD_VALIDATORS],
    "cookies": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
                settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_HTTPONLY],
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME],
    "demo": "phr.demo" in settings.INSTALLED_APPS,
    "same_key": settings.SECRET_KEY == settings.JWT_SIGNING_KEY,
    "consent": settings.CARE_CONSENT_REQUIRED,
    "emergency": [settings.EMERGENCY_ACCESS, settings.EMERGENCY_ACCESS_MINUTES],
}))
"""


def test_production_is_strict_where_tests_are_quick() -> None:
    done = run_python("-c", SHOW, **NEEDED)

    assert json.loads(done.stdout) == {
        "debug": False,
        "hashers": ["phr.accounts.hashing.CalmArgon2PasswordHasher"],
        "validators": [
            "ObviousWordsValidator",
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        ],
        "cookies": [True, True, True, True],
        "names": ["__Host-sessionid", "__Host-csrftoken"],
        "demo": False,
        "same_key": False,
        "consent": True,
        "emergency": [False, 60],
    }
