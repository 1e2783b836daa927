"""Taking an account out of the database, as if it had never been here."""

import pgtrigger
from django.db import transaction

from phr.accounts.models import User
from phr.care.models import CareGrant, DoctorProfile, EmergencyAccess, PatientProfile
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)


def forget(patient: PatientProfile, *, and_everybody: bool = False) -> None:
    """Delete all that belongs to an account, and the doctors and staff if need be.

    The ledger stays, whose rows cannot be deleted.
    """
    with pgtrigger.ignore(), transaction.atomic():
        EmergencyAccess.objects.filter(grant__patient=patient).delete()
        CareGrant.objects.filter(patient=patient).delete()
        DoctorComment.objects.filter(health_record__patient=patient).delete()
        ids = list(HealthRecord.objects.filter(patient=patient).values_list("pk"))
        CommentVersion.objects.filter(health_record__in=[pk for (pk,) in ids]).delete()
        RecordVersion.objects.filter(patient=patient).delete()
        HealthRecord.objects.filter(patient=patient).delete()
        PatientProfile.objects.filter(pk=patient.pk).delete()
        User.objects.filter(pk=patient.user_id).delete()
        if and_everybody:
            DoctorProfile.objects.all().delete()
            User.objects.all().delete()
