"""The passwords of database and mail server are changed, and nobody is signed out.

Processes are restarted with the new one, as docs/operations.md says.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from dev.application import web_command, worker_command
from dev.valkey import free_port
from phr.accounts.events import MailDue
from phr.accounts.models import Mail
from phr.accounts.tokens import Tokens
from phr.audit.database_roles import let_application_in
from phr.care.models import PatientProfile
from phr.core.models import OutboxEvent
from phr.identity.sign_in import start_session
from tests.mailbox import Mailbox, open_mailbox
from tests.operations.conftest import superusers_url
from tests.running.conftest import Run, await_start, database_url
from tests.running.posting import all_are_delivered, post
from tests.running.talking import answer_of, head, of_length
from tests.waiting import PATIENCE, wait_until

OLD, NEW = "the-old-one-of-this-test", "the-new-one-of-this-test"
PROFILE, REFRESH = "/api/auth/profile/", "/api/auth/token/refresh/"


@pytest.fixture
def session(alice: PatientProfile) -> Tokens:
    return start_session(user=alice.user, at=timezone.now())


def stay_signed_in(run: Run, session: Tokens, **changed: str) -> Tokens:
    """See that a web server started with what has changed serves who is signed in.

    :returns: the tokens that it gives for the next time.
    """
    port = free_port()
    renewal = json.dumps({"refresh": session.refresh}).encode()
    with run("web", web_command(port, workers=1), **changed) as web:
        await_start(web, port)
        shown = answer_of(port, head(session.access, method="GET", path=PROFILE))
        asked = head(session.access, of_length(renewal), path=REFRESH)
        renewed = answer_of(port, asked + renewal)
    assert (shown.status, renewed.status) == (200, 200)
    return Tokens(**renewed.json())


def url_of(role: str, password: str) -> str:
    parts = urlsplit(database_url())
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role}:{password}@{place}").geturl()


def refuses(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return True
    return False


@contextmanager
def demanding_passwords(admin: psycopg.Connection[Any], role: str) -> Iterator[None]:
    """Have the server ask this role for its password, if it lets everybody in."""
    if refuses(url_of(role, "neither")):
        yield
        return
    (place,) = admin.execute("SHOW hba_file").fetchone() or ("",)
    rules = Path(place)
    before = rules.read_text()
    rules.write_text(f"local all {role} scram-sha-256\n{before}")
    admin.execute("SELECT pg_reload_conf()")
    try:
        wait_until(lambda: refuses(url_of(role, "neither")))
        yield
    finally:
        rules.write_text(before)
        admin.execute("SELECT pg_reload_conf()")


@pytest.fixture
def admin(db: None) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(superusers_url(), autocommit=True) as session:
        yield session


@pytest.fixture
def role(admin: psycopg.Connection[Any]) -> Iterator[str]:
    """The application's role, with the old password, which it has to show."""
    name = f"rotated_of_{connection.settings_dict['NAME']}"
    admin.execute(f"DROP ROLE IF EXISTS {name}".encode())
    admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{OLD}'".encode())
    let_application_in(admin.execute, name)
    with demanding_passwords(admin, name):
        yield name
    admin.execute(f"DROP OWNED BY {name}".encode())
    admin.execute(f"DROP ROLE {name}".encode())


@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.django_db(transaction=True)
def test_a_changed_password_of_the_database_signs_nobody_out(
    run: Run, admin: psycopg.Connection[Any], role: str, session: Tokens
) -> None:
    session = stay_signed_in(run, session, DATABASE_URL=url_of(role, OLD))
    assert refuses(url_of(role, NEW))

    with psycopg.connect(url_of(role, OLD)) as ours:
        admin.execute(f"ALTER ROLE {role} PASSWORD '{NEW}'".encode())
        assert ours.execute("SELECT 1").fetchone() == (1,)

    assert refuses(url_of(role, OLD))
    stay_signed_in(run, session, DATABASE_URL=url_of(role, NEW))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with open_mailbox() as box:
        box.password = OLD
        yield box


def have_been_tried() -> bool:
    waiting = OutboxEvent.objects.filter(kind=MailDue.kind, delivered_at=None)
    return waiting.exists() and not waiting.filter(attempts=0).exists()


@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.django_db(transaction=True)
def test_a_changed_password_of_the_mail_server_loses_no_mail_and_signs_nobody_out(
    run: Run, alice: PatientProfile, session: Tokens, mailbox: Mailbox, tmp_path: Path
) -> None:
    secret = tmp_path / "email_url"
    secret.write_text(mailbox.url_with_password)
    with run("mail", worker_command("mail"), EMAIL_URL_FILE=str(secret)):
        post(alice.user, 2)
        wait_until(lambda: len(mailbox.mails) == 2)
        mailbox.password = NEW
        post(alice.user, 3)
        wait_until(have_been_tried)
    assert mailbox.turned_away >= 3
    assert len(mailbox.mails) == 2

    secret.write_text(mailbox.url_with_password)
    with run("mail", worker_command("mail"), EMAIL_URL_FILE=str(secret)):
        wait_until(all_are_delivered, lambda: mailbox.mails)

    posted = Mail.objects.exclude(sent_at=None).values_list("address", flat=True)
    assert sorted(mailbox.recipients) == sorted(posted)
    assert len(posted) == 5
    stay_signed_in(run, session, EMAIL_URL_FILE=str(secret))
