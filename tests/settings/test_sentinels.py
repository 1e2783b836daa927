"""An address of Sentinels, as the setting has it and as others read it."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from config.broker import address_for, options_for
from config.checks import open_links
from config.environment import read_environment
from config.settings.base import settings_from
from phr.core.redis_address import Sentinels, hosts_of, read_sentinels
from tests.production import NEEDED

WHOLE = "sentinel://me:s%2Fe@a.example:1,[2001:db8::1]:2,c.example/phr/3"


@pytest.fixture
def needed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_an_address_of_sentinels_is_taken_apart() -> None:
    assert read_sentinels(WHOLE) == Sentinels(
        places=(("a.example", 1), ("2001:db8::1", 2), ("c.example", 26379)),
        name="phr",
        database=3,
        username="me",
        password="s/e",
        is_encrypted=False,
    )
    assert read_sentinels("sentinels://a/phr").is_encrypted
    assert hosts_of(WHOLE) == ["a.example", "2001:db8::1", "c.example"]
    assert hosts_of("redis://:x@b.example:1/0") == ["b.example"]


def test_the_setting_is_handed_on_as_it_is(needed: pytest.MonkeyPatch) -> None:
    needed.setenv("REDIS_URL", WHOLE)

    assert settings_from(read_environment())["REDIS_URL"] == WHOLE


@pytest.mark.parametrize(
    "url",
    [
        "sentinel://:hunter5@a,b",
        "sentinel://:hunter5@a,b/",
        "sentinel://:hunter5@a,/phr",
        "sentinel://:hunter5@a:x/phr",
        "sentinel://:hunter5@a/phr/x",
        "sentinel://:hunter5@a/phr?db=1",
        "sentinel://:hunter5@straße.example/phr",
    ],
)
def test_what_is_no_such_address_is_refused_without_its_password(
    needed: pytest.MonkeyPatch, url: str
) -> None:
    needed.setenv("REDIS_URL", url)

    with pytest.raises(ImproperlyConfigured) as refusal:
        read_environment()

    told = str(refusal.value)
    assert "REDIS_URL: not a valid address, such as sentinel://" in told
    assert "hunter5" not in told


def test_a_known_password_of_sentinels_is_refused(needed: pytest.MonkeyPatch) -> None:
    needed.setenv("REDIS_URL", "sentinel://:foobared@a,b/phr")

    with pytest.raises(ImproperlyConfigured, match="REDIS_URL: has a well-known pass"):
        read_environment()


@pytest.mark.parametrize(
    ("url", "is_open"),
    [
        ("sentinel://a.example,127.0.0.1/phr", True),
        ("sentinel://127.0.0.1:1,localhost:2/phr", False),
        ("sentinels://a.example/phr", False),
        ("redis://a.example/0", True),
        ("rediss://a.example/0", False),
    ],
)
def test_open_connections_to_other_machines_are_named(
    settings: Settings, url: str, *, is_open: bool
) -> None:
    settings.REDIS_URL = url

    found = {name: (told, hint) for name, told, hint in open_links()}

    assert found["REDIS_URL"][0] is is_open
    if is_open:
        scheme = "sentinels" if url.startswith("sentinel") else "rediss"
        assert found["REDIS_URL"][1] == f"Begin it with {scheme}://."


def test_the_broker_is_told_each_sentinel_and_how_to_sign_in() -> None:
    assert address_for("redis://a/0") == "redis://a/0"
    assert options_for("redis://a/0", {"socket_timeout": 5}) == {}

    assert address_for(WHOLE) == ";".join(
        f"sentinel://me:s%2Fe@{place}/3"
        for place in ("a.example:1", "[2001:db8::1]:2", "c.example:26379")
    )
    assert options_for(WHOLE, {"socket_timeout": 5}) == {
        "master_name": "phr",
        "sentinel_kwargs": {
            "username": "me",
            "password": "s/e",
            "ssl": False,
            "socket_timeout": 5,
        },
    }
