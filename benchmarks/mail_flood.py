"""How late somebody's link for a new password arrives while others flood the workers.

Web, all workers of the Procfile and a mail server that takes a twentieth of a second
for each mail. Three patients add records as fast as they are taken, of each of which a
doctor is told by mail; then one more person asks for a link, and, for comparison, one
has asked before.

python -m dev.with_servers python -m benchmarks.mail_flood --records 300
"""

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.utils import timezone

from dev.application import HOST, environment_for, web_command
from dev.valkey import free_port
from phr.accounts.models import User, UserType
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.models import (
    CareGrant,
    DoctorProfile,
    PatientProfile,
)
from phr.identity.sign_in import start_session
from phr.notifications.models import (
    Channel,
    NotificationPreference,
    NotificationType,
)

FLOODERS = 3
SECONDS_OF_A_MAIL = 0.05
MOST_SECONDS = 300  # to wait for a mail
RECORD = {
    "record_type": "CHECKUP",
    "title": "Yearly check-up",
    "visit_date": "2026-03-02T09:00:00Z",
}


class Inbox:
    """When the first mail to each address arrived; aiosmtpd calls the method."""

    def __init__(self) -> None:
        self.arrived: dict[str, float] = {}
        self.count = 0

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        await asyncio.sleep(SECONDS_OF_A_MAIL)
        self.count += 1
        for address in envelope.rcpt_tos:
            self.arrived.setdefault(address, time.monotonic())
        return "250 OK"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=300, help="of each account")
    records = parser.parse_args().records
    call_command("migrate", verbosity=0)
    doctor = make_doctor()
    tokens = [make_patient(f"flood{number}", doctor) for number in range(FLOODERS)]
    for name in ("before", "after"):
        make_patient(name, doctor)
    inbox = Inbox()
    port, smtp_port = free_port(), free_port()
    with running(port, smtp_port), served(inbox, smtp_port):
        await_answer(port)
        print(f"without a flood: {seconds_until_link(port, 'before', inbox):.1f} s")
        with ThreadPoolExecutor(FLOODERS) as pool:
            counts = list(pool.map(lambda token: flood(port, token, records), tokens))
        seconds = seconds_until_link(port, "after", inbox)
        print(f"behind {sum(counts):,} records of three accounts: {seconds:.1f} s")
        print(f"mails in all: {inbox.count}")
    return 0


def make_doctor() -> DoctorProfile:
    user = make_user("doctor", UserType.DOCTOR)
    NotificationPreference.objects.bulk_create(
        NotificationPreference(
            user=user, notification_type=kind, channel=Channel.EMAIL, is_on=True
        )
        for kind in NotificationType.values
        if kind != "SECURITY"
    )
    return DoctorProfile.objects.create(user=user, specialization="Cardiology")


def make_user(name: str, kind: UserType) -> User:
    user = User.objects.create(
        username=name, email=f"{name}@example.org", user_type=kind
    )
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    return user


def make_patient(name: str, doctor: DoctorProfile) -> str:
    """A patient of the doctor's, and their token."""
    user, now = make_user(name, UserType.PATIENT), timezone.now()
    user.set_password("correct horse battery staple")
    user.save()
    CareGrant.objects.create(
        patient=PatientProfile.objects.create(user=user),
        doctor=doctor,
        requested_by=user,
        decided_by=user,
        status=GrantStatus.ACTIVE,
        origin=GrantOrigin.STAFF,
        starts_at=now,
        decided_at=now,
        requested_at=now,
    )
    return start_session(user=user, at=now).access


def commands() -> Iterator[list[str]]:
    """The workers that the Procfile of this checkout names."""
    for line in Path("Procfile").read_text(encoding="utf-8").splitlines():
        _, _, command = line.partition(": ")
        if " worker " in command:
            yield [sys.executable, "-m", *shlex.split(command)]


@contextlib.contextmanager
def running(port: int, smtp_port: int) -> Iterator[None]:
    env = environment_for(dict(os.environ)) | {"LOG_LEVEL": "ERROR"}
    env |= {"EMAIL_URL": f"smtp://{HOST}:{smtp_port}"}
    all_commands = [web_command(port), *commands()]
    processes = [
        subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in all_commands
    ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()


@contextlib.contextmanager
def served(inbox: Inbox, port: int) -> Iterator[None]:
    controller = Controller(inbox, hostname=HOST, port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def post(port: int, path: str, body: object, token: str | None = None) -> int:
    """The status of an answer; 0 if there is none."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    headers = {"Content-Type": "application/json", "X-Forwarded-Proto": "https"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return 0
    else:
        return answer.status
    finally:
        connection.close()


def await_answer(port: int) -> None:
    deadline = time.monotonic() + 60
    while post(port, "/api/auth/token/refresh/", {}) != 400:
        if time.monotonic() > deadline:
            raise SystemExit("The server does not start.")
        time.sleep(0.2)


def flood(port: int, token: str, records: int) -> int:
    """How many records were taken."""
    answers = [
        post(port, "/api/health-records/", RECORD, token) for _ in range(records)
    ]
    return answers.count(201)


def seconds_until_link(port: int, name: str, inbox: Inbox) -> float:
    address = f"{name}@example.org"
    asked = time.monotonic()
    status = post(port, "/api/auth/password/forgot/", {"email": address})
    if status not in (200, 202, 204):
        raise SystemExit(f"To ask for a link is answered with {status}.")
    while address not in inbox.arrived:
        if time.monotonic() - asked > MOST_SECONDS:
            return float("inf")
        time.sleep(0.05)
    return inbox.arrived[address] - asked


if __name__ == "__main__":
    raise SystemExit(main())
