"""The people of the tests, as they are made: `tests/conftest.py` says who they are."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone

from phr.accounts.models import User
from phr.care.choices import GrantOrigin, RecordType
from phr.care.models import DoctorProfile, PatientProfile
from phr.health_records.models import HealthRecord
from tests.factories import (
    CareGrantFactory,
    DoctorFactory,
    HealthRecordFactory,
    PatientFactory,
    StaffFactory,
)

RIGHTS_OF_SAM = (
    "view_doctorprofile",
    "change_doctorprofile",
    "view_doctorverification",
    "add_caregrant",
    "view_caregrant",
    "change_caregrant",
    "change_emergencyaccess",
    "view_user",
    "view_patientprofile",
)


def make_alice() -> PatientProfile:
    return PatientFactory(
        user__username="alice", user__first_name="Alice", user__last_name="Moreau"
    )


def make_carol() -> PatientProfile:
    return PatientFactory(
        user__username="carol", user__first_name="Carol", user__last_name="Novak"
    )


def make_dr_bob(alice: PatientProfile) -> DoctorProfile:
    """Verified, and Alice's primary doctor."""
    doctor = DoctorFactory(
        verified=True,
        user__username="dr_bob",
        user__first_name="Bob",
        user__last_name="Stone",
    )
    CareGrantFactory(patient=alice, doctor=doctor, primary=True)
    return doctor


def make_dr_eve(alice: PatientProfile) -> DoctorProfile:
    """Verified; her care of Alice has ended."""
    doctor = DoctorFactory(
        verified=True,
        user__username="dr_eve",
        user__first_name="Eve",
        user__last_name="Lind",
    )
    CareGrantFactory(patient=alice, doctor=doctor, ended=True)
    return doctor


def make_dr_dan() -> DoctorProfile:
    """Not verified, and in nobody's life."""
    return DoctorFactory(
        user__username="dr_dan", user__first_name="Dan", user__last_name="Okoro"
    )


def make_dr_fay(alice: PatientProfile) -> DoctorProfile:
    """Verified; may see Alice's prescriptions and nothing else."""
    doctor = DoctorFactory(verified=True, user__username="dr_fay")
    CareGrantFactory(
        patient=alice, doctor=doctor, record_types=[RecordType.PRESCRIPTION]
    )
    return doctor


def make_dr_gil(alice: PatientProfile) -> DoctorProfile:
    """Verified; the grant has run out, and no job has marked it."""
    doctor = DoctorFactory(verified=True, user__username="dr_gil")
    CareGrantFactory(patient=alice, doctor=doctor, expired=True)
    return doctor


def make_dr_hal(alice: PatientProfile) -> DoctorProfile:
    """Verified; has asked Alice, who has not answered."""
    doctor = DoctorFactory(verified=True, user__username="dr_hal")
    CareGrantFactory(patient=alice, doctor=doctor, pending=True)
    return doctor


def make_dr_ira(alice: PatientProfile) -> DoctorProfile:
    """Verified; has asked Alice, who has declined."""
    doctor = DoctorFactory(verified=True, user__username="dr_ira")
    CareGrantFactory(patient=alice, doctor=doctor, declined=True)
    return doctor


def make_dr_jo(alice: PatientProfile) -> DoctorProfile:
    """Verified; has opened Alice's records in an emergency."""
    doctor = DoctorFactory(verified=True, user__username="dr_jo")
    CareGrantFactory(
        patient=alice,
        doctor=doctor,
        origin=GrantOrigin.EMERGENCY,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    return doctor


def make_sam() -> User:
    """Staff who were given what the work with doctors and grants needs, and no more."""
    sam = StaffFactory(username="sam", first_name="Sam", last_name="Reyes")
    return with_permissions(sam, *RIGHTS_OF_SAM)


def make_nina() -> User:
    """Staff whom nobody has given any right."""
    return StaffFactory(username="nina", first_name="Nina", last_name="Falk")


def with_permissions(user: User, *names: str) -> User:
    permissions = Permission.objects.filter(codename__in=names)
    assert permissions.count() == len(names)
    user.user_permissions.add(*permissions)
    return user


def make_record(alice: PatientProfile) -> HealthRecord:
    return HealthRecordFactory(patient=alice, title="Knee pain after a fall")
