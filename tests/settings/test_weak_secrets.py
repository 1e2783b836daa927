"""Keys and passwords that anybody can guess are refused."""

from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from config.environment import (
    DevelopmentEnvironment,
    read_environment,
)
from tests.production import NEEDED, run_python
from tests.settings.faults import SECRET_KEYS, faults


@pytest.mark.parametrize("name", SECRET_KEYS)
@pytest.mark.parametrize("taken_from", SECRET_KEYS)
def test_the_known_secrets_of_development_are_refused_without_debug(
    needed: pytest.MonkeyPatch, name: str, taken_from: str
) -> None:
    known = DevelopmentEnvironment.model_fields[taken_from.lower()].default
    needed.setenv(name, known.get_secret_value())

    assert faults().keys() == {name}


LISTS = ("SECRET_PREVIOUS_KEYS", "JWT_PREVIOUS_KEYS", "ENCRYPTION_PREVIOUS_KEYS")


SECRETS = (*SECRET_KEYS, *LISTS)


GOOD = "a-key-of-this-test-only-bWFyZ2FyaXRh-and-of-nobody-else"


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
        ("DATABASE_REPLICA_URL", "postgresql://postgres:postgres@b.example/phr"),
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

    assert faults() == {name: "has a well-known password: choose your own"}
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
