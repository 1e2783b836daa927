"""A real worker that sends to a real mail server, and is killed between mails."""

import os
import signal
import socket

import pytest

from dev.application import HOST, worker_command
from phr.accounts.events import MailDue
from phr.accounts.models import Mail
from phr.audit.models import LedgerSeal
from phr.audit.tasks import seal_ledger
from phr.care.models import DoctorProfile
from phr.core.models import OutboxEvent
from phr.health_records.models import HealthRecord
from phr.notifications.models import Notification
from tests.conftest import Api
from tests.factories import UserFactory
from tests.mailbox import open_mailbox
from tests.running.conftest import Run
from tests.running.posting import all_are_delivered, post
from tests.waiting import PATIENCE, wait_until

MAILS_IN_A_ROUND = 40
SENT_BEFORE_A_KILL = 8
KILLED = 3  # times


@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.django_db(transaction=True)
def test_each_mail_arrives_and_once_while_workers_are_killed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = UserFactory.create()
    with open_mailbox() as box:
        monkeypatch.setenv("EMAIL_URL", box.url)
        for _ in range(KILLED):
            with run("worker", worker_command("mail")) as worker:
                before = len(box.mails)
                post(user, MAILS_IN_A_ROUND)
                enough = before + SENT_BEFORE_A_KILL
                wait_until(lambda: len(box.mails) >= enough, lambda: box.mails)  # noqa: B023 - at once
                os.killpg(worker.popen.pid, signal.SIGKILL)
                worker.popen.wait()
        assert Mail.objects.filter(sent_at=None).exists()  # killed in the midst of it
        with run("worker", worker_command("mail")):
            wait_until(all_are_delivered, lambda: box.mails)

    posted = set(Mail.objects.values_list("pk", flat=True))
    assert len(posted) == KILLED * MAILS_IN_A_ROUND
    assert not Mail.objects.filter(sent_at=None).exists()
    assert {each.partition("@")[0] for each in box.ids} == {f"<{pk}" for pk in posted}
    # A worker dies at most between the server's yes and its own note of that: then
    # the mail comes again, and a mail store knows it by its Message-ID.
    workers_killed = 2 * KILLED
    assert len(box.mails) <= len(posted) + workers_killed
    assert set(box.recipients) == set(Mail.objects.values_list("address", flat=True))


@pytest.mark.timeout(4 * PATIENCE)
@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_hangs_keeps_neither_news_nor_seals_waiting(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    api: Api,
    alices_record: HealthRecord,
    dr_bob: DoctorProfile,
) -> None:
    """It takes connections and never greets."""
    with socket.create_server((HOST, 0)) as server:
        server.settimeout(PATIENCE)
        monkeypatch.setenv("EMAIL_URL", f"smtp://{HOST}:{server.getsockname()[1]}")
        with run("worker", worker_command()), run("mail", worker_command("mail")):
            comment(api, alices_record)
            wait_until(lambda: told() == 1)  # the worker is up
            post(UserFactory.create(), 20)
            hanging, _ = server.accept()  # and so is that of mails
            with hanging:
                comment(api, alices_record)
                seal_ledger.delay()

                wait_until(lambda: told() == 2 and LedgerSeal.objects.exists())
                mails = OutboxEvent.objects.filter(kind=MailDue.kind)
                assert set(mails.values_list("attempts", flat=True)) == {0}


def comment(api: Api, record: HealthRecord) -> None:
    url = f"/api/health-records/{record.pk}/comments/"
    answer = api("dr_bob").post(url, {"comment": "Rest it."}, format="json")
    assert answer.status_code == 201


def told() -> int:
    return Notification.objects.filter(recipient__username="alice").count()
