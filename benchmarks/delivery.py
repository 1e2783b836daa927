"""How many events a worker's process delivers in a second, in batches and one by one.

Both ways take turns in one run, on the same mix of kinds: of ten events five records
and two comments, of which two doctors each are told, a change of access, an assigned
doctor, and a new password, of which a mail is queued. Nobody reaches the bound of an
inbox, beyond which an event would cost less.

python -m dev.with_servers python -m benchmarks.delivery --events 1000 --rounds 5
"""

import argparse
import os
import sys
import time
from datetime import timedelta
from statistics import median
from uuid import UUID

import benchmarks.environment  # noqa: F401 - sets Django up for what follows

# isort: split
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from benchmarks.cpu import cpu_seconds, postgres_pid
from benchmarks.some_people import doctor_of, person
from phr.accounts.events import PasswordChanged
from phr.accounts.models import User, UserType
from phr.care.events import DoctorAssigned, GrantChanged
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core import events, outbox
from phr.core.events import Event
from phr.core.models import OutboxEvent
from phr.core.queues import OF_MAILS
from phr.core.tasks import MOST_IN_A_BATCH
from phr.health_records.comments import add_comment
from phr.health_records.events import CommentAdded, RecordCreated
from phr.health_records.models import DoctorComment
from phr.health_records.services import create_record

OF_A_PATIENT = 10  # events
WAYS = {"one by one": 1, "in batches": MOST_IN_A_BATCH}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000, help="in each round")
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    call_command("migrate", verbosity=0)
    if User.objects.exists():
        print("This database is not empty.")
        return 1
    found: dict[str, list[tuple[float, float, float]]] = {way: [] for way in WAYS}
    for _ in range(chosen.rounds):
        for way, at_once in WAYS.items():
            found[way].append(measured(emit_mix(chosen.events), at_once))
    for way, rounds in found.items():
        a_second, own, postgres = (
            median(column) for column in zip(*rounds, strict=True)
        )
        print(
            f"{way}: {a_second:,.0f} events a second; CPU of an event:"
            f" {own:.2f} ms in the worker, {postgres:.2f} ms in PostgreSQL"
        )
    return 0


def measured(event_ids: list[UUID], at_once: int) -> tuple[float, float, float]:
    """Deliver as a worker does; a second's events, and the milliseconds of one."""
    server, count = postgres_pid(), len(event_ids)
    own, of_postgres = cpu_seconds(os.getpid()), cpu_seconds(server)
    began, delivered = time.perf_counter(), 0
    for start in range(0, count, at_once):
        together = event_ids[start : start + at_once]
        delivered += outbox.deliver(together, now=timezone.now())
    took = time.perf_counter() - began
    if delivered != count:
        raise RuntimeError(f"{delivered} of {count} events were delivered")
    own, of_postgres = cpu_seconds(os.getpid()) - own, cpu_seconds(server) - of_postgres
    return count / took, 1_000 * own / count, 1_000 * of_postgres / count


def emit_mix(count: int) -> list[UUID]:
    """Events in the order of their turns: one of each patient, then the next ones."""
    mixes = [events_of_a_patient() for _ in range(count // OF_A_PATIENT)]
    OutboxEvent.objects.filter(delivered_at=None).exclude(queue__in=OF_MAILS).delete()
    with transaction.atomic():
        return [
            events.emit(each).pk for turn in zip(*mixes, strict=True) for each in turn
        ]


def events_of_a_patient() -> list[Event]:
    """All that they are about is there; nothing was delivered yet."""
    patient, doctors = people()
    grants = list(CareGrant.objects.filter(patient=patient))
    by_patient, by_doctor = {"by": patient.user_id}, {"by": doctors[0].user_id}
    records = [
        create_record(
            actor=patient.user,
            now=timezone.now(),
            record_type="CHECKUP",
            title=f"Check-up {number}",
            visit_date=timezone.now() - timedelta(days=number),
        ).id
        for number in range(5)
    ]
    for record_id in records[:2]:
        add_comment(actor=doctors[0].user, record_id=record_id, comment="As it was.")
    comments = DoctorComment.objects.filter(health_record__in=records)
    return [
        *(RecordCreated(record_id=each, **by_patient) for each in records),
        *(CommentAdded(comment_id=each.pk, **by_doctor) for each in comments),
        GrantChanged(grant_id=grants[0].pk, **by_patient),
        DoctorAssigned(grant_id=grants[1].pk, **by_doctor),
        PasswordChanged(user_id=patient.user_id),
    ]


def people() -> tuple[PatientProfile, list[DoctorProfile]]:
    """A patient with two doctors, all with addresses that they have confirmed."""
    patient = PatientProfile.objects.create(user=person(UserType.PATIENT))
    return patient, [doctor_of(patient) for _ in range(2)]


if __name__ == "__main__":
    sys.exit(main())
