"""The lines in the ledger about accounts: a patient's account is the patient's."""

from uuid import UUID

from phr.accounts.models import User
from phr.audit import services as audit
from phr.audit.actions import Action
from phr.audit.services import Access
from phr.care.models import PatientProfile

NOBODY = UUID(int=0)


def note_account_change(actor: User, action: Action) -> None:
    """Add the line about what somebody has done with their own account."""
    audit.note(actor, action, Access(patient_id_of(actor), "account", [actor.pk]))


def patient_id_of(account: User | None) -> UUID | None:
    """Asked for an unknown name too, so that the time tells nothing."""
    user_id = account.pk if account else None
    patients = PatientProfile.objects.filter(user_id=user_id or NOBODY)
    return patients.values_list("pk", flat=True).first()
