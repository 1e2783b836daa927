"""The settings of an installation: what is asked for, refused, and given away."""

import json
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_network
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
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
    older = "an-older-key-0123456789-of-nobody, an-oldest-key-0123456789-of-nobody"
    needed.setenv("JWT_PREVIOUS_KEYS", older)
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

    assert faults(DevelopmentEnvironment).keys() == {*KEYS, "EMAIL_URL"}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("taken_from", KEYS)
def test_the_known_secrets_of_development_are_refused_without_debug(
    needed: pytest.MonkeyPatch, name: str, taken_from: str
) -> None:
    known = DevelopmentEnvironment.model_fields[taken_from.lower()].default
    needed.setenv(name, known.get_secret_value())

    assert faults().keys() == {name}


SECRETS = (*KEYS, "JWT_PREVIOUS_KEYS", "ENCRYPTION_PREVIOUS_KEYS")
GOOD = "a-key-of-this-test-only-bWFyZ2FyaXRh-and-of-nobody-else"
LISTS = ("JWT_PREVIOUS_KEYS", "ENCRYPTION_PREVIOUS_KEYS")
KNOWN = "development-only-signing-key-0123456789"
GUESSABLE = {
    "short": "x7Kp2",
    "one less": GOOD[:31],
    "known": KNOWN,
    "known, in capitals": KNOWN.upper(),
    "known, with a space": f" {KNOWN} ",
    "an example": "change-me-to-50-random-characters-or-more-000000000",
    "of a new project": "django-insecure-7f3k2m9x1b8v5c0z4n6q",
    "one letter": "x" * 64,
    "few letters": "abcabdabeabcabdabeabcabdabeabcabd",
    "a part again and again": "correct-horse" * 4,
}


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("key", GUESSABLE.values(), ids=GUESSABLE)
def test_no_key_that_can_be_guessed_is_taken_without_debug(
    needed: pytest.MonkeyPatch, name: str, key: str
) -> None:
    needed.setenv(name, key)

    found = faults()

    assert {each.partition(".")[0] for each in found} == {name}
    assert key.strip() not in str(found)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("key", GUESSABLE.values(), ids=GUESSABLE)
def test_nor_beside_a_good_one(needed: pytest.MonkeyPatch, name: str, key: str) -> None:
    needed.setenv(name, f"{GOOD}, {key}")

    assert {each.partition(".")[0] for each in faults()} == {name}


@pytest.mark.parametrize("name", LISTS)
def test_previous_keys_as_good_as_the_present_one_are_taken(
    needed: pytest.MonkeyPatch, name: str
) -> None:
    needed.setenv(name, f" {GOOD} ,, {GOOD[::-1]},")

    keys = getattr(read_environment(), name.lower())

    assert [key.get_secret_value() for key in keys] == [GOOD, GOOD[::-1]]


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("other", SECRETS)
def test_a_key_is_for_one_thing(
    needed: pytest.MonkeyPatch, name: str, other: str
) -> None:
    needed.setenv(name, GOOD)
    needed.setenv(other, f"{GOOD}, {GOOD}" if other == name in LISTS else GOOD)

    if other == name and name not in LISTS:
        assert read_environment()
        return
    (found,) = faults().items()
    assert found[0] in (name, other)
    assert found[1] in (f"is the same as {name}", f"is the same as {other}")


@pytest.mark.parametrize(
    "key",
    [
        Ed25519PrivateKey.from_private_bytes(
            sha256(b"development-only-ledger-key-0123456789").digest()
        )
        .public_key()
        .public_bytes_raw()
        .hex(),
        Ed25519PrivateKey.from_private_bytes(bytes(32))
        .public_key()
        .public_bytes_raw()
        .hex(),
        "0" * 64,
        "01" + "0" * 62,
        "ec" + "f" * 60 + "7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ],
)
def test_no_public_key_for_which_anybody_can_sign_proves_seals(
    needed: pytest.MonkeyPatch, key: str
) -> None:
    needed.setenv("LEDGER_PREVIOUS_PUBLIC_KEYS", key)

    assert faults().keys() == {"LEDGER_PREVIOUS_PUBLIC_KEYS"}


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("DATABASE_URL", "postgresql://postgres:postgres@db.example.org/phr"),
        ("DATABASE_URL", "postgres://phr:Password@db.example.org/phr"),
        ("DATABASE_URL", "postgresql://clinic:clinic@db.example.org/phr"),
        ("DATABASE_URL", "postgresql://db.example.org/phr?user=a&password=secret"),
        ("DATABASE_URL", "postgresql://phr:%70ostgres@db.example.org/phr"),
        ("REDIS_URL", "redis://:foobared@redis.example.org/0"),
        ("REDIS_URL", "rediss://default:redis@redis.example.org/0"),
        ("EMAIL_URL", "submission://records:secret@mail.example.org"),
        ("EMAIL_URL", "smtps://records:records@mail.example.org"),
    ],
)
def test_known_passwords_of_servers_are_refused_without_debug(
    needed: pytest.MonkeyPatch, name: str, url: str
) -> None:
    needed.setenv(name, url)

    assert faults() == {name: "has a known password: make one of your own"}
    needed.setenv("DEBUG", "on")
    assert read_environment()


CAN_BE_GUESSED = {
    "DATABASE_URL": "postgresql://postgres:postgres@127.0.0.1:1/phr",
    "JWT_PREVIOUS_KEYS": KNOWN,
    "ENCRYPTION_PREVIOUS_KEYS": "x" * 40,
}


@pytest.mark.parametrize("settings", ["production", "development"])
def test_the_check_before_a_deployment_names_what_can_be_guessed(
    settings: str,
) -> None:
    done = run_python(
        *("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        settings=settings,
        **(NEEDED | CAN_BE_GUESSED),
    )

    assert done.returncode != 0
    output = done.stdout + done.stderr
    assert all(name in output for name in CAN_BE_GUESSED)
    assert "postgres:" not in output
    assert KNOWN not in output
    assert "x" * 40 not in output


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
            "AsHashedValidator",
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
