"""Writing the demo's rows. All but the salt of the passwords is always the same."""

from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db.models import F
from django.db.models.functions import Greatest

from demo.care import load_emergencies, load_grants, load_licenses
from demo.history import correct, date_corrected, take_back
from demo.ids import demo_id
from demo.inboxes import fill_inboxes
from demo.ledger import fill_ledger
from demo.people import ACCOUNTS, ADMINISTRATOR, DOCTORS, PATIENTS, Account, Doctor
from demo.rows import Corrected, Doctors, Patients, Rows, Users
from demo.steps import changes
from demo.stories import STORIES, Note, Visit
from demo.stories.shape import moment
from phr.accounts.models import User, UserType
from phr.care.models import (
    CareGrant,
    DoctorProfile,
    DoctorVerification,
    EmergencyAccess,
    PatientProfile,
)
from phr.care.registration import save_doctor
from phr.health_records import account_limits
from phr.health_records.models import DoctorComment, HealthRecord

PROFILE_AFTER = timedelta(minutes=1)

ADMINISTRATOR_ID = demo_id(
    f"account {ADMINISTRATOR.username}", moment(ADMINISTRATOR.joined)
)


def load() -> None:
    """Write all of the demo; the caller holds the transaction and the lock."""
    users = load_accounts()
    doctors, patients = load_doctors(users), load_patients(users)
    verifications = load_licenses(users, doctors)
    grants = load_grants(users, doctors, patients)
    emergencies = load_emergencies(users, grants)
    records, comments, corrected = load_records(patients, doctors)
    rows = Rows(
        users,
        doctors,
        patients,
        verifications,
        grants,
        emergencies,
        records,
        comments,
        corrected,
    )
    account_limits.recount(user.pk for user in users.values())
    steps = list(changes(rows))
    fill_inboxes(steps)
    fill_ledger(rows, steps)
    date_updates(corrected)


def date_updates(corrected: Iterable[Corrected]) -> None:
    """Saving has stamped the present time on every row: put the demo's there."""
    decided = Greatest("created_at", "decided_at")
    DoctorVerification.objects.update(updated_at=decided)
    DoctorProfile.objects.update(updated_at=Greatest("created_at", "verified_at"))
    CareGrant.objects.update(updated_at=Greatest(decided, "ended_at"))
    EmergencyAccess.objects.update(updated_at=Greatest("created_at", "reviewed_at"))
    for model in (User, PatientProfile, HealthRecord, DoctorComment):
        model.objects.update(updated_at=F("created_at"))
    date_corrected(corrected)


def load_accounts() -> Users:
    users = [new_account(account) for account in ACCOUNTS]
    for user in users:
        user.note_search_text()
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True)
        for user in users
    )
    return {user.username: user for user in users}


def new_account(account: Account) -> User:
    joined, is_staff = moment(account.joined), account.user_type == UserType.ADMIN
    return User(
        id=demo_id(f"account {account.username}", joined),
        created_at=joined,
        username=account.username,
        email=f"{account.username}@example.org",
        first_name=account.first_name,
        last_name=account.last_name,
        password=make_password(account.password),
        user_type=account.user_type,
        phone_number=account.phone_number,
        date_of_birth=account.born,
        is_staff=is_staff,
        is_superuser=is_staff,
    )


def load_doctors(users: Users) -> Doctors:
    doctors = [new_doctor(doctor, users) for doctor in DOCTORS]
    for doctor in doctors:
        save_doctor(doctor)
    return {doctor.user.username: doctor for doctor in doctors}


def new_doctor(doctor: Doctor, users: Users) -> DoctorProfile:
    user = users[doctor.account.username]
    made_at = user.created_at + PROFILE_AFTER
    return DoctorProfile(
        id=demo_id(f"doctor {user.username}", made_at),
        created_at=made_at,
        user=user,
        specialization=doctor.specialization,
        license_number=doctor.license_number,
        years_of_experience=doctor.years_of_experience,
    )


def load_patients(users: Users) -> Patients:
    patients = []
    for patient in PATIENTS:
        user = users[patient.account.username]
        made_at = user.created_at + PROFILE_AFTER
        row = PatientProfile(
            id=demo_id(f"patient {user.username}", made_at),
            created_at=made_at,
            user=user,
            blood_type=patient.blood_type,
            allergies=patient.allergies,
            emergency_contact=patient.emergency_contact,
        )
        patients.append(row)
    PatientProfile.objects.bulk_create(patients)
    return {patient.user.username: patient for patient in patients}


def load_records(
    patients: Patients, doctors: Doctors
) -> tuple[list[HealthRecord], list[DoctorComment], list[Corrected]]:
    records: list[HealthRecord] = []
    comments: list[DoctorComment] = []
    for username, story in STORIES.items():
        for visit in story:
            record = new_record(visit, patients[username])
            records.append(record)
            comments += [new_comment(note, record, doctors) for note in visit.notes]
    drafts = take_back(records, comments)
    HealthRecord.objects.bulk_create(records)
    DoctorComment.objects.bulk_create(comments)
    return records, comments, correct(drafts)


def new_record(visit: Visit, patient: PatientProfile) -> HealthRecord:
    record = HealthRecord(
        id=demo_id(f"record {patient.user.username} {visit.when}", visit.written_at),
        created_at=visit.written_at,
        patient=patient,
        created_by=patient.user,
        record_type=visit.record_type,
        title=visit.title,
        description=visit.description,
        symptoms=visit.symptoms,
        diagnosis=visit.diagnosis,
        treatment=visit.treatment,
        medications=visit.medications,
        visit_date=visit.visited_at,
    )
    record.note_words()
    return record


def new_comment(note: Note, record: HealthRecord, doctors: Doctors) -> DoctorComment:
    written_at = record.created_at + timedelta(hours=note.hours_later)
    return DoctorComment(
        id=demo_id(f"comment on {record.pk} by {note.doctor}", written_at),
        created_at=written_at,
        health_record=record,
        doctor=doctors[note.doctor],
        comment=note.text,
        is_private=note.is_private,
    )
