"""The licences that the doctors of the demo have handed in."""

from dataclasses import dataclass

from phr.care.choices import VerificationStatus

AUTHORITY = "Medical Chamber of the Demo"


@dataclass(frozen=True, slots=True)
class License:
    """One licence, its number being that of the doctor's profile.

    :param decided: when staff decided, as `stories.shape.moment` reads it.
    :param valid_until: the same; only of a licence that was verified.
    :param reason: why staff have refused it.
    """

    doctor: str
    handed_in: str
    document_reference: str
    status: VerificationStatus = VerificationStatus.VERIFIED
    decided: str | None = None
    valid_until: str | None = None
    reason: str = ""


LICENSES = (
    License(
        "dr_hassan",
        "2023-11-01 12:30",
        "DEMO-DOC-1017",
        decided="2023-11-03 08:01",
        valid_until="2029-11-30 23:00",
    ),
    License(
        "dr_weber",
        "2023-11-02 17:45",
        "DEMO-DOC-1022",
        decided="2023-11-03 08:12",
        valid_until="2029-11-30 23:00",
    ),
    License(
        "dr_osei",
        "2026-09-14 10:40",
        "DEMO-DOC-4458",
        VerificationStatus.REFUSED,
        decided="2026-09-16 09:05",
        reason="The second page cannot be read. Please hand it in again.",
    ),
    License("dr_osei", "2026-09-28 18:20", "DEMO-DOC-4471", VerificationStatus.PENDING),
)
