"""Secrets that stand in files, as Docker, Kubernetes and systemd hand them over."""

import os
from pathlib import Path

import pytest

from config.environment import DevelopmentEnvironment, read_environment
from tests.production import NEEDED, run_python
from tests.settings.faults import faults

SECRETS = (
    *("SECRET_KEY", "JWT_SIGNING_KEY", "LEDGER_SIGNING_KEY", "ENCRYPTION_KEY"),
    *("DATABASE_URL", "REDIS_URL", "EMAIL_URL"),
)
PREVIOUS = (*("SECRET_PREVIOUS_KEYS", "JWT_PREVIOUS_KEYS", "ENCRYPTION_PREVIOUS_KEYS"),)
OLD_KEY = "an-older-key-of-this-test-only-cm9udGdlbg-and-of-nobody-else"


def plain(name: str) -> str:
    value = getattr(read_environment(), name.lower())
    return str(getattr(value, "get_secret_value", lambda: value)())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hunter9"


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("ending", ["", "\n", "\r\n", "\n\n"])
def test_a_secret_may_stand_in_a_file(
    needed: pytest.MonkeyPatch, file: Path, name: str, ending: str
) -> None:
    direct = plain(name)
    file.write_bytes(f"{NEEDED[name]}{ending}".encode())
    needed.delenv(name)
    needed.setenv(f"{name}_FILE", str(file))

    assert plain(name) == direct


def test_all_of_them_may_stand_in_files(
    needed: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in SECRETS:
        (tmp_path / name).write_text(NEEDED[name] + "\n")
        needed.delenv(name)
        needed.setenv(f"{name}_FILE", str(tmp_path / name))

    assert read_environment().secret_key.get_secret_value() == NEEDED["SECRET_KEY"]


@pytest.mark.parametrize("name", PREVIOUS)
def test_a_list_of_keys_may_stand_in_a_file(
    needed: pytest.MonkeyPatch, file: Path, name: str
) -> None:
    file.write_text(f"{OLD_KEY}, {OLD_KEY[::-1]}\n")
    needed.setenv(f"{name}_FILE", str(file))

    keys = getattr(read_environment(), name.lower())

    assert [key.get_secret_value() for key in keys] == [OLD_KEY, OLD_KEY[::-1]]


def test_what_is_no_secret_may_stand_in_a_file_as_well(
    needed: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text("WARNING\n")
    needed.setenv("LOG_LEVEL_FILE", str(file))

    assert read_environment().log_level == "WARNING"


def test_a_byte_order_mark_is_not_part_of_a_key(
    needed: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + NEEDED["SECRET_KEY"].encode())
    needed.delenv("SECRET_KEY")
    needed.setenv("SECRET_KEY_FILE", str(file))

    assert plain("SECRET_KEY") == NEEDED["SECRET_KEY"]


CONTENTS = {
    "is empty": b"",
    " is empty": b" \n\n",
    "is not text in UTF-8": b"\xff\xfe" + b"hunter2" * 9,
    "has more than one line, or control characters": b"hunter2" * 5 + b"\nhunter3",
    " has more than one line, or control characters": b"hunter2\x00" * 9,
    "has more than 65,536 bytes": b"hunter2" * 10_000,
}


@pytest.mark.parametrize("name", [*SECRETS, *PREVIOUS])
@pytest.mark.parametrize("fault", CONTENTS)
def test_a_file_that_holds_no_secret_is_named_by_its_setting(
    needed: pytest.MonkeyPatch, file: Path, name: str, fault: str
) -> None:
    file.write_bytes(CONTENTS[fault])
    needed.delenv(name, raising=False)
    needed.setenv(f"{name}_FILE", str(file))

    found = faults()

    said = f"the file that {name}_FILE names {fault.strip()}"
    assert found == {name: said}
    assert "hunter" not in str(found)


def test_places_where_there_is_no_file_are_told_apart(
    needed: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    places = {
        "SECRET_KEY": tmp_path,
        "JWT_SIGNING_KEY": tmp_path / "none",
        "LEDGER_SIGNING_KEY": tmp_path / "pipe",
        "ENCRYPTION_KEY": "x" * 5_000,
        "DATABASE_URL": "/dev/zero",
        "REDIS_URL": tmp_path / "loop",
    }
    for name, place in places.items():
        needed.delenv(name)
        needed.setenv(f"{name}_FILE", str(place))

    endings = {name: fault.partition(" names ")[2] for name, fault in faults().items()}

    assert endings == {
        "SECRET_KEY": "is a folder",
        "JWT_SIGNING_KEY": "cannot be read (No such file or directory)",
        "LEDGER_SIGNING_KEY": "is not a regular file",
        "ENCRYPTION_KEY": "cannot be read (File name too long)",
        "DATABASE_URL": "is not a regular file",
        "REDIS_URL": "cannot be read (Too many levels of symbolic links)",
    }


@pytest.mark.parametrize("name", [*SECRETS, *PREVIOUS])
def test_a_secret_and_its_file_are_not_both_set(
    needed: pytest.MonkeyPatch, file: Path, name: str
) -> None:
    file.write_text(NEEDED.get(name, OLD_KEY))
    needed.setenv(name, NEEDED.get(name, OLD_KEY))
    needed.setenv(f"{name}_FILE", str(file))

    assert faults() == {name: f"{name}_FILE is set as well: remove one of them"}


@pytest.mark.parametrize("empty", ["SECRET_KEY", "SECRET_KEY_FILE"])
def test_a_variable_that_is_empty_does_not_count_as_set(
    needed: pytest.MonkeyPatch, file: Path, empty: str
) -> None:
    file.write_text(NEEDED["SECRET_KEY"])
    needed.setenv("SECRET_KEY_FILE", str(file))
    needed.setenv(empty, "")

    assert plain("SECRET_KEY") == NEEDED["SECRET_KEY"]


def test_a_secret_that_was_put_where_a_file_belongs_is_not_shown(
    needed: pytest.MonkeyPatch,
) -> None:
    needed.delenv("SECRET_KEY")
    needed.setenv("SECRET_KEY_FILE", "hunter2-is-no-file-but-a-secret")

    assert "hunter" not in str(faults())


def test_faults_of_files_are_named_with_all_others(
    needed: pytest.MonkeyPatch, file: Path
) -> None:
    file.write_text("too-short")
    needed.delenv("SECRET_KEY")
    needed.setenv("SECRET_KEY_FILE", str(file))
    needed.setenv("JWT_SIGNING_KEY_FILE", str(file))
    needed.setenv("REDIS_URL", "localhost:6379")

    assert faults().keys() == {"SECRET_KEY", "JWT_SIGNING_KEY", "REDIS_URL"}


def test_the_environment_wins_over_a_file_that_the_env_file_names(
    needed: pytest.MonkeyPatch, file: Path, tmp_path: Path
) -> None:
    file.write_text(OLD_KEY)
    env = tmp_path / ".env"
    env.write_text(f"SECRET_KEY_FILE={file}\nJWT_SIGNING_KEY_FILE={file}\n")
    needed.delenv("JWT_SIGNING_KEY")

    read = read_environment(DevelopmentEnvironment, _env_file=env)

    assert read.secret_key.get_secret_value() == NEEDED["SECRET_KEY"]
    assert read.jwt_signing_key.get_secret_value() == OLD_KEY


def test_a_start_with_a_file_that_is_missing_ends_with_a_sentence() -> None:
    values = {name: NEEDED[name] for name in NEEDED if name != "SECRET_KEY"}

    done = run_python("manage.py", "check", SECRET_KEY_FILE="/nowhere", **values)

    assert done.returncode != 0
    assert "SECRET_KEY: the file that SECRET_KEY_FILE names cannot be" in done.stderr
    assert "Traceback" not in done.stderr
