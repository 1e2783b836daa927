"""`manage.py make_keys`: the `.env` of a new installation."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from config.environment import Environment, read_environment
from config.make_keys import main
from tests.production import start_python

FIXED = {"PUBLIC_URL", "ALLOWED_HOSTS", "EMAIL_URL", "EMAIL_FROM"}
SECRET = re.compile(r"[\w-]{32,}")


def values(text: str) -> dict[str, str]:
    """The settings of a file, as each program that reads one understands them."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Z_]+=[\w.~:/?@%\[\]-]+", line) for line in lines)
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def make_keys(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    def printed(*arguments: str) -> str:
        main(arguments)
        return capsys.readouterr().out

    return printed


def test_it_needs_no_setting_and_prints_an_environment_that_is_valid(
    tmp_path: Path,
) -> None:
    done = start_python("manage.py", "make_keys")
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / ".env").write_text(done.stdout)

    read = read_environment(_env_file=tmp_path / ".env")

    assert (read.debug, read.consent_required) == (False, True)
    required = {n for n, f in Environment.model_fields.items() if f.is_required()}
    assert required <= read.model_fields_set


def test_no_key_and_no_password_comes_twice(make_keys) -> None:
    first, second = values(make_keys()), values(make_keys())

    secrets = [SECRET.findall(each[name]) for each in (first, second) for name in each]
    flat = [secret for found in secrets for secret in found]
    assert len(flat) == len(set(flat)) == 2 * 10
    same = {name for name in first if first[name] == second[name]}
    assert same == FIXED | {"COMPOSE_PROJECT_NAME"}


def test_the_lines_to_fill_in_come_first_and_say_so(make_keys) -> None:
    text = make_keys()

    before, after = text.split("# Nothing below needs a change.")
    assert set(values(before)) == FIXED
    assert not set(values(after)) & FIXED
    assert before.count("FILL IN") == 2


def test_what_it_is_told_stands_where_it_belongs(make_keys) -> None:
    told = values(
        make_keys(
            *("--host", "Straße.example", "--database", "db.example.org"),
            *("--redis", "127.0.0.1"),
            *("--email-url", "submission://records:%24hunter2%23@mail.example.org"),
        )
    )

    assert told["PUBLIC_URL"] == "https://xn--strae-oqa.example"
    assert told["ALLOWED_HOSTS"] == "xn--strae-oqa.example"
    assert told["EMAIL_FROM"] == "records@xn--strae-oqa.example"
    assert "@db.example.org/phr" in told["DATABASE_OWNER_URL"]
    assert "@127.0.0.1:6379/0" in told["REDIS_URL"]
    assert told["EMAIL_URL"].endswith(":%24hunter2%23@mail.example.org")


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7"])
def test_a_server_without_a_name_has_an_address(
    make_keys, host: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text(make_keys("--host", host))

    assert host in read_environment(_env_file=tmp_path / ".env").public_url


@pytest.mark.parametrize(
    "wrong",
    [
        ("--host", "records.example.org/path"),
        ("--host", "a\nDEBUG=on"),
        ("--email-url", "console:"),
        ("--email-url", "submission://records:$hunter2@mail.example.org"),
        ("--email-url", "smtp://a\nDEBUG=on"),
        ("--email-from", "nobody"),
        ("--frog", "x"),
    ],
)
def test_what_would_not_be_valid_is_refused_and_nothing_is_printed(
    capsys: pytest.CaptureFixture[str], wrong: tuple[str, str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(wrong)

    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert wrong[0] in printed.err
