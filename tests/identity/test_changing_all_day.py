"""What changes one's own account has a number a day; what closes something has none."""

from datetime import timedelta
from typing import Any

import pytest

from phr.care import grants, profiles
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core.rate_limits import Limit
from phr.identity import password_change, second_factors
from phr.notifications import preferences
from tests.care.conftest import grant_between
from tests.conftest import Api
from tests.factories import PASSWORD, CareGrantFactory
from tests.identity.account_steps import CHANGE, PROFILE, TWICE
from tests.identity.authenticator import SoftAuthenticator
from tests.identity.passkey_steps import ADD, answer_to_add
from tests.identity.steps import CONFIRM, TOTP, App
from tests.problem_answers import problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db
GRANTS, PREFERENCES = "/api/care/grants/", "/api/notifications/preferences/"
DAY = timedelta(days=1)


def all_but_one(limit: Limit, patient: PatientProfile) -> None:
    for _ in range(limit.times - 1):
        limit.take(str(patient.user.pk))


@pytest.fixture
def grant(alice: PatientProfile, dr_bob: DoctorProfile) -> CareGrant:
    return grant_between(alice, dr_bob)


def test_a_patient_changes_access_two_hundred_times_a_day(
    api: Api, alice: PatientProfile, carol: PatientProfile, grant: CareGrant
) -> None:
    client, url = api("alice"), f"{GRANTS}{grant.pk}/"
    limit = grants.CHANGES_BY_ONE_PATIENT
    assert (limit.times, limit.window) == (200, DAY)
    all_but_one(limit, alice)
    assert client.patch(url, {"record_types": ["CHECKUP"]}).status_code == 200

    with nothing_written():
        refused = client.patch(url, {"record_types": ["LAB_RESULT"]})
        problem_of(refused, 429, "too_many_requests")
    assert client.patch(url, {"record_types": ["CHECKUP"]}).status_code == 200


def test_accepting_counts_with_changing_and_ending_is_never_refused(
    api: Api, alice: PatientProfile, grant: CareGrant
) -> None:
    asked = CareGrantFactory(patient=alice, pending=True)
    client = api("alice")
    all_but_one(grants.CHANGES_BY_ONE_PATIENT, alice)
    grants.CHANGES_BY_ONE_PATIENT.take(str(alice.user.pk))

    with nothing_written():
        refused = client.post(f"{GRANTS}{asked.pk}/accept/", {})
        problem_of(refused, 429, "too_many_requests")
    assert client.post(f"{GRANTS}{asked.pk}/decline/", {}).status_code == 200
    assert client.post(f"{GRANTS}{grant.pk}/end/", {}).status_code == 200


@pytest.mark.parametrize(
    ("limit", "url", "body"),
    [
        (
            preferences.CHANGES_PER_ACCOUNT,
            PREFERENCES,
            {"preferences": [{"notification_type": "NEW_RECORD", "email": True}]},
        ),
        (profiles.CHANGES_PER_ACCOUNT, PROFILE, {"allergies": "Nuts"}),
    ],
    ids=["preferences", "profile"],
)
def test_preferences_and_profile_change_two_hundred_times_a_day(
    api: Api,
    alice: PatientProfile,
    carol: PatientProfile,
    limit: Any,
    url: str,
    body: Any,
) -> None:
    assert (limit.times, limit.window) == (200, DAY)
    client = api("alice")
    all_but_one(limit, alice)
    assert client.patch(url, body).status_code == 200

    with nothing_written():
        problem_of(client.patch(url, body), 429, "too_many_requests")
    assert api("carol").patch(url, body).status_code == 200


def test_fifty_new_passwords_a_day_are_enough(api: Api, alice: PatientProfile) -> None:
    limit, client = password_change.CHANGES_PER_ACCOUNT, api("alice")
    assert (limit.times, limit.window) == (50, DAY)
    all_but_one(limit, alice)
    limit.take(str(alice.user.pk))

    with nothing_written():
        refused = client.post(CHANGE, {"current_password": PASSWORD, **TWICE})
        problem_of(refused, 429, "too_many_requests")


@pytest.mark.parametrize("factor", ["passkey", "app"])
def test_fifty_new_factors_a_day_are_enough(
    api: Api, alice: PatientProfile, factor: str
) -> None:
    limit, client = second_factors.NEW_FACTORS_PER_ACCOUNT, api("alice")
    assert (limit.times, limit.window) == (50, DAY)
    all_but_one(limit, alice)
    limit.take(str(alice.user.pk))
    if factor == "passkey":
        url, body = ADD, answer_to_add(client, SoftAuthenticator())
    else:
        url, body = CONFIRM, {"otp": App(client.post(TOTP).json()["secret"]).code()}

    with nothing_written():
        problem_of(client.post(url, body), 429, "too_many_requests")
