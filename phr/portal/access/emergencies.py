"""Emergency access in force: for the banner that `emergency_banner.html` shows."""

from dataclasses import dataclass
from uuid import UUID

from phr.accounts.models import User
from phr.care.access_overview import list_emergencies_in_force
from phr.care.models import CareGrant
from phr.portal.access.words import end_in_words


@dataclass(frozen=True, slots=True)
class OpenEmergency:
    """Somebody who reads without having been let in, until when, and why."""

    grant_id: UUID
    doctor: str
    until: str
    reason: str


def open_emergencies(reader: User) -> list[OpenEmergency]:
    """What a patient is to see at the top of a page; nothing for anybody else."""
    return [open_emergency(grant) for grant in list_emergencies_in_force(reader)]


def open_emergency(grant: CareGrant) -> OpenEmergency:
    return OpenEmergency(
        grant.pk, str(grant.doctor), end_in_words(grant.expires_at), grant.reason
    )
