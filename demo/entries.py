"""The form of what the files of the demo say: people, and the entries of their past."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from phr.accounts.models import UserType
from phr.care.choices import BloodType, EmergencyReason, EmergencyVerdict, RecordType


class DemoFault(Exception):
    """What stands in a file of the demo cannot be, or cannot have happened."""


def in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(in_utc)]


class Entry(BaseModel):
    """One table of a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Account(Entry):
    """Somebody who can sign in.

    :param about: what the table of sign-ins says about them.
    :param address: where they are, for the ledger.
    """

    username: str
    password: str
    first_name: str
    last_name: str
    born: date
    phone_number: str
    joined: Moment
    about: str
    address: str
    device: Literal["desk", "phone"]


class Administrator(Account):
    @property
    def user_type(self) -> UserType:
        return UserType.ADMIN


class Doctor(Account):
    specialization: str
    license_number: str
    years_of_experience: int

    @property
    def user_type(self) -> UserType:
        return UserType.DOCTOR

    @property
    def profile(self) -> dict[str, object]:
        return self.model_dump(include=set(Doctor.model_fields) - ACCOUNT_FIELDS)


class Patient(Account):
    blood_type: BloodType
    allergies: str = ""
    emergency_contact: str

    @property
    def user_type(self) -> UserType:
        return UserType.PATIENT

    @property
    def profile(self) -> dict[str, object]:
        return self.model_dump(include=set(Patient.model_fields) - ACCOUNT_FIELDS)


ACCOUNT_FIELDS = set(Account.model_fields)


class People(Entry):
    administrator: Administrator
    doctors: tuple[Doctor, ...] = Field(alias="doctor")
    patients: tuple[Patient, ...] = Field(alias="patient")

    @property
    def accounts(self) -> tuple[Administrator | Doctor | Patient, ...]:
        return (self.administrator, *self.doctors, *self.patients)

    def account_of(self, username: str) -> Account:
        """:raises DemoFault: nobody has this name."""
        for account in self.accounts:
            if account.username == username:
                return account
        raise DemoFault(f"people.toml has no {username}.")


class Verified(Entry):
    at: Moment
    until: Moment


class WithReason(Entry):
    at: Moment
    reason: str = ""


class License(Entry):
    """A licence that was handed in; its number is that of the doctor's profile."""

    doctor: str
    handed_in: Moment
    document_reference: str
    verified: Verified | None = None
    refused: WithReason | None = None


class Licenses(Entry):
    authority: str
    licenses: tuple[License, ...] = Field(alias="license")


class Accepted(WithReason):
    is_primary: bool = False


class Changed(Entry):
    at: Moment
    expires: Moment


class Ended(WithReason):
    by: str


class Reviewed(Entry):
    at: Moment
    verdict: EmergencyVerdict
    note: str


class Grant(Entry):
    """How an access began, on what terms, and what became of it."""

    patient: str
    doctor: str
    began: Literal[
        "assigned by staff",
        "assigned by the doctor",
        "asked by the doctor",
        "invited by the patient",
        "emergency",
    ]
    at: Moment
    reason: str = ""
    is_primary: bool = False
    record_types: tuple[RecordType, ...] = ()
    records_since: date | None = None
    expires: Moment | None = None
    accepted: Accepted | None = None
    declined: WithReason | None = None
    changed: Changed | None = None
    ended: Ended | None = None
    emergency_reason: EmergencyReason = EmergencyReason.OTHER
    reviewed: Reviewed | None = None


class Grants(Entry):
    grants: tuple[Grant, ...] = Field(alias="grant")


class CommentCorrection(Entry):
    at: Moment
    text: str


class Comment(Entry):
    """What a doctor said, some hours after the record was written down."""

    doctor: str
    hours_later: int
    is_private: bool = False
    text: str
    corrections: tuple[CommentCorrection, ...] = Field((), alias="correction")


class Correction(Entry):
    """Texts that the patient replaced by these; None for one that stayed."""

    at: Moment
    title: str | None = None
    description: str | None = None
    symptoms: str | None = None
    diagnosis: str | None = None
    treatment: str | None = None
    medications: str | None = None

    @property
    def texts(self) -> dict[str, str]:
        return self.model_dump(exclude={"at"}, exclude_none=True)


class Visit(Entry):
    """One record, as the patient first wrote it down."""

    when: Moment
    record_type: RecordType
    title: str
    description: str = ""
    symptoms: str = ""
    diagnosis: str = ""
    treatment: str = ""
    medications: str = ""
    comments: tuple[Comment, ...] = Field((), alias="comment")
    corrections: tuple[Correction, ...] = Field((), alias="correction")

    @property
    def values(self) -> dict[str, object]:
        texts = self.model_dump(exclude={"when", "comments", "corrections"})
        return {**texts, "visit_date": self.when}


class Story(Entry):
    visits: tuple[Visit, ...] = Field(alias="visit")


class Elsewhere(Entry):
    who: str
    day: date
    address: str


class WrongPassword(Entry):
    account: str
    at: Moment
    address: str = ""
    program: str = ""


class Refused(Entry):
    doctor: str
    patient: str
    at: Moment


class Download(Entry):
    patient: str
    at: Moment


class Everyday(Entry):
    """What happens beside the stories; everyday.toml says what each means."""

    written_after_hours: int
    rounds: tuple[Moment, ...]
    news_of_records_since: Moment
    inboxes_read_until: Moment
    elsewhere: tuple[Elsewhere, ...]
    wrong_passwords: tuple[WrongPassword, ...] = Field(alias="wrong_password")
    refused: tuple[Refused, ...]
    downloads: tuple[Download, ...] = Field(alias="download")

    @property
    def written_after(self) -> timedelta:
        return timedelta(hours=self.written_after_hours)
