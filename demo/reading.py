"""How the doctors of the demo read, and who was refused."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from demo.rows import Rows, was_open
from demo.steps import Step, by_grant
from demo.stories.shape import moment
from phr.audit.actions import Action
from phr.audit.models import Basis, Outcome
from phr.audit.services import Access
from phr.care.choices import GrantOrigin
from phr.care.models import CareGrant, DoctorProfile
from phr.health_records.models import DoctorComment, HealthRecord

ON_A_PAGE = 20
LIST_BEFORE_COMMENTING = timedelta(minutes=6)
OPEN_BEFORE_COMMENTING = timedelta(minutes=4)
# Doctors look through their patients four times a year.
ROUNDS = tuple(
    datetime(year, month, 8, 7, 5, tzinfo=UTC)
    for year in (2024, 2025, 2026)
    for month in (1, 4, 7, 10)
)
# A doctor, a patient, and when the doctor tried the newest record without a right to.
REFUSED = (
    ("dr_hassan", "emma", "2024-06-02 23:46"),  # a few minutes after the emergency
    ("dr_weber", "maria", "2025-02-11 16:05"),  # Maria had ended it
    ("dr_weber", "maria", "2025-02-11 16:06"),
    ("dr_weber", "tom", "2025-06-12 09:20"),  # had run out two days before
    ("dr_weber", "claire", "2025-10-06 08:55"),  # had asked, and could not wait
    ("dr_weber", "claire", "2026-09-07 14:30"),  # had run out
    ("dr_hassan", "tom", "2026-09-01 10:15"),  # had ended it herself
    ("dr_osei", "priya", "2026-09-22 07:50"),  # waits for an answer
)


def readings(rows: Rows) -> Iterator[Step]:
    """All that doctors looked at, or wanted to."""
    for comment in rows.comments:
        yield from before_commenting(rows, comment)
    yield from in_the_mornings(rows)
    for at in ROUNDS:
        yield from patients_listed(rows, at)
    for _, grant in rows.grants:
        if grant.origin == GrantOrigin.EMERGENCY:
            yield from in_an_emergency(rows, grant)
    for attempt in REFUSED:
        yield refusal(rows, *attempt)


def before_commenting(rows: Rows, comment: DoctorComment) -> Iterator[Step]:
    doctor, record, at = comment.doctor, comment.health_record, comment.created_at
    yield from listing(rows, doctor, record, at - LIST_BEFORE_COMMENTING)
    yield from opening(rows, doctor, record, at - OPEN_BEFORE_COMMENTING)


def in_the_mornings(rows: Rows) -> Iterator[Step]:
    """Every new record is read, also by those who have nothing to say about it."""
    commented = {(found.doctor_id, found.health_record_id) for found in rows.comments}
    for record in rows.records:
        for doctor in rows.doctors.values():
            if (doctor.pk, record.pk) not in commented:
                yield from opening(rows, doctor, record, next_morning(doctor, record))


def listing(
    rows: Rows, doctor: DoctorProfile, record: HealthRecord, at: datetime
) -> Iterator[Step]:
    """A page of the patient's records, one line for each grant that opened some."""
    page = defaultdict(list)
    for found in rows.seen_then(doctor, record.patient, at)[:ON_A_PAGE]:
        grant = rows.grant_then(doctor, found, at)
        if grant is not None:
            page[grant].append(found)
    for grant, records in page.items():
        yield reading(Action.RECORDS_LISTED, at, grant, records)


def opening(
    rows: Rows, doctor: DoctorProfile, record: HealthRecord, at: datetime
) -> Iterator[Step]:
    grant = rows.grant_then(doctor, record, at)
    if grant is not None:
        yield reading(Action.RECORD_OPENED, at, grant, [record])


def reading(
    action: Action, at: datetime, grant: CareGrant, records: list[HealthRecord]
) -> Step:
    ids = [record.pk for record in records]
    types = [record.record_type for record in records]
    access = by_grant(grant, "record", ids, types)
    return Step(grant.doctor.user, action, at, access)


def next_morning(doctor: DoctorProfile, record: HealthRecord) -> datetime:
    """Before the first appointment of the next working day, each at its own minute."""
    days = {4: 3, 5: 2}.get(record.created_at.weekday(), 1)
    day = record.created_at.date() + timedelta(days=days)
    minute = 20 + (record.pk.int ^ doctor.pk.int) % 35
    return datetime.combine(day, time(7, minute), tzinfo=UTC)


def patients_listed(rows: Rows, at: datetime) -> Iterator[Step]:
    for _, grant in rows.grants:
        if was_open(grant, at):
            patient = grant.patient_id
            access = by_grant(grant, "profile", [patient], [])
            yield Step(grant.doctor.user, Action.PATIENTS_LISTED, at, access)


def in_an_emergency(rows: Rows, grant: CareGrant) -> Iterator[Step]:
    """A look at the list, and at the newest records one after the other."""
    at = grant.starts_at + timedelta(minutes=1)
    found = rows.seen_then(grant.doctor, grant.patient, at)
    yield reading(Action.RECORDS_LISTED, at, grant, found[:ON_A_PAGE])
    for minutes, record in enumerate(found[:4], start=1):
        yield reading(
            Action.RECORD_OPENED, at + timedelta(minutes=2 * minutes), grant, [record]
        )


def refusal(rows: Rows, doctor: str, patient: str, when: str) -> Step:
    at, whose = moment(when), rows.patients[patient]
    written = [
        record
        for record in rows.records
        if record.patient == whose and record.created_at < at
    ]
    newest = max(written, key=lambda record: record.visit_date)
    access = Access(
        whose.pk, "record", [newest.pk], basis=Basis.NONE, outcome=Outcome.REFUSED
    )
    return Step(rows.users[doctor], Action.RECORD_OPENED, at, access)
