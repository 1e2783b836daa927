"""`manage.py doctor` on settings: those that nothing starts with, and wide networks."""

import json

import pytest
from pytest_django import Settings

from config.network_addresses import read_network
from phr.operations.doctor import configuration
from phr.operations.findings import Level
from tests.operations.looking import sentences
from tests.production import NEEDED, run_python


def test_settings_with_which_nothing_starts_are_findings_for_programs_too() -> None:
    broken = NEEDED | {"PUBLIC_URL": "", "REDIS_URL": "hunter7"}

    done = run_python("manage.py", "doctor", "--json", **broken)

    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [each["says"].partition(":")[0] for each in found] == [
        "PUBLIC_URL",
        "REDIS_URL",
    ]
    assert {(each["part"], each["level"]) for each in found} == {("settings", "error")}
    assert all(each["advice"] for each in found)
    assert "hunter" not in done.stdout + done.stderr


def test_without_json_they_are_named_for_people() -> None:
    done = run_python("manage.py", "doctor", **NEEDED | {"PUBLIC_URL": ""})

    assert done.returncode == 1
    assert (done.stdout, done.stderr[:12]) == ("", "Settings:\n  ")


@pytest.mark.parametrize(
    ("network", "level"),
    [
        ("0.0.0.0/0", Level.ERROR),
        ("10.0.0.0/8", Level.WARNING),
        ("172.16.0.0/12", Level.WARNING),
        ("fd00::/32", Level.WARNING),
        ("10.42.0.0/16", None),
        ("fd00:1:2::/48", None),
        ("192.0.2.7", None),
    ],
)
def test_a_network_of_more_than_proxies_is_named_with_what_it_means(
    settings: Settings, network: str, level: Level | None
) -> None:
    settings.TRUSTED_PROXIES = [read_network("10.9.8.7"), read_network(network)]

    said = {
        each: sentences(configuration.of_proxies(), each)
        for each in (Level.ERROR, Level.WARNING, Level.NOTE)
    }

    assert [each for each in said if said[each]] == ([level] if level else [])
    for sentence in said.get(level, []) if level else []:
        assert sentence.startswith(f"TRUSTED_PROXIES trusts {network}: ")
        assert "forge" in sentence
