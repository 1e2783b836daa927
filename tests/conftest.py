"""The cast: Alice; Dr. Bob, who cares for her; Dr. Eve, who used to; Carol and
Dr. Dan, who have nothing to do with her; Sam, who is staff; and Nina, who is staff
without any right."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import Permission
from django.core.signals import setting_changed
from django.db import connection
from django.dispatch import receiver
from django.utils import timezone
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.accounts.services import start_session
from phr.care.choices import GrantOrigin, RecordType
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core import counters, events, stored_counters
from phr.core.models import OutboxEvent
from phr.core.postgres import driver, limits
from phr.health_records import my_patients, rows
from phr.health_records.models import HealthRecord
from tests.broker import await_wakeups
from tests.factories import (
    CareGrantFactory,
    DoctorFactory,
    HealthRecordFactory,
    PatientFactory,
    StaffFactory,
)
from tests.hashing import watched_requests

Api = Callable[[str], APIClient]
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


@receiver(setting_changed)
def build_statements_anew(*, setting: str, **_: object) -> None:
    """What is compiled once holds the rule of care, which only tests change."""
    if setting == "CARE_CONSENT_REQUIRED":
        for query in (rows.page_query, rows.record_query, my_patients.page_query):
            query.cache_clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Let Django empty the ledger, too, after tests with transactions of their own."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table, trigger in triggers_against_truncation():
            cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')


def triggers_against_truncation() -> list[tuple[str, str]]:
    """Tables and the names of the triggers that refuse to empty them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE tgname LIKE 'pgtrigger_rows_are_not_swept_away%'"
        )
        return list(cursor.fetchall())


@pytest.fixture(autouse=True)
def _fresh_counters() -> Iterator[None]:
    """No test meets the attempts that another one counted, or its wakeups."""
    await_wakeups()
    counters.connection().breaker.note_success()
    counters.connection().flushdb()
    yield
    counted = stored_counters.own.connection
    if counted is not None and counted.connection is not None:
        counted.connection.execute("DELETE FROM core_attemptcount")
    stored_counters.own.close()


@pytest.fixture(autouse=True, scope="session")
def _settled_broker() -> None:
    """Celery reads its settings when first asked: not while a test has changed ours."""
    assert current_app.conf.broker_url


@pytest.fixture(autouse=True, scope="session")
def _no_limits() -> None:
    """The first connection has no limits, and so the large fillings on it have none.

    Who imports `config.wsgi`, as some modules of tests do while they are collected, has
    those of a web process from then on.
    """
    limits.use(limits.COMMAND)


@pytest.fixture(autouse=True)
def _patience(_no_limits: None) -> None:
    """No test meets the limits, or the open breaker, that another one left."""
    limits.use(limits.COMMAND)
    driver.breaker.note_success()


@pytest.fixture(autouse=True, scope="session")
def _watched_requests() -> Iterator[None]:
    """No request hashes a password outside of the pool that is made for it."""
    with watched_requests():
        yield


@pytest.fixture
def alice(db: None) -> PatientProfile:
    return PatientFactory(
        user__username="alice", user__first_name="Alice", user__last_name="Moreau"
    )


@pytest.fixture
def carol(db: None) -> PatientProfile:
    return PatientFactory(
        user__username="carol", user__first_name="Carol", user__last_name="Novak"
    )


@pytest.fixture
def dr_bob(alice: PatientProfile) -> DoctorProfile:
    """Verified, and Alice's primary doctor."""
    doctor = DoctorFactory(
        verified=True,
        user__username="dr_bob",
        user__first_name="Bob",
        user__last_name="Stone",
    )
    CareGrantFactory(patient=alice, doctor=doctor, primary=True)
    return doctor


@pytest.fixture
def dr_eve(alice: PatientProfile) -> DoctorProfile:
    """Verified; her care of Alice has ended."""
    doctor = DoctorFactory(
        verified=True,
        user__username="dr_eve",
        user__first_name="Eve",
        user__last_name="Lind",
    )
    CareGrantFactory(patient=alice, doctor=doctor, ended=True)
    return doctor


@pytest.fixture
def dr_dan(db: None) -> DoctorProfile:
    """Not verified, and in nobody's life."""
    return DoctorFactory(
        user__username="dr_dan", user__first_name="Dan", user__last_name="Okoro"
    )


@pytest.fixture
def dr_fay(alice: PatientProfile) -> DoctorProfile:
    """Verified; may see Alice's prescriptions and nothing else."""
    doctor = DoctorFactory(verified=True, user__username="dr_fay")
    CareGrantFactory(
        patient=alice, doctor=doctor, record_types=[RecordType.PRESCRIPTION]
    )
    return doctor


@pytest.fixture
def dr_gil(alice: PatientProfile) -> DoctorProfile:
    """Verified; the grant has run out, and no job has marked it."""
    doctor = DoctorFactory(verified=True, user__username="dr_gil")
    CareGrantFactory(patient=alice, doctor=doctor, expired=True)
    return doctor


@pytest.fixture
def dr_hal(alice: PatientProfile) -> DoctorProfile:
    """Verified; has asked Alice, who has not answered."""
    doctor = DoctorFactory(verified=True, user__username="dr_hal")
    CareGrantFactory(patient=alice, doctor=doctor, pending=True)
    return doctor


@pytest.fixture
def dr_ira(alice: PatientProfile) -> DoctorProfile:
    """Verified; has asked Alice, who has declined."""
    doctor = DoctorFactory(verified=True, user__username="dr_ira")
    CareGrantFactory(patient=alice, doctor=doctor, declined=True)
    return doctor


@pytest.fixture
def dr_jo(alice: PatientProfile) -> DoctorProfile:
    """Verified; has opened Alice's records in an emergency."""
    doctor = DoctorFactory(verified=True, user__username="dr_jo")
    CareGrantFactory(
        patient=alice,
        doctor=doctor,
        origin=GrantOrigin.EMERGENCY,
        expires_at=timezone.now() + timedelta(hours=1),
    )
    return doctor


@pytest.fixture
def sam(db: None) -> User:
    """Staff who were given what the work with doctors and grants needs, and no more."""
    sam = StaffFactory(username="sam", first_name="Sam", last_name="Reyes")
    return with_permissions(sam, *RIGHTS_OF_SAM)


@pytest.fixture
def nina(db: None) -> User:
    """Staff whom nobody has given any right."""
    return StaffFactory(username="nina", first_name="Nina", last_name="Falk")


def with_permissions(user: User, *names: str) -> User:
    permissions = Permission.objects.filter(codename__in=names)
    assert permissions.count() == len(names)
    user.user_permissions.add(*permissions)
    return user


@pytest.fixture
def bobs_grant(alice: PatientProfile, dr_bob: DoctorProfile) -> CareGrant:
    return CareGrant.objects.get(patient=alice, doctor=dr_bob)


@pytest.fixture
def alices_record(alice: PatientProfile) -> HealthRecord:
    return HealthRecordFactory(patient=alice, title="Knee pain after a fall")


@pytest.fixture
def api(request: pytest.FixtureRequest) -> Api:
    """A client for a member of the cast, by name, or for "nobody"."""

    def client_of(who: str) -> APIClient:
        client = APIClient()
        if who != "nobody":
            sign_in(client, user_of(request.getfixturevalue(who)))
        return client

    return client_of


def user_of(somebody: User | PatientProfile | DoctorProfile) -> User:
    return somebody if isinstance(somebody, User) else somebody.user


def sign_in(client: APIClient, user: User) -> None:
    """Use a real login session and a real token, without the cost of a password.

    The session counts as one that was begun just now, with a second factor.
    """
    tokens = start_session(user=user, at=timezone.now(), second_factor=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens.access}")


@pytest.fixture
def deliver() -> Callable[[], None]:
    """Deliver every event that is due, and what follows, as a worker would."""

    def deliver_all() -> None:
        not_put_off = OutboxEvent.objects.exclude(last_error=events.PUT_OFF)
        waiting = not_put_off.filter(delivered_at=None).order_by("created_at")
        while event_ids := list(waiting.values_list("pk", flat=True)):
            for event_id in event_ids:
                events.deliver(event_id, now=timezone.now())

    return deliver_all
