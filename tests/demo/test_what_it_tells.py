"""What the demo shows: a ledger, grants and a history that can have happened so."""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network

import pytest
from django.db.models import Count, Q
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import Mail, User, UserType
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.audit.seals import seal_ledger
from phr.care.choices import GrantOrigin, GrantStatus, RecordType, VerificationStatus
from phr.care.models import (
    CareGrant,
    DoctorProfile,
    DoctorVerification,
    EmergencyAccess,
    PatientProfile,
)
from phr.core.models import OutboxEvent
from phr.health_records.models import DoctorComment, HealthRecord
from phr.notifications.models import Notification, NotificationType
from tests.archive.test_counted import counted, truth
from tests.conftest import sign_in
from tests.demo.rows import ENDS, FAR_AHEAD, everything, load_demo
from tests.factories import PatientFactory
from tests.worlds import kept_for_a_module

REFERENCE_DAY = datetime(2026, 11, 1, tzinfo=UTC)
# RFC 5737 and RFC 3849
NOBODYS = [
    ip_network(network)
    for network in (
        *("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
        "2001:db8::/32",
    )
]


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demo, loaded once for all tests of this module, and what that printed."""
    with kept_for_a_module(django_db_blocker, load_demo) as printed:
        yield printed


@pytest.fixture(autouse=True)
def _demo(loaded, db):
    """Each test finds it as it was loaded."""


def client_of(username: str) -> APIClient:
    client = APIClient()
    sign_in(client, User.objects.get(username=username))
    return client


def story_of(username: str) -> list[AccessEntry]:
    patient = PatientProfile.objects.get(user__username=username)
    return list(AccessEntry.objects.filter(patient_id=patient.pk).order_by("position"))


def test_the_ledger_is_in_the_order_of_time_and_of_a_size_to_be_read():
    times = list(AccessEntry.objects.order_by("position").values_list("at", flat=True))

    assert times == sorted(times)
    assert 500 <= len(times) <= 1_500


def test_every_patient_can_read_who_looked():
    for patient in PatientProfile.objects.select_related("user"):
        client = client_of(patient.user.username)
        lines = client.get("/api/access-log/?page_size=100").json()["results"]

        roles = Counter(line["actor"]["role"] for line in lines if line["actor"])
        assert roles["DOCTOR"] >= 10, patient
        assert roles["PATIENT"] >= 10, patient


def test_whatever_was_read_or_written_by_a_grant_was_open_then():
    lines = AccessEntry.objects.filter(basis__in=[Basis.GRANT, Basis.EMERGENCY])
    seen = lines.filter(object_kind__in=["record", "comment"])
    grants = CareGrant.objects.select_related("doctor").in_bulk()

    assert seen.filter(basis=Basis.EMERGENCY).exists()
    for line in seen:
        grant = grants[line.grant_id]
        assert line.actor_id == grant.doctor.user_id
        assert line.patient_id == grant.patient_id
        assert (line.basis == Basis.EMERGENCY) is (grant.origin == "EMERGENCY")
        assert grant.starts_at <= line.at
        for end in (grant.ended_at, grant.expires_at):
            assert end is None or line.at < end
        if grant.record_types:
            assert set(line.categories) <= set(grant.record_types)


def test_what_was_refused_was_not_open():
    refused = AccessEntry.objects.filter(outcome=Outcome.REFUSED, object_kind="record")

    assert refused.count() >= 5
    for line in refused:
        record = HealthRecord.objects.get(pk=line.object_ids[0])
        doctor = DoctorProfile.objects.get(user=line.actor_id)
        assert record.created_at < line.at
        assert line.grant_id is None
        assert line.patient_id == record.patient_id
        for grant in CareGrant.objects.filter(patient=record.patient, doctor=doctor):
            if grant.was_open and grant.starts_at <= line.at:
                end = grant.ended_at or grant.expires_at
                assert end is not None
                assert end <= line.at


def test_whatever_somebody_did_they_had_signed_in_at_that_place_shortly_before():
    sign_ins = AccessEntry.objects.filter(action="accounts.signed_in")
    times = defaultdict(list)
    for actor_id, address, at in sign_ins.values_list("actor_id", "address", "at"):
        times[actor_id, address].append(at)

    for line in AccessEntry.objects.exclude(actor_id=None):
        since = [line.at - at for at in times[line.actor_id, line.address]]
        assert any(timedelta(0) <= ago < timedelta(hours=3) for ago in since), line.at


def test_every_line_is_of_the_demo_and_comes_from_nobodys_address():
    for face, address, agent in AccessEntry.objects.values_list(
        "face", "address", "user_agent"
    ):
        assert face == "demo"
        assert agent
        assert address is not None
        assert any(ip_address(address) in network for network in NOBODYS), address


def test_every_change_of_a_grant_is_in_the_ledger_and_in_the_outbox():
    changes = AccessEntry.objects.filter(object_kind="grant")
    entered = Counter(changes.values_list("action", flat=True))
    events = OutboxEvent.objects.filter(payload__has_key="grant_id")

    assert entered == Counter(events.values_list("kind", flat=True))
    assert set(entered) == {
        *("care.doctor_assigned", "care.doctor_invited", "care.access_requested"),
        *("care.grant_accepted", "care.grant_declined", "care.grant_changed"),
        *("care.grant_ended", "care.emergency_access", "care.emergency_reviewed"),
    }


def test_maria_can_follow_how_dr_weber_came_and_went():
    weber = User.objects.get(username="dr_weber")
    ours = [line for line in story_of("maria") if line.object_kind != "account"]
    invited = [line.action for line in ours].index("care.doctor_invited")
    his = [line for line in ours[invited:] if line.actor_id == weber.pk]
    ended = next(line for line in ours if line.action == "care.grant_ended")

    assert not [line for line in ours[:invited] if line.actor_id == weber.pk]
    assert {line.outcome for line in his if line.at < ended.at} == {Outcome.ALLOWED}
    later = [line for line in his if line.at > ended.at]
    assert later
    assert {line.outcome for line in later} == {Outcome.REFUSED}


def test_of_two_emergencies_one_waits_for_its_review():
    emergencies = EmergencyAccess.objects.order_by("pk")

    assert [emergency.verdict for emergency in emergencies] == ["JUSTIFIED", ""]
    for emergency in emergencies:
        grant = emergency.grant
        assert grant.expires_at is not None
        assert grant.expires_at - grant.starts_at == timedelta(hours=1)
        assert grant.expires_at < timezone.now()


def test_verified_doctors_have_a_decided_licence_and_one_waits():
    for doctor in DoctorProfile.objects.all():
        decided = doctor.verifications.filter(status=VerificationStatus.VERIFIED)
        assert decided.exists() is doctor.is_verified
        if doctor.is_verified:
            assert decided.get().valid_until == doctor.verified_until
    waiting = DoctorVerification.objects.filter(status=VerificationStatus.PENDING)
    assert waiting.get().doctor.user.username == "dr_osei"


def test_emergencies_are_told_to_the_patient_and_to_staff():
    told = Notification.objects.filter(
        notification_type=NotificationType.EMERGENCY_ACCESS,
        event__kind="care.emergency_access",
    )

    names = told.values_list("recipient__username", flat=True)
    assert Counter(names) == {"nora": 2, "emma": 1, "tom": 1}


def test_the_seals_of_a_fresh_demo_hold():
    now = AccessEntry.objects.latest("at").at
    sealed = seal_ledger(at=now)

    answer = client_of("maria").get("/api/access-log/verify/").json()

    assert sealed == answer["entries"] > 500
    assert (answer["ok"], answer["unsealed"]) == (True, 0)


def test_corrected_records_have_a_history_with_who_and_when():
    corrected = HealthRecord.objects.filter(version__gt=1)

    assert corrected.count() >= 4
    for record in corrected.select_related("patient__user"):
        url = f"/api/health-records/{record.pk}/history/"
        found = client_of(record.patient.user.username).get(url).json()["results"]
        own = [change for change in found if change["object"] == "record"]
        assert len(own) == record.version - 1
        for change in own:
            assert change["by"]["id"] == str(record.created_by_id)
            assert change["changes"]
            entered = AccessEntry.objects.filter(
                action="health_records.record_changed",
                object_ids=[record.pk],
                at=change["at"],
            )
            assert entered.count() == 1
        assert own[0]["at"] == f"{record.updated_at:%Y-%m-%dT%H:%M:%SZ}"


def test_comments_have_older_versions_too():
    changed = DoctorComment.objects.filter(version__gt=1)

    assert changed.exists()
    entered = AccessEntry.objects.filter(action="health_records.comment_changed")
    ids = entered.values("object_ids").annotate(times=Count("pk"))
    assert {row["object_ids"][0] for row in ids} == {row.pk for row in changed}


@pytest.mark.parametrize(
    ("doctor", "whole", "in_part"),
    [("dr_hassan", 4, 1), ("dr_weber", 1, 1), ("dr_osei", 0, 0)],
)
def test_each_doctor_sees_as_many_as_the_table_of_sign_ins_says(doctor, whole, in_part):
    user = User.objects.get(username=doctor)
    grants = CareGrant.objects.open_to(user)

    all_records = grants.filter(record_types=[], records_since=None).count()

    assert (all_records, grants.count() - all_records) == (whole, in_part)
    listed = client_of(doctor).get("/api/health-records/my-patients/").json()
    assert len(listed["results"]) == whole + in_part


def test_it_has_the_people_and_records_that_the_readme_promises():
    assert Counter(User.objects.values_list("user_type", flat=True)) == {
        UserType.ADMIN: 1,
        UserType.DOCTOR: 3,
        UserType.PATIENT: 6,
    }
    assert DoctorProfile.objects.filter(verified_at=None).count() == 1
    assert PatientProfile.objects.count() == 6
    assert 110 <= HealthRecord.objects.count() <= 130
    types = HealthRecord.objects.values_list("record_type", flat=True)
    assert set(types) == set(RecordType)
    assert DoctorComment.objects.filter(is_private=True).exists()
    assert DoctorComment.objects.filter(is_private=False).exists()
    assert OutboxEvent.objects.filter(delivered_at=None).count() == 0


def test_grants_are_there_in_every_state():
    open_now, grants = CareGrant.objects.open_now(), CareGrant.objects.all()
    assert open_now.filter(is_primary=True).exists()
    assert open_now.filter(is_primary=False).exists()
    assert open_now.exclude(record_types=[]).exists()
    assert open_now.exclude(records_since=None).exists()
    assert set(grants.values_list("status", flat=True)) == set(GrantStatus)
    assert set(grants.values_list("origin", flat=True)) == set(GrantOrigin)
    active = grants.filter(status=GrantStatus.ACTIVE)
    assert active.filter(expires_at__lt=REFERENCE_DAY).exists()  # and not marked
    assert open_now.filter(expires_at__gt=FAR_AHEAD).exists()


def test_nothing_lies_after_the_reference_day_and_records_span_three_years():
    visits = HealthRecord.objects.order_by("visit_date")
    dates = list(visits.values_list("visit_date", flat=True))
    assert (dates[-1] - dates[0]).days > 3 * 350
    for rows in everything().values():
        for row in rows:
            for name, value in row.items():
                if isinstance(value, datetime):
                    far_ahead = name in ENDS and value > FAR_AHEAD
                    assert value < REFERENCE_DAY or far_ahead, (name, row)


def test_doctors_commented_only_on_what_a_grant_opened_to_them_then():
    for comment in DoctorComment.objects.select_related("health_record"):
        record, at = comment.health_record, comment.created_at
        grants = CareGrant.objects.covering(record.record_type, record.visit_day)
        open_then = grants.filter(
            Q(ended_at=None) | Q(ended_at__gt=at),
            Q(expires_at=None) | Q(expires_at__gt=at),
            patient=record.patient_id,
            doctor=comment.doctor_id,
            starts_at__lt=at,
        )
        decided = open_then.exclude(status=GrantStatus.DECLINED)
        assert decided.exclude(status=GrantStatus.PENDING).count() == 1


def test_everybody_has_mail_and_somebody_was_refused():
    assert not User.objects.filter(notifications=None).exists()
    assert Notification.objects.filter(is_read=True).exists()
    assert Notification.objects.filter(is_read=False).exists()
    assert not Mail.objects.exists()  # its people are invented
    assert AccessEntry.objects.filter(outcome=Outcome.REFUSED).exists()


def test_a_second_run_changes_nothing_and_prints_the_same(loaded):
    alice = PatientFactory(user__username="alice")  # somebody has tried the server
    first, hashes = everything(), dict(User.objects.values_list("pk", "password"))

    assert load_demo() == loaded
    assert everything() == first
    assert dict(User.objects.values_list("pk", "password")) == hashes
    assert User.objects.filter(pk=alice.user_id).exists()


def test_everybody_in_the_printed_table_can_sign_in(loaded):
    table = re.findall(r"^  (\S+) +(\S+) ", loaded, flags=re.MULTILINE)

    assert len(table) == User.objects.count()
    for username, password in table:
        body = {"username": username, "password": password}
        response = APIClient().post("/api/auth/login/", body, format="json")
        assert response.status_code == 200, username


def test_doctors_find_what_they_search_for():
    client = APIClient()
    body = {"username": "dr_hassan", "password": "walnut-ferry-48"}
    tokens = client.post("/api/auth/login/", body, format="json").json()["tokens"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")

    records = client.get("/api/health-records/?search=EMPAGLIFLOZIN").json()
    doctors = client.get("/api/auth/doctors/?search=ortho").json()

    assert "kidneys" in records["results"][-1]["title"]
    assert [doctor["user"]["last_name"] for doctor in doctors["results"]] == ["Weber"]


def test_it_counts_as_what_it_is():
    assert counted() == truth() != {}
