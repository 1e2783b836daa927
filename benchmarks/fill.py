"""Fill an empty database: the same people and records every time."""

import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, models

from phr.accounts.models import User, UserType
from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.text import fold
from phr.health_records.models import TEXTS, DoctorComment, HealthRecord

RECORDS_PER_PATIENT = 100
COMMENTS_PER_RECORD = 2
PATIENTS_PER_DOCTOR = 20
START = datetime(2020, 1, 6, 8, 0, tzinfo=UTC)
SENTENCES = (
    "Blood pressure was a little high and is to be measured at home.",
    "The pain in the left knee has eased since the last visit.",
    "Sleeps badly before the working week and well at other times.",
    "Laboratory values are within the expected range for the age.",
    "The cough has gone; the inhaler is used twice a day.",
    "Walks for half an hour on most days and has lost some weight.",
    "The wound is dry and clean, the stitches can come out next week.",
    "No new complaints; the medicine is taken as agreed.",
)


@dataclass
class Filler:
    """Makes rows from one seed, with ids in the order of making."""

    random: random.Random
    made: int = 0

    def id(self) -> UUID:
        """A version 7 UUID with a counter for its time, so that runs are alike."""
        self.made += 1
        tail = self.random.getrandbits(62)
        return UUID(int=self.made << 80 | 0x7 << 76 | 0b10 << 62 | tail)

    def text(self, sentences: int) -> str:
        return " ".join(self.random.choices(SENTENCES, k=sentences))


def fill(records: int) -> None:
    """Fill the database with records of patients, each with a doctor who comments.

    :param records: how many; 100 for each patient, two comments for each record.
    """
    filler = Filler(random.Random(records))
    patients = max(records // RECORDS_PER_PATIENT, 1)
    doctors = [doctor(filler, n) for n in range(-(-patients // PATIENTS_PER_DOCTOR))]
    owners = [patient(filler, n) for n in range(patients)]
    copy(User, [row.user for row in doctors] + [row.user for row in owners])
    copy(DoctorProfile, doctors)
    copy(PatientProfile, owners)
    copy(CareGrant, [grant(filler, doctors, n, row) for n, row in enumerate(owners)])
    for number, owner in enumerate(owners):
        fill_patient(filler, owner, doctors[number // PATIENTS_PER_DOCTOR])
        show_progress(number + 1, patients)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def fill_patient(filler: Filler, owner: PatientProfile, carer: DoctorProfile) -> None:
    made = [record(filler, owner, n) for n in range(RECORDS_PER_PATIENT)]
    copy(HealthRecord, made)
    copy(
        DoctorComment,
        [
            DoctorComment(
                id=filler.id(),
                created_at=row.created_at + timedelta(days=n + 1),
                updated_at=row.created_at + timedelta(days=n + 1),
                health_record=row,
                doctor=carer,
                comment=filler.text(2),
            )
            for row in made
            for n in range(COMMENTS_PER_RECORD)
        ],
    )


def account(filler: Filler, name: str, user_type: UserType) -> User:
    return User(
        id=filler.id(),
        created_at=START,
        updated_at=START,
        username=name,
        email=f"{name}@example.org",
        first_name="Robin",
        last_name=name.title(),
        password=make_password(None),
        user_type=user_type,
        phone_number="+12025550123",
    )


def doctor(filler: Filler, number: int) -> DoctorProfile:
    user = account(filler, f"doctor{number}", UserType.DOCTOR)
    return DoctorProfile(
        id=filler.id(),
        created_at=START,
        updated_at=START,
        user=user,
        specialization="General practice",
        license_number=f"LIC-{number}",
        years_of_experience=number % 40,
        verified_at=START,
        search_text=fold(str(user), "General practice"),
    )


def patient(filler: Filler, number: int) -> PatientProfile:
    user = account(filler, f"patient{number}", UserType.PATIENT)
    return PatientProfile(
        id=filler.id(), created_at=START, updated_at=START, user=user, blood_type="A+"
    )


def grant(
    filler: Filler, doctors: Sequence[DoctorProfile], number: int, owner: PatientProfile
) -> CareGrant:
    carer = doctors[number // PATIENTS_PER_DOCTOR]
    return CareGrant(
        id=filler.id(),
        created_at=START,
        updated_at=START,
        patient=owner,
        doctor=carer,
        status=GrantStatus.ACTIVE,
        origin=GrantOrigin.STAFF,
        is_primary=True,
        starts_at=START,
        requested_by=carer.user,
        requested_at=START,
    )


def record(filler: Filler, owner: PatientProfile, number: int) -> HealthRecord:
    at = START + timedelta(days=20 * number, minutes=filler.random.randrange(480))
    row = HealthRecord(
        id=filler.id(),
        created_at=at,
        updated_at=at,
        patient=owner,
        record_type=filler.random.choice(RecordType.values),
        title=filler.text(1)[:60],
        visit_date=at,
        created_by=owner.user,
        **{name: filler.text(3) for name in TEXTS},
    )
    row.note_words()
    return row


def copy(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Send rows through COPY, the fastest way in."""
    fields = [field for field in model._meta.concrete_fields if field.column]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as sink,
    ):
        for row in rows:
            sink.write_row(list(values(row, fields)))


def values(row: models.Model, fields: Iterable[Any]) -> Iterator[Any]:
    for field in fields:
        yield getattr(row, field.attname)


def show_progress(done: int, of: int) -> None:
    if done % 50 == 0 or done == of:
        print(f"\r  filled {done} of {of} patients", end="", file=sys.stderr)
    if done == of:
        print(file=sys.stderr)
