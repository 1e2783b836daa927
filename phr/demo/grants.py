"""Who cares for whom in the demo: grants in every state."""

from dataclasses import dataclass

from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.demo.people import ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Care:
    """One grant; times as `stories.shape.moment` reads them.

    :param closed: when it was declined or ended, by the person named in `closed_by`.
    """

    patient: str
    doctor: str
    asked: str
    origin: GrantOrigin = GrantOrigin.DOCTOR
    status: GrantStatus = GrantStatus.ACTIVE
    is_primary: bool = False
    record_types: tuple[RecordType, ...] = ()
    records_since: str | None = None
    expires: str | None = None
    closed: str | None = None
    closed_by: str | None = None
    reason: str = ""

    @property
    def asked_by(self) -> str:
        """Who asked for it, by username: a person of the side that it came from."""
        match self.origin:
            case GrantOrigin.PATIENT:
                return self.patient
            case GrantOrigin.DOCTOR:
                return self.doctor
            case _:
                return ADMINISTRATOR.username


# None of the open ones expires: which of them are open must not depend on the day
# on which the demo is loaded.
GRANTS = (
    Care("maria", "dr_hassan", "2023-11-06 08:40", GrantOrigin.STAFF, is_primary=True),
    Care("david", "dr_hassan", "2023-11-13 10:15", is_primary=True),
    Care(
        "claire", "dr_hassan", "2024-01-15 13:20", GrantOrigin.PATIENT, is_primary=True
    ),
    Care("priya", "dr_hassan", "2024-02-05 09:05", is_primary=True),
    Care("emma", "dr_weber", "2024-03-18 11:30", GrantOrigin.STAFF, is_primary=True),
    Care(
        "emma",
        "dr_hassan",
        "2025-02-03 15:10",
        GrantOrigin.PATIENT,
        record_types=(RecordType.LAB_RESULT, RecordType.PRESCRIPTION),
        records_since="2025-01-01",
    ),
    Care(
        "david",
        "dr_weber",
        "2025-05-12 12:00",
        GrantOrigin.PATIENT,
        records_since="2025-05-01",
        reason="Shoulder only",
    ),
    Care(
        "maria",
        "dr_weber",
        "2024-09-02 09:00",
        GrantOrigin.PATIENT,
        GrantStatus.ENDED,
        closed="2025-01-20 18:25",
        closed_by="maria",
        reason="The shoulder is fine again.",
    ),
    Care(
        "tom",
        "dr_hassan",
        "2023-11-20 14:30",
        GrantOrigin.DOCTOR,
        GrantStatus.ENDED,
        is_primary=True,
        closed="2026-08-24 16:45",
        closed_by="dr_hassan",
        reason="Moved away for university.",
    ),
    Care(
        "tom",
        "dr_weber",
        "2025-03-10 10:00",
        GrantOrigin.PATIENT,
        expires="2025-06-10 10:00",
        reason="Three months for the ankle",
    ),
    Care(
        "claire",
        "dr_weber",
        "2025-10-06 08:50",
        status=GrantStatus.DECLINED,
        closed="2025-10-07 19:10",
        closed_by="claire",
    ),
    Care("priya", "dr_osei", "2026-09-21 11:15", status=GrantStatus.PENDING),
    Care("tom", "dr_osei", "2026-10-26 09:40", status=GrantStatus.PENDING),
)
