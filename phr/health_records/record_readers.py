"""Which doctors with access can see one of a patient's own records."""

from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from phr.accounts.models import User
from phr.care.models import CareGrant
from phr.care.querysets import scope_covers_type, scope_covers_visit
from phr.core.compiled_pages import ID, READER
from phr.core.compiled_queries import CompiledQuery
from phr.health_records.access_explanation import truth, why_covered, why_not_covered
from phr.health_records.record_rows import RecordRow
from phr.health_records.visit_times import own_time

MOST_READERS = 50
TYPE, DAY = "RECORD TYPE", date(1, 1, 1)  # stand for the record's in a statement


class RecordReader(NamedTuple):
    """A doctor by one of their grants; the names are those of `values_list()`.

    :param covers_type, covers_visit: what its scope says of the record.
    """

    doctor_id: UUID
    doctor__user__first_name: str
    doctor__user__last_name: str
    doctor__user__username: str
    origin: str
    record_types: list[str]
    records_since: date | None
    expires_at: datetime | None
    covers_type: bool
    covers_visit: bool

    @property
    def can_see(self) -> bool:
        return self.covers_type and self.covers_visit

    @property
    def code(self) -> str:
        """Why: a key of `access_explanation.SENTENCES`."""
        if self.can_see:
            return why_covered(self.origin)
        return why_not_covered(covers_type=self.covers_type)


def list_readers(patient: User, record: RecordRow) -> list[RecordReader]:
    """Each doctor who has access to anything now; those who can see it first.

    :param record: one of the patient's own, as it has just been read.
    """
    day = own_time(record.visit_date, record.visit_offset).date()
    rows = readers_query().rows(
        reader=patient.pk, patient=record.patient_id, type=record.record_type, day=day
    )
    found = [RecordReader(*row) for row in rows]
    found.sort(key=lambda reader: not reader.can_see)
    # Of two grants of one doctor, the one that opens it says more.
    return list({one.doctor_id: one for one in reversed(found)}.values())[::-1]


@cache
def readers_query() -> CompiledQuery:
    grants = (
        CareGrant.objects.open_now()
        .filter(patient=ID, patient__user=READER, doctor__user__is_active=True)
        .order_by("requested_at", "pk")
    )
    rows = grants.values_list(
        *RecordReader._fields[:-2],
        truth(scope_covers_type(TYPE)),
        truth(scope_covers_visit(DAY)),
    )
    stand_ins = {"patient": ID, "reader": READER, "type": TYPE, "day": DAY}
    return CompiledQuery.of(rows[:MOST_READERS], stand_ins)
