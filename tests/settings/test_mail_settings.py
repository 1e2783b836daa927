"""EMAIL_URL: the forms it may have, and faults that do not show what it holds."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from pydantic import SecretStr
from pytest_django import Settings

from config.checks import mail_leaves
from config.environment import DevelopmentEnvironment, read_environment
from config.mail_settings import mail_settings
from config.settings.base import settings_from
from tests.production import NEEDED, run_python

SMTP = "django.core.mail.backends.smtp.EmailBackend"
CONSOLE = "django.core.mail.backends.console.EmailBackend"


def settings_of(url: str) -> dict[str, Any]:
    return mail_settings(SecretStr(url))


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtp://mail.example.org", 25, False, False),
        ("smtp://mail.example.org:2525", 2525, False, False),
        ("smtps://mail.example.org", 465, True, False),
        ("smtps://mail.example.org:4650", 4650, True, False),
        ("submission://mail.example.org", 587, False, True),
        ("submission://mail.example.org:5870/", 5870, False, True),
        (" SMTPS://mail.example.org ", 465, True, False),
    ],
)
def test_the_scheme_says_how_the_connection_is_kept_secret(
    url: str, port: int, tls: bool, starttls: bool
) -> None:
    found = settings_of(url)

    assert found["EMAIL_BACKEND"] == SMTP
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.org", port)
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (tls, starttls)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("", "")


def test_a_server_that_does_not_answer_holds_a_worker_for_seconds_only() -> None:
    assert 0 < settings_of("smtp://mail.example.org")["EMAIL_TIMEOUT"] <= 30


def test_user_and_password_may_have_any_character() -> None:
    found = settings_of("submission://phr%40example.org:p%3A%2F%40s%25s@[::1]:587")

    assert found["EMAIL_HOST"] == "::1"
    assert found["EMAIL_HOST_USER"] == "phr@example.org"
    assert found["EMAIL_HOST_PASSWORD"] == "p:/@s%s"


def test_console_prints_instead_of_sending() -> None:
    assert settings_of("console:") == {"EMAIL_BACKEND": CONSOLE}


@pytest.mark.parametrize("url", ["console:", "console://", "console:phr:hunter2"])
def test_an_installation_prints_no_mails(needed: pytest.MonkeyPatch, url: str) -> None:
    """Whoever reads its log would sign in by their links."""
    needed.setenv("EMAIL_URL", url)

    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL: prints mails"):
        read_environment()


@pytest.mark.parametrize("kind", ["console", "filebased", "locmem", "dummy"])
def test_the_check_before_a_deployment_fails_where_no_mail_leaves(
    settings: Settings, kind: str
) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{kind}.EmailBackend"

    (fault,) = mail_leaves()

    assert fault.is_serious()
    assert "EMAIL_URL" in fault.msg


@pytest.mark.parametrize("debug", ["on", "off"])
def test_nor_does_a_deployment_go_on_that_prints_mails(debug: str) -> None:
    variables = NEEDED | {"EMAIL_URL": "console:", "DEBUG": debug}

    done = run_python("manage.py", "check", "--deploy", **variables)

    assert done.returncode != 0
    assert "EMAIL_URL" in done.stdout + done.stderr


WRONG = [
    "CONSOLE:",
    "file:/tmp/mails",
    "filebased:/tmp/mails",
    "dummy:",
    "locmem:",
    "memory:",
    "django.core.mail.backends.console.EmailBackend",
    "",
    "hunter2",
    "mail.example.org:25",
    "imap://phr:hunter2@mail.example.org",
    "SMTP//phr:hunter2@mail.example.org",
    "smtp://",
    "smtp:mail.example.org",
    "smtp://phr:hunter2@",
    "smtp://phr:hunter2@:25",
    "smtp://phr:hunter2@mail.example.org:port",
    "smtp://phr:hunter2@mail.example.org:99999",
    "smtp://phr:hunter2@mail.example.org/folder",
    "smtp://phr:hunter2@mail.example.org?tls=1",
    "smtp://phr:hunter2@mail.example.org#x",
    "smtp://phr:hunter2@[::1",
]


@pytest.mark.parametrize("url", WRONG)
def test_what_is_no_mail_server_is_named_without_its_value(
    needed: pytest.MonkeyPatch, url: str
) -> None:
    needed.setenv("EMAIL_URL", url)

    with pytest.raises(ImproperlyConfigured) as error:
        read_environment()

    _, fault = str(error.value).splitlines()
    assert fault.strip().startswith("EMAIL_URL: ")
    for word in ("hunter2", "phr:", "mail.example.org"):
        assert word not in fault
    assert error.value.__suppress_context__


def test_a_start_that_fails_prints_no_password_of_the_mail_server() -> None:
    done = run_python(
        "manage.py", "check", settings="production", EMAIL_URL="imap://phr:hunter2@x"
    )

    assert done.returncode != 0
    assert "EMAIL_URL: " in done.stdout + done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_the_settings_follow_from_the_environment(needed: pytest.MonkeyPatch) -> None:
    needed.setenv("EMAIL_URL", "submission://phr:hunter7@mail.example.org")
    needed.setenv("EMAIL_FROM", "Records <records@example.org>")

    found = settings_from(read_environment())

    assert found["EMAIL_HOST"] == "mail.example.org"
    assert found["DEFAULT_FROM_EMAIL"] == "Records <records@example.org>"
    assert found["SERVER_EMAIL"] == found["DEFAULT_FROM_EMAIL"]
    assert "hunter7" not in repr(read_environment())


@pytest.mark.parametrize(
    ("sender", "taken"),
    [
        ("records@straße.example", "records@xn--strae-oqa.example"),
        ("Straße <r@STRAẞE.example>", "Straße <r@xn--strae-oqa.example>"),
        ("Records <r@xn--strae-oqa.example>", "Records <r@xn--strae-oqa.example>"),
    ],
)
def test_the_senders_domain_is_the_one_that_stands_there(
    needed: pytest.MonkeyPatch, sender: str, taken: str
) -> None:
    """Django would send as `strasse.example`, which is somebody else's."""
    needed.setenv("EMAIL_FROM", sender)

    assert settings_from(read_environment())["DEFAULT_FROM_EMAIL"] == taken


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://straße.example/", "https://xn--strae-oqa.example"),
        ("https://STRAẞE。example:8443", "https://xn--strae-oqa.example:8443"),
        ("https://xn--strae-oqa.example", "https://xn--strae-oqa.example"),
    ],
)
def test_links_lead_to_the_domain_that_is_set(
    needed: pytest.MonkeyPatch, url: str, taken: str
) -> None:
    """Whoever reads the mail has a program that may know IDNA 2003 only."""
    needed.setenv("PUBLIC_URL", url)

    assert settings_from(read_environment())["PUBLIC_URL"] == taken


def test_a_host_that_is_no_domain_is_refused(needed: pytest.MonkeyPatch) -> None:
    needed.setenv("PUBLIC_URL", "https://☃.example")

    with pytest.raises(ImproperlyConfigured, match="PUBLIC_URL: "):
        read_environment()


@pytest.mark.parametrize(
    "sender",
    [
        *("", "nobody", "a@b\nBcc: c@d", "Records <records>", "a@b\r\n", "a@☃.example"),
        *("@a.example", "é@a.example", "a b@a.example", "a@a b", "a@a..example"),
        *(
            "a@a.example, b@b.example",
            "A <a@a.example> b",
            "Straße@x <r@straße.example>",
        ),
    ],
)
def test_a_sender_that_is_none_is_refused(
    needed: pytest.MonkeyPatch, sender: str
) -> None:
    needed.setenv("EMAIL_FROM", sender)

    with pytest.raises(ImproperlyConfigured, match="EMAIL_FROM: "):
        read_environment()


def test_a_developers_machine_prints_mails_unless_told_otherwise(
    needed: pytest.MonkeyPatch,
) -> None:
    for name in ("EMAIL_URL", "EMAIL_FROM"):
        needed.delenv(name)

    found = settings_from(read_environment(DevelopmentEnvironment))

    assert found["EMAIL_BACKEND"] == CONSOLE


def test_an_installation_has_no_mail_server_by_default(
    needed: pytest.MonkeyPatch,
) -> None:
    needed.delenv("EMAIL_URL")

    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL: "):
        read_environment()
