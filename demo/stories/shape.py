"""The form in which a patient's story is told."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from phr.care.choices import RecordType

CHECKUP = RecordType.CHECKUP
DIAGNOSIS = RecordType.DIAGNOSIS
PRESCRIPTION = RecordType.PRESCRIPTION
LAB_RESULT = RecordType.LAB_RESULT
EMERGENCY = RecordType.EMERGENCY

WRITTEN_AFTER = timedelta(hours=6)


def moment(text: str) -> datetime:
    """Read "2024-05-06 09:30" as a time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Note:
    """A doctor's comment, some hours after the patient wrote the record down.

    :param doctor: the doctor's username.
    """

    doctor: str
    hours_later: int
    text: str
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Visit:
    """One record of a story; the patient writes it down in the evening.

    :param when: the time of the visit in UTC, as `moment` reads it.
    """

    when: str
    record_type: RecordType
    title: str
    description: str = ""
    symptoms: str = ""
    diagnosis: str = ""
    treatment: str = ""
    medications: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def visited_at(self) -> datetime:
        return moment(self.when)

    @property
    def written_at(self) -> datetime:
        return self.visited_at + WRITTEN_AFTER
