"""What a stolen access token cannot do without the password, case by case.

Which acts ask for it at all is in tests/access/test_what_outlives_a_token.py.
"""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from phr.accounts.addresses import claim_address
from phr.accounts.models import Mail
from phr.care.choices import RecordType
from phr.care.models import CareGrant
from phr.core.models import OutboxEvent
from phr.notifications.models import Notification, NotificationType
from tests.conftest import user_of
from tests.factories import PASSWORD, DoctorFactory
from tests.identity.steps import PROFILE, STEP_UP, signed_in_since
from tests.problem_answers import problem_of
from tests.rows import nothing_written

SIX_MINUTES = timedelta(minutes=6)
GRANTS, ASSIGN = "/api/care/grants/", "/api/auth/assign-doctor/"
PREFERENCES = "/api/notifications/preferences/"


def late(request, who):
    """A client of somebody whose proof is too old."""
    return signed_in_since(user_of(request.getfixturevalue(who)), SIX_MINUTES)


@pytest.fixture
def stale(alice):
    """Alice's client, with a token that somebody may have stolen."""
    return signed_in_since(alice.user, SIX_MINUTES)


def security_news():
    lines = Notification.objects.filter(notification_type=NotificationType.SECURITY)
    return [(line.recipient.username, line.title) for line in lines]


GIVEN = [("alice", "You have given access to your health records")]


def test_a_stolen_token_invites_no_accomplice(stale, deliver):
    accomplice = DoctorFactory(verified=True)
    invitation = {"doctor_id": str(accomplice.pk)}

    with nothing_written():
        problem_of(stale.post(GRANTS, invitation), 403, "step_up_required")

    assert stale.post(STEP_UP, {"password": PASSWORD}).status_code == 204
    assert stale.post(GRANTS, invitation).status_code == 201


def test_a_doctor_asks_without_proof_as_it_waits_for_the_patient(alice, dr_eve):
    client = signed_in_since(dr_eve.user, SIX_MINUTES)

    asked = client.post(GRANTS, {"patient_id": str(alice.pk)})

    assert (asked.status_code, asked.json()["status"]) == (201, "PENDING")


NARROW = {
    "record_types": [RecordType.LAB_RESULT, RecordType.CHECKUP],
    "records_since": "2025-01-01",
    "expires_at": "2100-06-30T00:00:00Z",
}
WIDER = [
    {"record_types": []},
    {"record_types": [RecordType.LAB_RESULT, RecordType.DIAGNOSIS]},
    {"record_types": [RecordType.DIAGNOSIS]},
    {"records_since": None},
    {"records_since": "2024-12-31"},
    {"expires_at": None},
    {"expires_at": "2100-07-01T00:00:00Z"},
    {"is_primary": True},
    {"record_types": [RecordType.LAB_RESULT], "expires_at": None},
]
NARROWER = [
    {"record_types": [RecordType.LAB_RESULT]},
    {"records_since": "2025-06-01"},
    {"expires_at": "2100-06-29T00:00:00Z"},
    {"is_primary": False},
    NARROW,
]


@pytest.fixture
def narrow_grant(alice, dr_bob, bobs_grant, api):
    bobs_grant.is_primary = False
    bobs_grant.save()
    url = f"{GRANTS}{bobs_grant.pk}/"
    assert api("alice").patch(url, NARROW).status_code == 200
    return url


@pytest.mark.parametrize("terms", WIDER, ids=str)
def test_a_grant_is_not_widened_without_proof(narrow_grant, stale, api, deliver, terms):
    with nothing_written():
        problem_of(stale.patch(narrow_grant, terms), 403, "step_up_required")

    assert api("alice").patch(narrow_grant, terms).status_code == 200
    deliver()
    assert security_news() == GIVEN


@pytest.mark.parametrize("terms", NARROWER, ids=str)
def test_a_grant_is_narrowed_without_proof_and_that_is_no_access_given(
    narrow_grant, stale, deliver, terms
):
    assert stale.patch(narrow_grant, terms).status_code == 200

    deliver()
    assert security_news() == []


@pytest.mark.parametrize("terms", WIDER, ids=str)
def test_a_request_is_not_made_wider_for_its_owner_to_accept_unseen(
    alice, dr_hal, stale, api, deliver, terms
):
    url = f"{GRANTS}{CareGrant.objects.get(doctor=dr_hal).pk}/"
    assert stale.patch(url, NARROW).status_code == 200

    with nothing_written():
        problem_of(stale.patch(url, terms), 403, "step_up_required")

    assert api("alice").patch(url, terms).status_code == 200
    deliver()
    assert security_news() == []  # before it is accepted, nobody has been let in


@pytest.mark.parametrize("terms", NARROWER, ids=str)
def test_a_request_is_narrowed_without_proof_but_not_accepted(
    alice, dr_hal, stale, terms
):
    url = f"{GRANTS}{CareGrant.objects.get(doctor=dr_hal).pk}/"

    assert stale.patch(url, NARROW).status_code == 200
    assert stale.patch(url, terms).status_code == 200
    with nothing_written():
        problem_of(stale.post(url + "accept/", {}), 403, "step_up_required")


def test_the_patient_is_told_of_an_invitation_whatever_they_have_switched_off(
    alice, api, deliver
):
    off = [
        {"notification_type": str(each), "in_app": False, "email": False}
        for each in NotificationType
        if each not in (NotificationType.SECURITY, NotificationType.EMERGENCY_ACCESS)
    ]
    claim_address(alice.user)
    EmailAddress.objects.update(verified=True)
    client = api("alice")
    assert client.patch(PREFERENCES, {"preferences": off}).status_code == 200

    doctor = DoctorFactory(verified=True)
    invited = client.post(GRANTS, {"doctor_id": str(doctor.pk)})
    deliver()

    assert invited.status_code == 201
    assert security_news() == GIVEN
    mails = Mail.objects.filter(address=alice.user.email).values_list("kind", flat=True)
    assert list(mails) == ["care.access_given"]


def test_the_patient_is_told_of_a_request_that_was_accepted(
    alice, dr_hal, api, deliver
):
    grant = CareGrant.objects.get(doctor=dr_hal)

    accepted = api("alice").post(f"{GRANTS}{grant.pk}/accept/", {})
    deliver()

    assert accepted.status_code == 200
    assert security_news() == GIVEN


def test_what_is_refused_tells_nobody_that_access_was_given(alice, stale):
    stale.post(GRANTS, {"doctor_id": str(DoctorFactory(verified=True).pk)})

    assert not OutboxEvent.objects.filter(kind="care.access_given").exists()


@pytest.mark.parametrize(
    ("who", "consent", "waits"),
    [
        ("sam", True, False),
        ("sam", False, False),
        ("dr_bob", True, True),
        ("dr_bob", False, False),
    ],
)
def test_assigning_needs_proof_unless_it_waits_for_the_patient(
    request, settings, carol, dr_bob, who, consent, waits
):
    settings.CARE_CONSENT_REQUIRED = consent
    wanted = {"patient_id": str(carol.pk), "doctor_id": str(dr_bob.pk)}
    client = late(request, who)

    if waits:
        assert client.post(ASSIGN, wanted).status_code == 202
        return
    with nothing_written():
        problem_of(client.post(ASSIGN, wanted), 403, "step_up_required")


@pytest.mark.parametrize(
    ("who", "change"),
    [
        ("alice", {"user": {"email": "new@example.org"}}),
        ("alice", {"user": {"first_name": "Another"}}),
        ("alice", {"user": {"last_name": "Another"}}),
        ("alice", {"user": {"phone_number": "+31201234567"}}),
        ("alice", {"user": {"date_of_birth": "1987-04-13"}}),
        ("alice", {"emergency_contact": "an accomplice"}),
        ("alice", {"blood_type": "AB-"}),
        ("alice", {"allergies": "none"}),
        ("dr_bob", {"license_number": "MED-7"}),
        ("sam", {"user": {"email": "new@example.org"}}),
    ],
)
def test_by_what_one_is_known_is_not_changed_without_proof(request, who, change):
    client = late(request, who)

    with nothing_written():
        problem_of(client.patch(PROFILE, change), 403, "step_up_required")


def test_a_profile_that_stays_as_it_is_is_sent_back_without(stale):
    profile = stale.get(PROFILE).json()
    same = {"allergies": profile["allergies"], "user": {"first_name": "Alice"}}

    assert stale.patch(PROFILE, same).status_code == 200


def test_a_stolen_token_does_not_switch_off_what_its_owner_is_told(stale):
    def preference(**channels):
        return {"preferences": [{"notification_type": "CARE_CHANGED"} | channels]}

    for channels in ({"email": False}, {"in_app": False}):
        with nothing_written():
            answer = stale.patch(PREFERENCES, preference(**channels))
        problem_of(answer, 403, "step_up_required")
    assert stale.patch(PREFERENCES, preference(email=True)).status_code == 200
