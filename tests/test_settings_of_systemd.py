"""deploy/systemd/manage reads settings as systemd does, and no shell sees them."""

import os
import subprocess
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import pytest

from config.make_keys import main as make_keys

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "deploy" / "systemd" / "manage"


@pytest.fixture(scope="module")
def manage() -> Any:
    return SimpleNamespace(**run_path(str(SCRIPT)))  # which keeps no bytecode there


# The rules of EnvironmentFile= in systemd.exec(5).
@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("X=postgresql://a@b/c?d=e&f=g;h", "postgresql://a@b/c?d=e&f=g;h"),
        ("X=$(touch /tmp/pwned) `id` $HOME", "$(touch /tmp/pwned) `id` $HOME"),
        ("X=a#b c", "a#b c"),
        ("  X = a b  \t", "a b"),
        ("X=", ""),
        ("X='a $b  ' ", "a $b  "),
        (r'X="a\"b\\c\$d\e"', r'a"b\c$d\e'),
        ("X='a'\"b\"c", "abc"),
        ("X=a'b'", "a'b'"),
        (r"X=a\ b\\c\n", r"a b\cn"),
        ("X=a\\\nb", "ab"),
        ("X='a\nY=b'", "a\nY=b"),
        ("#X=1\n; X=2\nX=3", "3"),
        ("X=1\nX=2", "2"),
    ],
)
def test_a_value_is_what_systemd_makes_of_it(
    manage: Any, line: str, value: str
) -> None:
    assert manage.settings(f"{line}\n") == {"X": value}
    assert manage.settings(line) == {"X": value}


def test_what_is_no_setting_is_passed_over(manage: Any) -> None:
    assert manage.settings("nothing\nexport A=1\n1B=2\n\nX=3\n") == {"X": "3"}


def test_the_file_of_make_keys_is_read_whole(
    manage: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    make_keys([])
    text = capsys.readouterr().out

    lines = [line for line in text.splitlines() if line and line[0].isalpha()]
    assert manage.settings(text) == dict(line.split("=", 1) for line in lines)


def test_the_command_runs_as_the_account_with_the_settings(tmp_path: Path) -> None:
    """Only the places are others: the file, and `runuser`, which needs root."""
    file, runuser = tmp_path / "settings.env", tmp_path / "runuser"
    file.write_text(f"X=a&b $(touch {tmp_path}/pwned)\n")
    runuser.write_text('#!/bin/sh\necho "$*|$X|$DJANGO_SETTINGS_MODULE"\n')
    runuser.chmod(0o755)
    script = tmp_path / "manage"
    script.write_text(
        SCRIPT.read_text().replace("/etc/health-record-api/settings.env", str(file))
    )

    done = subprocess.run(
        ["/usr/bin/env", "python3", script, "check", "--deploy"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )

    account = "--user health-record-api --group health-record-api"
    assert done.stdout == (
        f"{account} -- .venv/bin/python manage.py check --deploy|a&b $(touch "
        f"{tmp_path}/pwned)|config.settings.production\n"
    )
    assert not (tmp_path / "pwned").exists()


def test_no_page_has_a_shell_read_settings() -> None:
    units = [path for path in (ROOT / "deploy" / "systemd").iterdir() if path.is_file()]
    pages = [*(ROOT / "docs").rglob("*.md"), *units]
    reading = [
        page.name
        for page in pages
        for line in page.read_text().splitlines()
        if ".env" in line and (line.startswith((". ", "source ")) or "; . " in line)
    ]
    assert reading == []
