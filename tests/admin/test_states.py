"""What time has changed stands in the admin site as the API gives it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User
from phr.care.admin.verifications import LicenseStateFilter
from phr.care.choices import VerificationStatus
from phr.care.models import CareGrant
from tests.admin.conftest import Browser
from tests.conftest import sign_in
from tests.factories import (
    CareGrantFactory,
    DoctorFactory,
    DoctorVerificationFactory,
    EmergencyAccessFactory,
    ErasureFactory,
    UserFactory,
)

YESTERDAY = timezone.now() - timedelta(days=1)
TOMORROW = timezone.now() + timedelta(days=1)
LISTS = {
    "grant": "/admin/care/caregrant/",
    "emergency": "/admin/care/emergencyaccess/",
    "doctor": "/admin/care/doctorprofile/",
    "licence": "/admin/care/doctorverification/",
    "erasure": "/admin/erasure/erasure/",
    "sign-in": "/admin/accounts/loginsession/",
}


def sign_in_of(ago: timedelta, **more: Any) -> LoginSession:
    user = UserFactory(is_active=more.pop("is_active", True))
    used = timezone.now() - ago
    return LoginSession.objects.create(user=user, last_used_at=used, **more)


def doctor_until(moment: Any) -> Any:
    return DoctorFactory(verified=True, verified_until=moment)


def license_until(moment: Any) -> Any:
    return DoctorVerificationFactory(
        status="VERIFIED", valid_until=moment, decided_at=YESTERDAY
    )


LONG = settings.REFRESH_TOKEN_LIFETIME + timedelta(minutes=1)
# Of each list: what is made, the state it is in, and the words for that.
STATES: list[tuple[str, Callable[[], Any], str, str]] = [
    ("grant", CareGrantFactory, "ACTIVE", "Active"),
    ("grant", lambda: CareGrantFactory(expired=True), "EXPIRED", "Expired"),
    (
        "grant",
        lambda: CareGrantFactory(pending=True, expires_at=YESTERDAY),
        "EXPIRED",
        "Expired",
    ),
    ("grant", lambda: CareGrantFactory(ended=True), "ENDED", "Ended"),
    (
        "emergency",
        lambda: EmergencyAccessFactory(
            grant__starts_at=YESTERDAY - timedelta(hours=1), grant__expires_at=YESTERDAY
        ),
        "EXPIRED",
        "Expired",
    ),
    (
        "emergency",
        lambda: EmergencyAccessFactory(grant__expires_at=TOMORROW),
        "ACTIVE",
        "Active",
    ),
    ("doctor", lambda: doctor_until(TOMORROW), "VERIFIED", "Verified"),
    ("doctor", lambda: doctor_until(YESTERDAY), "RUN_OUT", "Verification has expired"),
    ("doctor", DoctorFactory, "UNVERIFIED", "Not verified"),
    ("licence", lambda: license_until(TOMORROW), "VERIFIED", "Verified"),
    ("licence", lambda: license_until(YESTERDAY), "RUN_OUT", "Expired"),
    ("licence", DoctorVerificationFactory, "PENDING", "Pending"),
    ("erasure", ErasureFactory, "WAITING", "Waiting"),
    (
        "erasure",
        lambda: ErasureFactory(cancelled_at=YESTERDAY),
        "CANCELLED",
        "Cancelled",
    ),
    ("erasure", lambda: ErasureFactory(begun_at=YESTERDAY), "BEGUN", "Begun"),
    (
        "erasure",
        lambda: ErasureFactory(begun_at=YESTERDAY, erased_at=YESTERDAY),
        "ERASED",
        "Erased",
    ),
    ("sign-in", lambda: sign_in_of(timedelta(0)), "GOES_ON", "Active"),
    ("sign-in", lambda: sign_in_of(LONG), "RUN_OUT", "Expired"),
    (
        "sign-in",
        lambda: sign_in_of(timedelta(0), is_active=False),
        "RUN_OUT",
        "Expired",
    ),
    (
        "sign-in",
        lambda: sign_in_of(timedelta(0), revoked_at=YESTERDAY),
        "ENDED",
        "Ended",
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "make", "state", "words"),
    STATES,
    ids=[f"{kind} {state} {place}" for place, (kind, _, state, _) in enumerate(STATES)],
)
def test_a_row_stands_under_the_state_that_time_has_brought_it_into(
    rita: User,
    browser: Browser,
    kind: str,
    make: Callable[[], Any],
    state: str,
    words: str,
) -> None:
    row, client = make(), browser(rita)
    states = {one for name, _, one, _ in STATES if name == kind}

    found = {
        one: str(row.pk) in client.get(LISTS[kind], {"state": one}).content.decode()
        for one in states
    }

    assert found == {one: one == state for one in states}
    page = client.get(f"{LISTS[kind]}{row.pk}/change/").content.decode()
    assert words in page


def test_the_state_of_a_grant_is_the_one_that_the_api_gives(
    rita: User, browser: Browser
) -> None:
    for name in ("expired", "ended", "declined", "pending"):
        CareGrantFactory(**{name: True})
    CareGrantFactory()
    client = browser(rita)

    for grant in CareGrant.objects.all():
        patient = APIClient()
        sign_in(patient, grant.patient.user)
        state = patient.get(f"/api/care/grants/{grant.pk}/").json()["status"]
        shown = client.get(LISTS["grant"], {"state": state}).content.decode()
        assert str(grant.pk) in shown


def test_every_status_of_a_licence_can_be_chosen_and_is_written_once() -> None:
    *statuses, run_out = LicenseStateFilter.states

    assert statuses == VerificationStatus.choices
    assert run_out not in statuses
