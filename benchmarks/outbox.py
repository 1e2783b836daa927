"""Whether queueing and sealing keep up with writers: events and lines a second.

python -m dev.with_servers python -m benchmarks.outbox --events 2000 --seconds 10
"""

import argparse
import sys
import threading
import time
from datetime import timedelta

from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone

from benchmarks.ledger import measure  # sets Django up
from benchmarks.some_events import NothingHappened
from benchmarks.some_people import doctor_of, person
from phr.accounts.models import User, UserType
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.seals import seal_ledger
from phr.audit.services import Access
from phr.care.models import PatientProfile
from phr.core import events, outbox, tasks
from phr.core.models import NOBODY, OutboxEvent
from phr.health_records.services import create_record

WRITES_A_SECOND = 500
DOCTORS = 2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000)
    parser.add_argument("--seconds", type=int, default=10)
    chosen = parser.parse_args()
    call_command("migrate", verbosity=0)
    if User.objects.exists():
        print("This database is not empty.")
        return 1
    patient = cast_of_one_patient()
    measure("created", lambda: create(patient, chosen.events))
    add_backlog(20 * chosen.events)
    measure("queued", tasks.replay_outbox)
    seal_ledger(at=timezone.now())
    seal_while_others_write(patient.user, chosen.seconds)
    return 0


def cast_of_one_patient() -> PatientProfile:
    patient = PatientProfile.objects.create(user=person(UserType.PATIENT))
    for _ in range(DOCTORS):
        doctor_of(patient)
    return patient


def create(patient: PatientProfile, records: int) -> int:
    now = timezone.now()
    for number in range(records):
        create_record(
            actor=patient.user,
            now=now,
            record_type="CHECKUP",
            title=f"Check-up {number}",
            visit_date=now - timedelta(days=number % 3_000),
        )
    return records


def add_backlog(count: int) -> None:
    with transaction.atomic():
        events.emit_each([NothingHappened(by=NOBODY) for _ in range(count)])
    outbox.make_due(OutboxEvent.objects.all(), now=timezone.now())


def seal_while_others_write(actor: User, seconds: int) -> None:
    """Lines come at a steady rate from two threads; sealing goes every two."""
    ends = time.monotonic() + seconds
    rate = WRITES_A_SECOND / 2
    writers = [
        threading.Thread(target=write_until, args=(actor, ends, rate)) for _ in range(2)
    ]
    for writer in writers:
        writer.start()
    while time.monotonic() < ends:
        time.sleep(2)
        measure("sealed", lambda: seal_ledger(at=timezone.now()))
    for writer in writers:
        writer.join()
    measure("sealed at the end", lambda: seal_ledger(at=timezone.now()))


def write_until(actor: User, ends: float, rate: float) -> None:
    began, written = time.monotonic(), 0
    access = Access(actor.pk, "record", [actor.pk])
    try:
        while time.monotonic() < ends:
            audit.note(actor, Action.RECORD_OPENED, access)
            written += 1
            time.sleep(max(0.0, began + written / rate - time.monotonic()))
    finally:
        connections.close_all()
        print(f"wrote {written / (time.monotonic() - began):,.0f} lines a second")


if __name__ == "__main__":
    sys.exit(main())
