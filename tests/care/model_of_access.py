"""Who may see which record, told once more in plain Python.

It knows nothing of the code with which test_agreement.py compares it: people are names,
records and grants are numbered, time is a variable, and every rule is written out.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

STAFF = "sam"
EMERGENCY_LASTS = timedelta(minutes=60)
RESTORABLE_FOR = timedelta(days=30)


class Refused(Exception):
    """The rules do not allow it."""


def refuse_if(condition: object) -> None:
    if condition:
        raise Refused


@dataclass
class Record:
    patient: str
    kind: str
    visit: datetime
    deleted_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.deleted_at is None


@dataclass
class Grant:
    """What a patient allows a doctor; the names of the terms are those of the API."""

    patient: str
    doctor: str
    status: str
    origin: str
    record_types: list[str] = field(default_factory=list)
    records_since: date | None = None
    expires_at: datetime | None = None
    is_primary: bool = False
    ended_by: str = ""

    @property
    def terms(self) -> dict[str, Any]:
        return {
            "record_types": self.record_types,
            "records_since": self.records_since,
            "expires_at": self.expires_at,
            "is_primary": self.is_primary,
        }

    def covers(self, record: Record) -> bool:
        return (
            record.is_live
            and record.patient == self.patient
            and (not self.record_types or record.kind in self.record_types)
            and (
                self.records_since is None or record.visit.date() >= self.records_since
            )
        )


@dataclass
class Model:
    """Everything that decides who sees what.

    :param verified_until: the doctors whom staff have verified, and how long it counts.
    """

    consent_required: bool
    now: datetime
    records: list[Record] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    verified_until: dict[str, datetime] = field(default_factory=dict)

    # What can be seen

    def is_verified(self, doctor: str) -> bool:
        until = self.verified_until.get(doctor)
        return until is not None and self.now < until

    def lacks_verification(self, doctor: str) -> bool:
        return self.consent_required and not self.is_verified(doctor)

    def state(self, grant: Grant) -> str:
        is_over = grant.expires_at is not None and self.now >= grant.expires_at
        return (
            "EXPIRED"
            if grant.status in {"PENDING", "ACTIVE"} and is_over
            else (grant.status)
        )

    def is_open(self, grant: Grant) -> bool:
        """Whether it lets its doctor in now."""
        needs_verification = self.consent_required or grant.origin == "EMERGENCY"
        if needs_verification and not self.is_verified(grant.doctor):
            return False
        return self.state(grant) == "ACTIVE"

    def opened_by(self, grant: Grant) -> set[int]:
        """The numbers of the records that a grant lets its doctor see now."""
        if not self.is_open(grant):
            return set()
        return {n for n, record in enumerate(self.records) if grant.covers(record)}

    def seen_by(self, doctor: str) -> set[int]:
        return {
            number
            for grant in self.grants
            if grant.doctor == doctor
            for number in self.opened_by(grant)
        }

    def figures_of(self, doctor: str) -> dict[str, tuple[int, datetime | None]]:
        """How many records the doctor sees of each patient, and the latest visit."""
        patients = {
            grant.patient
            for grant in self.grants
            if grant.doctor == doctor and self.is_open(grant)
        }
        seen = [self.records[number] for number in self.seen_by(doctor)]
        visits = {p: [r.visit for r in seen if r.patient == p] for p in patients}
        return {p: (len(days), max(days, default=None)) for p, days in visits.items()}

    # What can be done

    def standing(self, patient: str, doctor: str) -> Grant | None:
        """The grant that a pair has, waiting or active; emergencies are beside it."""
        return next(
            (
                grant
                for grant in self.grants
                if (grant.patient, grant.doctor) == (patient, doctor)
                and grant.origin != "EMERGENCY"
                and self.state(grant) in {"PENDING", "ACTIVE"}
            ),
            None,
        )

    def primary_of(self, patient: str) -> Grant | None:
        return next(
            (
                grant
                for grant in self.grants
                if grant.patient == patient
                and grant.is_primary
                and self.state(grant) == "ACTIVE"
            ),
            None,
        )

    def make_primary(self, grant: Grant) -> None:
        """There is one primary doctor; the one before keeps access."""
        before = self.primary_of(grant.patient)
        if before is not None:
            before.is_primary = False
        grant.is_primary = True

    def refuse_senseless(self, terms: dict[str, Any]) -> None:
        ends, since = terms["expires_at"], terms["records_since"]
        refuse_if(ends is not None and ends <= self.now)
        if ends is not None and since is not None:
            refuse_if(since > (ends + timedelta(hours=14)).date())

    def invite(self, patient: str, doctor: str, terms: dict[str, Any]) -> None:
        refuse_if(self.lacks_verification(doctor))
        grant = Grant(patient, doctor, "ACTIVE", "PATIENT")
        self.refuse_senseless(grant.terms | terms)
        refuse_if(self.standing(patient, doctor))
        self.add(grant, terms)

    def ask(self, doctor: str, patient: str) -> None:
        refuse_if(self.lacks_verification(doctor))
        refuse_if(self.standing(patient, doctor))
        self.grants.append(Grant(patient, doctor, "PENDING", "DOCTOR"))

    def assign(self, who: str, patient: str, doctor: str) -> None:
        """Staff, the doctor, or the primary doctor who hands over."""
        primary = self.primary_of(patient)
        if who == STAFF:
            refuse_if(not self.is_verified(doctor))
        else:
            refuse_if(self.lacks_verification(who))
        hands_over = who not in {STAFF, doctor}
        if hands_over:
            refuse_if(primary is None or primary.doctor != who)
            refuse_if(self.lacks_verification(doctor))
        if self.consent_required and who != STAFF:
            self.ask(doctor, patient)
            self.grants[-1].is_primary = hands_over
            return
        refuse_if(primary and doctor in {primary.doctor, who})
        origin = "STAFF" if who == STAFF else "DOCTOR"
        grant = self.standing(patient, doctor)
        if grant is None:
            grant = Grant(patient, doctor, "ACTIVE", origin)
            self.grants.append(grant)
        grant.status = "ACTIVE"
        self.make_primary(grant)

    def add(self, grant: Grant, terms: dict[str, Any]) -> None:
        self.set_terms(grant, terms)
        self.grants.append(grant)

    def set_terms(self, grant: Grant, terms: dict[str, Any]) -> None:
        becomes_primary = (grant.terms | terms)["is_primary"]
        for name, value in terms.items():
            setattr(grant, name, value)
        if becomes_primary and grant.status == "ACTIVE":
            grant.is_primary = False
            self.make_primary(grant)

    def accept(self, who: str, grant: Grant, terms: dict[str, Any]) -> None:
        refuse_if(who != grant.patient or self.state(grant) != "PENDING")
        refuse_if(self.lacks_verification(grant.doctor))
        self.refuse_senseless(grant.terms | terms)
        grant.status = "ACTIVE"
        self.set_terms(grant, terms)

    def decline(self, who: str, grant: Grant) -> None:
        refuse_if(who != grant.patient or self.state(grant) != "PENDING")
        grant.status = "DECLINED"

    def change(self, who: str, grant: Grant, terms: dict[str, Any]) -> None:
        refuse_if(who != grant.patient or grant.origin == "EMERGENCY")
        refuse_if(self.state(grant) not in {"PENDING", "ACTIVE"})
        self.refuse_senseless(grant.terms | terms)
        self.set_terms(grant, terms)

    def end(self, who: str, grant: Grant) -> None:
        refuse_if(who not in {grant.patient, grant.doctor, STAFF})
        refuse_if(self.state(grant) not in {"PENDING", "ACTIVE"})
        grant.status, grant.ended_by = "ENDED", who

    def open_emergency(self, doctor: str, patient: str) -> None:
        refuse_if(not self.is_verified(doctor))
        for grant in self.grants:
            if (grant.patient, grant.doctor) != (patient, doctor):
                continue
            is_active = self.state(grant) == "ACTIVE"
            is_emergency = grant.origin == "EMERGENCY"
            opens_all = not grant.record_types and grant.records_since is None
            refuse_if(is_active and (is_emergency or opens_all))
            was_taken_away = grant.ended_by not in {"", doctor}
            would_last = grant.expires_at is not None and grant.expires_at > self.now
            refuse_if(is_emergency and was_taken_away and would_last)
        opened = Grant(patient, doctor, "ACTIVE", "EMERGENCY")
        opened.expires_at = self.now + EMERGENCY_LASTS
        self.grants.append(opened)

    def verify(self, doctor: str, until: datetime) -> None:
        refuse_if(until <= self.now)
        self.verified_until[doctor] = until

    def withdraw(self, doctor: str) -> None:
        """One that has run out, too: until then it holds the doctor's name."""
        refuse_if(doctor not in self.verified_until)
        del self.verified_until[doctor]

    def refuse_visit(self, visit: datetime) -> None:
        refuse_if(visit > self.now + timedelta(days=1))

    def create_record(self, patient: str, kind: str, visit: datetime) -> None:
        self.refuse_visit(visit)
        self.records.append(Record(patient, kind, visit))

    def change_record(
        self, who: str, record: Record, kind: str, visit: datetime
    ) -> None:
        refuse_if(who != record.patient or not record.is_live)
        self.refuse_visit(visit)
        record.kind, record.visit = kind, visit

    def delete_record(self, who: str, record: Record) -> None:
        refuse_if(who != record.patient or not record.is_live)
        record.deleted_at = self.now

    def restore_record(self, who: str, record: Record) -> None:
        refuse_if(who != record.patient or record.deleted_at is None)
        assert record.deleted_at is not None
        refuse_if(record.deleted_at <= self.now - RESTORABLE_FOR)
        record.deleted_at = None
