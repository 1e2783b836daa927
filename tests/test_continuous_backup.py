"""Compose hands every change of the database over, where somebody has asked for it."""

import os
import re
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
PROGRAMS = DEPLOY / "pgbackrest"
BASE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
MORE: dict[str, Any] = yaml.safe_load(
    (DEPLOY / "compose.continuous-backup.yaml").read_text()
)
DATABASE, NIGHTLY = (
    MORE["services"][name] for name in ("database", "continuous-backup")
)
Nights = Callable[..., tuple[list[str], list[int]]]


def test_changes_are_handed_over_only_where_somebody_has_asked_for_it() -> None:
    plain = BASE["services"]["database"]

    assert plain["image"].startswith("postgres:")
    assert "archive" not in str(plain)
    assert DATABASE["image"] == NIGHTLY["image"]
    assert "command" not in DATABASE, "it would take the other file's place"


def test_compose_and_debian_hand_over_by_the_same_settings() -> None:
    lines = (PROGRAMS / "postgresql.conf").read_text().splitlines()
    pairs = (line.split(" = ", 1) for line in lines if " = " in line)
    debian = {name: value.strip("'") for name, value in pairs}

    text = (PROGRAMS / "archiving").read_text()
    given = dict(
        re.findall(r"^ +'?-c(\w+)=([^'\\\n]+?)'?(?: \\)?$", text, re.MULTILINE)
    )
    assert given.pop("unix_socket_directories") == "/run/postgresql,/sockets"
    assert given == debian


def test_what_makes_the_backups_is_as_confined_as_the_rest() -> None:
    assert NIGHTLY["read_only"] is True
    assert NIGHTLY["cap_drop"] == ["ALL"]
    assert NIGHTLY["cap_add"] == BASE["services"]["database"]["cap_add"]
    assert NIGHTLY["security_opt"] == ["no-new-privileges:true"]
    assert NIGHTLY["logging"] == BASE["x-confined"]["logging"]
    assert "database:/var/lib/postgresql/data:ro" in NIGHTLY["volumes"]
    assert NIGHTLY["networks"] == DATABASE["networks"] == ["repository"]
    assert MORE["networks"]["repository"]["internal"] == "${REPOSITORY_INTERNAL:-true}"


def test_the_key_lies_in_no_volume_and_no_image() -> None:
    secret = MORE["secrets"]["pgbackrest_key"]["file"]
    copied = re.findall(
        r"^COPY (.*)$", (PROGRAMS / "Dockerfile").read_text(), re.MULTILINE
    )
    kept = (PROGRAMS / "Dockerfile").read_text() + (
        PROGRAMS / "pgbackrest.conf"
    ).read_text()

    assert secret == "${REPOSITORY_KEY:-./repository-key.conf}"
    assert "/deploy/repository-key.conf" in (DEPLOY.parent / ".gitignore").read_text()
    assert copied == [
        "pgbackrest.conf /etc/pgbackrest/",
        "archiving nightly restore-to /usr/local/bin/",
    ]
    assert "cipher-pass" not in kept
    assert "repo1-cipher-type=aes-256-cbc" in kept
    for service in (DATABASE, NIGHTLY):
        assert service["secrets"] == ["pgbackrest_key"]
        # Where the program finds its key is forgotten when the container ends.
        assert "/run/pgbackrest:mode=0700" in service["tmpfs"]


def test_without_its_key_nothing_starts_and_a_sentence_says_so() -> None:
    done = subprocess.run(
        [PROGRAMS / "archiving", "postgres"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(
        "There is no key of the repository: see docs/restore.md"
    )


@pytest.fixture
def nights(tmp_path: Path) -> Nights:
    """Run `nightly` until it sleeps for the third time.

    :returns: what pgBackRest was told, and for how long it slept each time.
    """
    asked, slept = tmp_path / "asked", tmp_path / "slept"
    stand_ins = {
        "pgbackrest": f'echo "$@" >>{asked}; [ ! -e {tmp_path}/broken ]',
        "touch": "",
        "sleep": f"echo $1 >>{slept}; rm -f {tmp_path}/broken; "
        f"[ $(wc -l <{slept}) -lt 3 ] || kill $PPID",
    }
    for name, script in stand_ins.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)

    def run(*, broken: bool = False) -> tuple[list[str], list[int]]:
        if broken:
            (tmp_path / "broken").touch()
        env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        subprocess.run(
            [PROGRAMS / "nightly"],
            env=env,
            capture_output=True,
            timeout=60,
            check=False,
        )
        told = [
            line.removeprefix("--stanza=main ")
            for line in asked.read_text().splitlines()
        ]
        return told, [int(line) for line in slept.read_text().splitlines()]

    return run


def test_a_backup_is_made_at_once_and_then_at_half_past_one(nights: Nights) -> None:
    told, slept = nights()

    assert told[:3] == ["stanza-create", "check", "--type=diff backup"]
    made = [line for line in told if line.endswith(" backup")]
    tonight = "full" if datetime.now(UTC).isoweekday() == 7 else "diff"
    assert set(made[1:]) == {f"--type={tonight} backup"}
    until = datetime.now(UTC) + timedelta(seconds=slept[0])
    at = until.replace(hour=1, minute=30, second=0, microsecond=0)
    assert abs(until - at) < timedelta(minutes=2)
    assert 0 < slept[0] <= 86_400


def test_a_backup_that_fails_is_tried_again_until_it_is_made(nights: Nights) -> None:
    told, slept = nights(broken=True)

    assert told[:4] == ["stanza-create", "stanza-create", "check", "--type=diff backup"]
    assert slept[0] == 600
