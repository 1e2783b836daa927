"""Who there is in a filled database, and how many records of whom."""

import random
from dataclasses import dataclass
from functools import cached_property

START = 1_609_747_200_000  # 2021-01-04 08:00 UTC, in milliseconds as UUIDv7 has them
SPAN = 5 * 365 * 86_400_000
RECORDS_PER_PATIENT = 100
PATIENTS_PER_DOCTOR = 20
LONG_LISTS, CLINICS = 4, 10
PATIENTS_WITH_PASSWORD = PATIENTS_WITH_INBOX = 500
DOCTORS_WITH_INBOX = 50
PASSWORD = "walks-in-the-rain-42"
STRIDES = (7_919, 7_907, 7_901)  # primes: one of them does not divide the patients


@dataclass(frozen=True)
class Plan:
    """Everybody and everything, from the number of records of ordinary patients.

    People with long lists and doctors of whole clinics come in addition, at every size
    the same; there are a few of each so that no load comes from one person alone.
    """

    records: int

    @cached_property
    def patients(self) -> int:
        """Ordinary ones; the people with long lists have the numbers after them."""
        return max(self.records // RECORDS_PER_PATIENT, 1)

    @cached_property
    def doctors(self) -> int:
        return -(-self.patients // PATIENTS_PER_DOCTOR)

    @cached_property
    def long_list(self) -> int:
        """How many records a person with a long list has."""
        return min(10_000, self.records // 10)

    @cached_property
    def clinic(self) -> int:
        """How many patients a doctor of a clinic has."""
        return min(2_000, self.patients)

    @cached_property
    def long_records(self) -> int:
        return LONG_LISTS * self.long_list

    @cached_property
    def rows(self) -> int:
        """All records, in the order of their visits."""
        return self.patients * RECORDS_PER_PATIENT + self.long_records

    @cached_property
    def chunk(self) -> int:
        """How many records are filled in one transaction."""
        return min(10_000, self.rows // 10)

    @cached_property
    def chunks(self) -> int:
        return -(-self.rows // self.chunk)

    @cached_property
    def stride(self) -> int:
        return next(stride for stride in STRIDES if self.patients % stride)

    @cached_property
    def step(self) -> int:
        """Every so many records one is of somebody with a long list."""
        return self.rows // self.long_records

    def owner(self, row: int) -> int:
        """Whose record it is: that of each patient in turn, as people come in life."""
        before, rest = divmod(row, self.step)
        if rest == 0 and before < self.long_records:
            return self.patients + before % LONG_LISTS
        ordinary = row - min(before + 1, self.long_records)
        visit, place = divmod(ordinary, self.patients)
        return (place * self.stride + visit * 31) % self.patients

    def time(self, row: int) -> int:
        """When the visit was."""
        return START + row * SPAN // self.rows

    def doctor_of(self, patient: int) -> int:
        return patient // PATIENTS_PER_DOCTOR % self.doctors

    def patient_name(self, number: int) -> str:
        """Their username: `patient7`, `longlist`, `longlist1` ..."""
        if number < self.patients:
            return f"patient{number}"
        return f"longlist{number - self.patients or ''}"

    def doctor_name(self, number: int) -> str:
        """Their username: `doctor7`, `clinic`, `clinic1` ..."""
        if number < self.doctors:
            return f"doctor{number}"
        return f"clinic{number - self.doctors or ''}"


def row_id(milliseconds: int, bits: int) -> str:
    """A version 7 UUID with that time; the random bits are given."""
    time, low = f"{milliseconds:012x}", f"{bits & 0xFFFFFFFFFFFF:012x}"
    middle = f"7{bits >> 48 & 0xFFF:03x}-{0x8000 | bits >> 60 & 0x3FFF:04x}"
    return f"{time[:8]}-{time[8:]}-{middle}-{low}"


def person_id(kind: str, number: int) -> str:
    """The id of an account or a profile, the same in every process."""
    dice = random.Random(f"{kind} {number}")
    return row_id(START - 86_400_000 + number, dice.getrandbits(74))
