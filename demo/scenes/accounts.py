"""People join, doctors hand in licences, and staff decide about them."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from demo.entries import Administrator, Doctor, License, Patient
from demo.files import licenses, people
from demo.places import home_of
from demo.world import Scene, World
from phr.accounts import addresses, links
from phr.accounts.models import User
from phr.audit.models import Outcome
from phr.care.registration import register
from phr.care.verification import hand_in_license, refuse_doctor, verify_doctor
from phr.identity.email_confirmation import confirm_email
from phr.identity.sign_in import note_sign_in


def scenes() -> Iterator[Scene]:
    cast = people()
    for account in cast.accounts:
        yield Scene(
            account.joined, None, partial(join, account), origin=home_of(account)
        )
    handed_in = licenses()
    for license_ in handed_in.licenses:
        hand_in = partial(hand_in_license_of, license_, handed_in.authority)
        yield Scene(license_.handed_in, license_.doctor, hand_in)
        staff = cast.administrator.username
        if license_.verified:
            yield Scene(license_.verified.at, staff, partial(verify, staff, license_))
        if license_.refused:
            yield Scene(license_.refused.at, staff, partial(refuse, staff, license_))


def join(account: Administrator | Doctor | Patient, world: World) -> None:
    """Open an account, sign in to it, and confirm its address."""
    person: dict[str, Any] = {
        "username": account.username,
        "password": account.password,
        "email": f"{account.username}@example.org",
        "first_name": account.first_name,
        "last_name": account.last_name,
        "phone_number": account.phone_number,
        "date_of_birth": account.born,
    }
    if isinstance(account, Administrator):
        user = make_superuser(person)
    else:
        user = register(user_type=account.user_type, profile=account.profile, **person)
    world.users[account.username] = user
    if isinstance(account, Doctor):
        world.doctors[account.username] = user.doctor_profile.pk
    if isinstance(account, Patient):
        world.patients[account.username] = user.patient_profile.pk
    note_sign_in(user, Outcome.ALLOWED)
    confirm_email(key=links.confirmation_key(user, user.email))


@transaction.atomic
def make_superuser(person: dict[str, Any]) -> User:
    """As `manage.py createsuperuser` makes the first account of an installation."""
    user: User = User.objects.create_superuser(**person)  # type: ignore[no-untyped-call] # Django's own has no types
    addresses.claim_address(user)
    return user


def hand_in_license_of(license_: License, authority: str, world: World) -> None:
    doctor = world.users[license_.doctor]
    hand_in_license(
        actor=doctor,
        license_number=doctor.doctor_profile.license_number,
        authority=authority,
        document_reference=license_.document_reference,
    )


def verify(staff: str, license_: License, world: World) -> None:
    assert license_.verified is not None
    verify_doctor(
        actor=world.users[staff],
        doctor_id=world.doctors[license_.doctor],
        at=timezone.now(),
        valid_until=license_.verified.until,
    )


def refuse(staff: str, license_: License, world: World) -> None:
    assert license_.refused is not None
    refuse_doctor(
        actor=world.users[staff],
        doctor_id=world.doctors[license_.doctor],
        at=timezone.now(),
        reason=license_.refused.reason,
    )
