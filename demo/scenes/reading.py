"""How doctors read, who was refused, and who took their ledger along."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zlib import crc32

from django.utils import timezone

from demo.entries import DemoFault, Visit, WrongPassword
from demo.files import everyday, grants, people, stories
from demo.places import place_of_guess
from demo.world import Scene, World
from phr.audit import access_log, denied_attempts
from phr.audit.models import Outcome
from phr.core.errors import NotFound
from phr.health_records import reads, record_rows
from phr.health_records.filters import RecordFilters
from phr.identity.sign_in import note_sign_in

ON_A_PAGE = 20
LIST_BEFORE_COMMENTING = timedelta(minutes=6)
OPEN_BEFORE_COMMENTING = timedelta(minutes=4)
# When the count of refused attempts is entered and begins anew.
COUNTED_AFTER = timedelta(minutes=61)


def scenes() -> Iterator[Scene]:
    """All that is read beside what is commented on, and what was tried in vain."""
    yield from in_the_mornings()
    yield from on_rounds()
    yield from in_emergencies()
    yield from in_vain()
    for download in everyday().downloads:
        take = partial(take_ledger_along, download.patient)
        yield Scene(download.at, download.patient, take)


def before_commenting(
    patient: str, visit: Visit, doctor: str, at: datetime
) -> Iterator[Scene]:
    look = partial(look_through, doctor, patient)
    yield Scene(at - LIST_BEFORE_COMMENTING, doctor, look, tells=False)
    read = partial(open_one, doctor, patient, visit.when)
    yield Scene(at - OPEN_BEFORE_COMMENTING, doctor, read, tells=False)


def in_the_mornings() -> Iterator[Scene]:
    """Every new record is read, also by those who have nothing to say about it."""
    pairs = sorted({(grant.patient, grant.doctor) for grant in grants()})
    written_after, visits = everyday().written_after, stories()
    for patient, doctor in pairs:
        for visit in visits.get(patient, ()):
            if doctor in {comment.doctor for comment in visit.comments}:
                continue
            yield Scene(
                next_morning(visit.when + written_after, f"{patient} {doctor}"),
                doctor,
                partial(open_one, doctor, patient, visit.when),
                happens=partial(can_read, doctor, patient, visit.when),
                tells=False,
            )


def next_morning(written: datetime, whose: str) -> datetime:
    """Before the first appointment of the next working day, each at its own minute."""
    days = {4: 3, 5: 2}.get(written.weekday(), 1)
    minute = 20 + crc32(f"{whose} {written}".encode()) % 35
    return datetime.combine(written.date() + timedelta(days), time(7, minute), UTC)


def can_read(doctor: str, patient: str, when: datetime, world: World) -> bool:
    if doctor not in world.users:
        return False
    record_id = world.records[patient][when]
    return record_rows.fetch_record(world.users[doctor], record_id) is not None


def on_rounds() -> Iterator[Scene]:
    for at in everyday().rounds:
        for doctor in people().doctors:
            if doctor.joined < at:
                look = partial(list_patients, doctor.username)
                yield Scene(at, doctor.username, look, tells=False)


def in_emergencies() -> Iterator[Scene]:
    """A look at the list, and at the newest records one after the other."""
    for grant in grants():
        if grant.began == "emergency":
            look = partial(look_through, grant.doctor, grant.patient)
            at = grant.at + timedelta(minutes=1)
            yield Scene(at, grant.doctor, look, tells=False)
            for number in range(4):
                at += timedelta(minutes=2)
                read = partial(open_newest, grant.doctor, grant.patient, number)
                yield Scene(at, grant.doctor, read, tells=False)


def in_vain() -> Iterator[Scene]:
    """Attempts that were refused, each with the end of the hour in which they count."""
    for refused in everyday().refused:
        attempt = partial(be_refused, refused.doctor, refused.patient)
        yield Scene(refused.at, refused.doctor, attempt, tells=False)
        yield Scene(refused.at + COUNTED_AFTER, None, enter_counts, tells=False)
    for wrong in everyday().wrong_passwords:
        give = partial(give_wrong_password, wrong)
        yield Scene(wrong.at, None, give, tells=False, origin=place_of_guess(wrong))
        yield Scene(wrong.at + COUNTED_AFTER, None, enter_counts, tells=False)


def look_through(doctor: str, patient: str, world: World) -> None:
    wanted = RecordFilters(patient=world.patients[patient])
    reads.list_records(world.users[doctor], wanted, None, ON_A_PAGE)


def open_one(doctor: str, patient: str, when: datetime, world: World) -> None:
    reads.open_record(actor=world.users[doctor], record_id=world.records[patient][when])


def open_newest(doctor: str, patient: str, number: int, world: World) -> None:
    """:param number: 0 for the newest that the patient has written down by now."""
    visits = sorted(world.records[patient], reverse=True)
    if number < len(visits):
        open_one(doctor, patient, visits[number], world)


def list_patients(doctor: str, world: World) -> None:
    reads.list_my_patients(world.users[doctor], None, ON_A_PAGE)


def be_refused(doctor: str, patient: str, world: World) -> None:
    try:
        open_newest(doctor, patient, 0, world)
    except NotFound:
        return
    raise DemoFault("That was to be refused, and was not.")


def give_wrong_password(wrong: WrongPassword, world: World) -> None:
    note_sign_in(world.users[wrong.account], Outcome.REFUSED)


def enter_counts(_world: World) -> None:
    denied_attempts.enter_counts(now=timezone.now())


def take_ledger_along(patient: str, world: World) -> None:
    everything = access_log.EntryFilters()
    access_log.download_entries(actor=world.users[patient], filters=everything)
