"""The demo: the same every time, all or nothing, and only where nobody else lives."""

import re
from collections import Counter
from datetime import UTC, datetime
from io import StringIO
from threading import Barrier, Thread

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Model, Q
from django.utils import timezone
from rest_framework.test import APIClient

from demo.files import people
from phr.accounts.models import Mail, User, UserType
from phr.audit import access_log
from phr.audit.models import AccessEntry, Outcome
from phr.care.choices import GrantOrigin, GrantStatus, RecordType
from phr.care.models import (
    CareGrant,
    DoctorProfile,
    DoctorVerification,
    EmergencyAccess,
    PatientProfile,
)
from phr.core.models import OutboxEvent
from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from phr.notifications.models import Notification
from tests.factories import PatientFactory

REFERENCE_DAY = datetime(2026, 11, 1, tzinfo=UTC)
# What may lie after it does so for years: the demo must be the same on any day.
FAR_AHEAD = datetime(2029, 11, 1, tzinfo=UTC)
ENDS = {"expires_at", "valid_until", "verified_until"}
VERSIONS: tuple[type[Model], ...] = (RecordVersion, CommentVersion)
BY_LOT = {"password", "pgh_id"}
OF_THE_DEMO: list[type[Model]] = [
    User,
    DoctorProfile,
    PatientProfile,
    DoctorVerification,
    CareGrant,
    EmergencyAccess,
    HealthRecord,
    DoctorComment,
    *VERSIONS,
    OutboxEvent,
    Notification,
    AccessEntry,
]


@pytest.fixture(autouse=True)
def _debug(settings):
    settings.DEBUG = True


def load_demo() -> str:
    printed = StringIO()
    call_command("load_demo", stdout=printed)
    return printed.getvalue()


def everything() -> dict[str, list[dict[str, object]]]:
    """Every value of every row, but for what the database draws by lot and the salt."""
    rows = {}
    for model in OF_THE_DEMO:
        order = "pgh_created_at" if model in VERSIONS else "pk"
        values = model._default_manager.order_by(order).values()
        rows[model.__name__] = [
            {name: value for name, value in row.items() if name not in BY_LOT}
            for row in values
        ]
    return rows


def schemas_of_the_demo() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname ~ 'demo'")
        return int(cursor.fetchone()[0])


def start_the_ledger_at_one() -> None:
    """Its positions go on from wherever other tests have left them."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER SEQUENCE audit_accessentry_position RESTART")


def users() -> int:
    return User.objects.count()


@pytest.mark.django_db
def test_it_has_the_people_and_records_that_the_readme_promises():
    load_demo()

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


@pytest.mark.django_db
def test_grants_are_there_in_every_state():
    load_demo()

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


@pytest.mark.django_db
def test_nothing_lies_after_the_reference_day_and_records_span_three_years():
    load_demo()

    visits = HealthRecord.objects.order_by("visit_date")
    dates = list(visits.values_list("visit_date", flat=True))
    assert (dates[-1] - dates[0]).days > 3 * 350
    for rows in everything().values():
        for row in rows:
            for name, value in row.items():
                if isinstance(value, datetime):
                    far_ahead = name in ENDS and value > FAR_AHEAD
                    assert value < REFERENCE_DAY or far_ahead, (name, row)


@pytest.mark.django_db
def test_doctors_commented_only_on_what_a_grant_opened_to_them_then():
    load_demo()

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


@pytest.mark.django_db
def test_everybody_has_mail_and_somebody_was_refused():
    load_demo()

    assert not User.objects.filter(notifications=None).exists()
    assert Notification.objects.filter(is_read=True).exists()
    assert Notification.objects.filter(is_read=False).exists()
    assert not Mail.objects.exists()  # its people are invented
    assert AccessEntry.objects.filter(outcome=Outcome.REFUSED).exists()


@pytest.mark.django_db
def test_two_loadings_differ_in_nothing_but_the_salt():
    start_the_ledger_at_one()
    load_demo()
    first = everything()
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE accounts_user, core_outboxevent CASCADE")
        for model in (AccessEntry, RecordVersion, CommentVersion):
            cursor.execute(f"TRUNCATE {model._meta.db_table}")
    start_the_ledger_at_one()
    assert users() == 0

    load_demo()

    second = everything()
    for name, rows in first.items():
        assert rows, name
        assert second[name] == rows


@pytest.mark.django_db
def test_a_second_run_changes_nothing_and_prints_the_same():
    printed = load_demo()
    alice = PatientFactory(user__username="alice")  # somebody has tried the server
    first, hashes = everything(), dict(User.objects.values_list("pk", "password"))

    assert load_demo() == printed
    assert everything() == first
    assert dict(User.objects.values_list("pk", "password")) == hashes
    assert User.objects.filter(pk=alice.user_id).exists()


@pytest.mark.django_db
def test_it_refuses_where_other_people_live(alice):
    with pytest.raises(CommandError, match="people who are not part of the demo"):
        load_demo()

    assert list(User.objects.all()) == [alice.user]
    assert not HealthRecord.objects.exists()


@pytest.mark.django_db
def test_it_refuses_when_debug_is_off(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG is off"):
        load_demo()

    assert users() == 0


@pytest.mark.django_db
def test_a_loading_that_breaks_in_the_middle_leaves_nothing(monkeypatch):
    def break_off(**values: object) -> None:
        assert HealthRecord.objects.exists()
        raise KeyboardInterrupt

    monkeypatch.setattr(access_log, "download_entries", break_off)

    with pytest.raises(KeyboardInterrupt):
        load_demo()

    assert {name for name, rows in everything().items() if rows} == set()
    assert schemas_of_the_demo() == 0
    assert timezone.now().year >= 2026


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_the_second_waits_and_finds_it_done():
    barrier, printed = Barrier(2), []

    def load_together() -> None:
        try:
            barrier.wait(timeout=10)
            printed.append(load_demo())
        finally:
            connection.close()

    threads = [Thread(target=load_together) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert len(printed) == 2
    assert users() == len(people().accounts)


@pytest.mark.django_db
def test_everybody_in_the_printed_table_can_sign_in():
    table = re.findall(r"^  (\S+) +(\S+) ", load_demo(), flags=re.MULTILINE)

    assert len(table) == users()
    for username, password in table:
        body = {"username": username, "password": password}
        response = APIClient().post("/api/auth/login/", body, format="json")
        assert response.status_code == 200, username


@pytest.mark.django_db
def test_doctors_find_what_they_search_for():
    load_demo()
    client = APIClient()
    body = {"username": "dr_hassan", "password": "walnut-ferry-48"}
    tokens = client.post("/api/auth/login/", body, format="json").json()["tokens"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")

    records = client.get("/api/health-records/?search=EMPAGLIFLOZIN").json()
    doctors = client.get("/api/auth/doctors/?search=ortho").json()

    assert "kidneys" in records["results"][-1]["title"]
    assert [doctor["user"]["last_name"] for doctor in doctors["results"]] == ["Weber"]
