"""People that benchmarks make for themselves, beside a filled database's."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.utils import timezone

from phr.accounts.models import User, UserType
from phr.care.choices import GrantOrigin, GrantStatus
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.ids import uuid7


def doctor_of(patient: PatientProfile) -> DoctorProfile:
    """A verified doctor who may read all records of a patient."""
    now = timezone.now()
    user = person(UserType.DOCTOR)
    doctor = DoctorProfile.objects.create(
        user=user,
        specialization="Cardiology",
        years_of_experience=9,
        license_number=f"BENCH-{user.pk}",
        verified_at=now,
        verified_until=now + timedelta(days=365),
    )
    CareGrant.objects.create(
        patient=patient,
        doctor=doctor,
        status=GrantStatus.ACTIVE,
        origin=GrantOrigin.PATIENT,
        starts_at=now,
        requested_by=patient.user,
        requested_at=now,
        decided_by=patient.user,
        decided_at=now,
    )
    return doctor


def person(user_type: UserType) -> User:
    """Somebody with a confirmed address."""
    name = f"p{uuid7().hex}"
    user = User.objects.create(
        username=name,
        first_name="Pat",
        last_name="Bench",
        email=f"{name}@example.org",
        user_type=user_type,
    )
    EmailAddress.objects.create(
        user=user, email=user.email, verified=True, primary=True
    )
    return user
