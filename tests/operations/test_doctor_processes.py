"""`manage.py doctor` on workers, beats and mails: a real worker, a real mail server."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import pytest
from celery import current_app
from celery.contrib.testing.worker import start_worker
from django.core.management import call_command
from pytest_django import Settings

from phr.core import heartbeat
from phr.core.queues import Queue
from phr.operations.doctor import mail, workers
from phr.operations.findings import Level
from tests.mailbox import open_mailbox
from tests.operations.looking import only, sentences, worst


@contextmanager
def worker_of(queues: list[str]) -> Iterator[None]:
    """A real worker on the real broker, in a thread of this process."""
    with start_worker(
        current_app,
        pool="solo",
        queues=queues,
        perform_ping_check=False,
        loglevel="ERROR",
    ):
        yield


def test_a_task_goes_through_a_worker_of_each_queue() -> None:
    with worker_of(Queue.values):
        found = list(workers.examine_workers(patience=20))

    assert [(each.level, each.says) for each in found] == [
        (Level.OK, "A task went through a worker of each queue.")
    ]


def test_queues_without_a_worker_are_named_with_what_waits_there() -> None:
    current_app.send_task("phr.core.tasks.replay_outbox", queue="long")
    with worker_of(["urgent", "celery", "sealing", "mail", "urgent_mail"]):
        found = list(workers.examine_workers(patience=20))

    assert only(found) == (
        "No worker that answers listens to the queue long; 1 messages wait. Nothing "
        "is lost meanwhile."
    )
    assert worst(found) == sentences(found)


def test_no_worker_at_all_is_an_error_for_each_queue() -> None:
    found = sentences(workers.examine_workers(patience=0))

    assert len(found) == len(Queue)


def test_a_beat_that_never_ticked_or_no_longer_does_is_an_error() -> None:
    assert "Beat has not ticked: failed deliveries" in only(workers.examine_beat())

    old = time.time() - 600
    heartbeat.note_tick(old)
    assert "Beat ticked last 600 seconds ago" in only(workers.examine_beat())


def test_a_beat_that_ticked_a_moment_ago_is_well() -> None:
    heartbeat.note_tick(time.time() - 5)

    assert worst(workers.examine_beat()) == []


def use(settings: Settings, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(settings, name, value)


def test_a_mail_is_really_sent_when_somebody_asks(settings: Settings) -> None:
    with open_mailbox() as box:
        use(settings, box.settings())
        assert worst(mail.examine(None)) == []
        assert box.mails == []
        assert worst(mail.examine("operator@example.org")) == []

    assert box.recipients == ["operator@example.org"]
    assert "manage.py doctor" in box.mails[0].get_content()


def test_a_mail_server_that_is_away_or_refuses_is_an_error(settings: Settings) -> None:
    with open_mailbox() as box:
        use(settings, box.settings())
        box.to_recipient = lambda: "550 no such mailbox for secret@example.org"
        refused = only(mail.examine("secret@example.org"))
    away = only(mail.examine(None))

    assert refused == "The mail server refuses that recipient."
    assert away == "The mail server cannot be reached (ConnectionRefusedError)."


def test_the_command_speaks_to_people_and_ends_with_a_sum(
    db: None, own_valkey: object
) -> None:
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("doctor", patience=0.1, stdout=out, no_color=True)

    lines = out.getvalue().splitlines()
    assert "ok    postgresql  It is there, new enough, and its encoding" in lines[
        -1
    ] + ("\n".join(lines))
    assert any(
        line.startswith("ERROR beat        Beat has not ticked") for line in lines
    )
    assert any(line.strip().startswith("> Start `celery") for line in lines)
    assert lines[-1].startswith("Errors: ")
