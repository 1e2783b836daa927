"""Where beat keeps its schedule: other accounts of the machine do not get at it."""

import os
import shelve
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from dev.application import CELERY
from dev.places import CHECKOUT
from phr.core.private_folder import NotPrivate, private_folder
from tests.production import NEEDED
from tests.running.conftest import database_url
from tests.running.test_logs import PROCFILE
from tests.waiting import wait_until

FILE = "celerybeat-schedule"
NOBODY = 65534  # an account that is not ours

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]


class Planted:
    """What another account of the machine would leave for whoever unpickles it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.trace),)


def plant(folder: Path, trace: Path) -> None:
    with shelve.open(str(folder / FILE)) as shelf:  # noqa: S301 - our own
        shelf["entries"] = Planted(trace)


def environment(**places: object) -> dict[str, str]:
    """Production's, on the servers of the tests, of an account with these places."""
    return (
        NEEDED
        | {
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }
        | {name: str(place) for name, place in places.items()}
    )


@contextmanager
def beat(folder: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The Procfile's, which writes what it says to `folder`."""
    with (folder / "said").open("w") as output:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {PROCFILE['beat']}"],
            cwd=CHECKOUT,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def said(folder: Path) -> str:
    return (folder / "said").read_text()


def refusal(folder: Path, env: dict[str, str]) -> str:
    """The line with which beat ends."""
    with beat(folder, env) as process:
        assert process.wait(60) == 1
    return said(folder).splitlines()[-1]


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_schedule_lies_in_a_folder_that_only_the_account_enters(
    tmp_path: Path,
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)  # as /tmp
    plant(shared, trace := tmp_path / "trace")
    kept = tmp_path / ".local" / "state" / "health-record-api"

    with beat(tmp_path, environment(HOME=tmp_path, TMPDIR=shared)):
        wait_until(lambda: trace.exists() or any(kept.glob(f"{FILE}*")))

    assert rights(kept) == 0o700
    assert not trace.exists()


@pytest.mark.parametrize(
    "name", ["STATE_DIRECTORY", "XDG_STATE_HOME"], ids=["systemd", "XDG"]
)
def test_the_operator_says_where_the_schedule_lies(tmp_path: Path, name: str) -> None:
    places = {"HOME": "/nonexistent", name: tmp_path / "chosen"}

    with beat(tmp_path, environment(**places)):
        wait_until(lambda: any((tmp_path / "chosen").rglob(f"{FILE}*")))


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o770], ids=oct)
def test_nothing_is_read_from_a_folder_that_others_write_to(
    tmp_path: Path, mode: int
) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    plant(folder, trace := tmp_path / "trace")
    folder.chmod(mode)

    sentence = refusal(tmp_path, environment(STATE_DIRECTORY=folder))

    assert sentence == (
        f"beat: Other users can write to {folder}. "
        "Set STATE_DIRECTORY to a folder that is yours alone."
    )
    assert not trace.exists()


def test_a_schedule_that_is_asked_for_by_name_needs_such_a_folder_as_well(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o777)
    plant(tmp_path, trace := tmp_path / "trace")
    command = [*CELERY, "beat", "--schedule", str(tmp_path / FILE)]

    done = subprocess.run(
        command,
        cwd=CHECKOUT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"beat: Other users can write to {tmp_path}")
    assert not trace.exists()


def test_a_folder_above_that_others_write_to_is_refused(tmp_path: Path) -> None:
    above = tmp_path / "above"
    above.mkdir()
    above.chmod(0o777)

    sentence = refusal(tmp_path, environment(STATE_DIRECTORY=above / "state"))

    assert sentence.startswith(f"beat: Other users can replace {above / 'state'}.")
    above.chmod(0o1777)  # where one moves only what is one's own
    with beat(tmp_path, environment(STATE_DIRECTORY=above / "state")):
        wait_until(lambda: any((above / "state").glob(f"{FILE}*")))


def test_an_account_that_has_no_place_is_told_which_setting_names_one(
    tmp_path: Path,
) -> None:
    sentence = refusal(tmp_path, environment(HOME="/dev/null"))

    assert "STATE_DIRECTORY" in sentence
    assert "Traceback" not in sentence


def test_a_folder_of_somebody_else_and_a_link_are_refused(tmp_path: Path) -> None:
    (link := tmp_path / "link").symlink_to(tmp_path)
    (theirs := tmp_path / "theirs").mkdir()
    if os.geteuid() == 0:
        os.chown(theirs, NOBODY, NOBODY)
    else:
        theirs = Path("/usr")

    for path in (link, theirs):
        with pytest.raises(NotPrivate, match="belongs to another user"):
            private_folder(path)


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    """Others may have to read what else is in it: it is checked, not changed."""
    (there := tmp_path / "there").mkdir()
    there.chmod(0o755)

    private_folder(there)

    assert rights(there) == 0o755
