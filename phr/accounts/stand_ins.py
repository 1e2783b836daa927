"""Who reads, while a statement is built that is compiled once."""

from phr.accounts.models import User, UserType
from phr.core.compiled_pages import ID, READER


def stand_in_patient() -> User:
    """A patient for the scopes: `READER`, whose profile is `ID`.

    The profile's model is of a package above this one.
    """
    patient = User(id=READER, user_type=UserType.PATIENT)
    profile = User._meta.get_field("patient_profile").related_model
    patient.patient_profile = profile(id=ID)  # type: ignore[assignment] # found by name
    return patient
