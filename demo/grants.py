"""Who cares for whom in the demo: grants in every state."""

from dataclasses import dataclass

from demo.people import ADMINISTRATOR
from phr.care.choices import (
    EmergencyReason,
    EmergencyVerdict,
    GrantOrigin,
    GrantStatus,
    RecordType,
)


@dataclass(frozen=True, slots=True)
class Emergency:
    """Why a doctor did not wait to be let in, and what staff found of it, if they did.

    :param reviewed: as `stories.shape.moment` reads it; None while it waits for staff.
    """

    reason_code: EmergencyReason
    reviewed: str | None = None
    verdict: EmergencyVerdict | None = None
    review_note: str = ""


@dataclass(frozen=True, slots=True)
class Care:
    """One grant; times as `stories.shape.moment` reads them.

    :param answered: when the patient accepted or declined; None where nobody was asked.
    :param changed: when the patient gave it the terms that it has.
    :param ended: when it was ended, by the person named in `ended_by`.
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
    answered: str | None = None
    changed: str | None = None
    ended: str | None = None
    ended_by: str | None = None
    reason: str = ""
    decision_reason: str = ""
    end_reason: str = ""
    emergency: Emergency | None = None

    @property
    def asked_by(self) -> str:
        """Who asked for it, by username: a person of the side that it came from."""
        match self.origin:
            case GrantOrigin.PATIENT:
                return self.patient
            case GrantOrigin.DOCTOR | GrantOrigin.EMERGENCY:
                return self.doctor
            case _:
                return ADMINISTRATOR.username

    @property
    def decided_by(self) -> str | None:
        """Who decided it: whoever was asked, or else whoever made it; nobody yet."""
        if self.answered:
            return self.patient
        return None if self.status == GrantStatus.PENDING else self.asked_by


PATIENT, STAFF, EMERGENCY = (
    GrantOrigin.PATIENT,
    GrantOrigin.STAFF,
    GrantOrigin.EMERGENCY,
)
# Those that have run out did so long ago, and the one that will has years to go: which
# of them are open must not depend on the day on which the demo is loaded.
GRANTS = (
    Care("maria", "dr_hassan", "2023-11-06 08:40", STAFF, is_primary=True),
    Care(
        "david",
        "dr_hassan",
        "2023-11-13 10:15",
        is_primary=True,
        answered="2023-11-13 18:40",
        reason="You asked for an appointment about your blood sugar.",
    ),
    Care("claire", "dr_hassan", "2024-01-15 13:20", PATIENT, is_primary=True),
    Care("priya", "dr_hassan", "2024-02-05 09:05", is_primary=True),
    Care("emma", "dr_weber", "2024-03-18 11:30", STAFF, is_primary=True),
    Care(
        "emma",
        "dr_hassan",
        "2024-06-02 22:40",
        EMERGENCY,
        GrantStatus.EXPIRED,
        expires="2024-06-02 23:40",
        reason="Clot in the leg suspected after knee surgery; the report of the "
        "surgery and the dose of enoxaparin are needed before treatment.",
        emergency=Emergency(
            EmergencyReason.URGENT_CARE,
            "2024-06-04 09:20",
            EmergencyVerdict.JUSTIFIED,
            "On duty that night. Read what the treatment needed and no more.",
        ),
    ),
    Care(
        "emma",
        "dr_hassan",
        "2025-02-03 15:10",
        PATIENT,
        record_types=(RecordType.LAB_RESULT, RecordType.PRESCRIPTION),
        records_since="2025-01-01",
        reason="For the iron; the knee stays with Dr. Weber.",
    ),
    Care(
        "david",
        "dr_weber",
        "2025-05-12 12:00",
        PATIENT,
        records_since="2025-05-01",
        expires="2029-12-31 23:00",
        changed="2025-05-12 20:30",
        reason="Shoulder only, until the insurance has closed the case",
    ),
    Care(
        "maria",
        "dr_weber",
        "2024-09-02 09:00",
        PATIENT,
        GrantStatus.ENDED,
        ended="2025-01-20 18:25",
        ended_by="maria",
        reason="Pain in the right shoulder",
        end_reason="The shoulder is fine again.",
    ),
    Care(
        "tom",
        "dr_hassan",
        "2023-11-20 14:30",
        GrantOrigin.DOCTOR,
        GrantStatus.ENDED,
        is_primary=True,
        ended="2026-08-24 16:45",
        ended_by="dr_hassan",
        end_reason="Moved away for university.",
    ),
    # Marked when Dr. Osei asked, as everything that has run out is at such times.
    Care(
        "tom",
        "dr_weber",
        "2025-03-10 10:00",
        PATIENT,
        GrantStatus.EXPIRED,
        expires="2025-06-10 10:00",
        reason="Three months for the ankle",
    ),
    Care(
        "tom",
        "dr_weber",
        "2026-10-29 21:05",
        EMERGENCY,
        expires="2026-10-29 22:05",
        reason="Brought in after a fall from the bicycle, short of breath and "
        "confused; what he inhales and what he cannot bear is not known here.",
        emergency=Emergency(EmergencyReason.UNCONSCIOUS),
    ),
    Care(
        "claire",
        "dr_weber",
        "2025-10-06 08:50",
        status=GrantStatus.DECLINED,
        answered="2025-10-07 19:10",
        reason="A second look after your fall from the bicycle",
        decision_reason="Nothing is broken; I am fine, thank you.",
    ),
    # Has run out, and no job has marked it: it opens nothing all the same.
    Care(
        "claire",
        "dr_weber",
        "2026-08-03 09:30",
        PATIENT,
        record_types=(RecordType.CHECKUP, RecordType.EMERGENCY),
        expires="2026-09-03 09:30",
        reason="A second opinion on the stiff neck",
    ),
    Care(
        "priya",
        "dr_osei",
        "2026-09-21 11:15",
        status=GrantStatus.PENDING,
        reason="You are registered for the birth at our clinic.",
    ),
    Care(
        "tom",
        "dr_osei",
        "2026-10-26 09:40",
        status=GrantStatus.PENDING,
        reason="I stand in at the student clinic this winter.",
    ),
)
