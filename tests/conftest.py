"""The cast: Alice; Dr. Bob, who cares for her; Dr. Eve, who used to; Carol and
Dr. Dan, who have nothing to do with her; Sam, who is staff; and Nina, who is staff
without any right."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils import timezone, translation
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User
from phr.accounts.tokens import TokenType, sign
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.core import outbox, rate_limit_fallback, redis_client
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from phr.core.postgres import timeouts
from phr.core.postgres.silence import watch
from phr.core.queues import OF_MAILS
from phr.health_records import (
    charts,
    my_patients,
    panel,
    record_readers,
    record_rows,
    timeline,
)
from phr.health_records.models import HealthRecord
from tests.broker import await_wakeups
from tests.cast import (
    make_alice,
    make_carol,
    make_dr_bob,
    make_dr_dan,
    make_dr_eve,
    make_dr_fay,
    make_dr_gil,
    make_dr_hal,
    make_dr_ira,
    make_dr_jo,
    make_nina,
    make_record,
    make_sam,
)
from tests.emptied_tables import quick_emptying
from tests.hashing import watched_requests
from tests.plain_clients import api_client
from tests.quick import is_fuzzing, is_slow
from tests.shared_middleware import shared_middleware

Api = Callable[[str], APIClient]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m quick` the others are not even read, which alone takes its time."""
    return (
        True if config.option.markexpr == "quick" and is_slow(collection_path) else None
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not (is_slow(item.path) or is_fuzzing(item)):
            item.add_marker("quick")


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among what stays until the end.

    A request makes thousands of objects, and modules and tests are half a million: both
    together were a fifth of the time of tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in a line what was left out for want of a browser."""
    from dev.chromium import MISSING  # which loads Playwright

    reasons = {str(each.longrepr) for each in terminalreporter.getreports("skipped")}
    if any(MISSING in reason for reason in reasons):
        terminalreporter.write_line(MISSING, yellow=True)


@receiver(setting_changed)
def build_statements_anew(*, setting: str, **_: object) -> None:
    """What is compiled once holds the rule of care, which only tests change."""
    if setting == "CARE_CONSENT_REQUIRED":
        for query in (
            record_rows.page_query,
            record_rows.record_query,
            my_patients.page_query,
            panel.page_query,
            record_readers.readers_query,
            charts.care_query,
            timeline.version_query,
            timeline.months_query,
        ):
            query.cache_clear()


@pytest.fixture(autouse=True, scope="session")
def _quick_emptying() -> Iterator[None]:
    with quick_emptying():
        yield


@pytest.fixture(autouse=True, scope="session")
def _shared_middleware() -> Iterator[None]:
    with shared_middleware():
        yield


@pytest.fixture(autouse=True)
def _fresh_counters() -> Iterator[None]:
    """No test meets the attempts that another one counted, or its wakeups."""
    forget_counters()
    yield
    counted = rate_limit_fallback.own.connection
    if counted is not None and counted.connection is not None:
        counted.connection.execute("DELETE FROM core_attemptcount")
    rate_limit_fallback.own.close()


def forget_counters() -> None:
    await_wakeups()
    redis_client.connection().breaker.close()
    redis_client.connection().flushdb()


@pytest.fixture(autouse=True)
def _settings_as_before() -> Iterator[None]:
    """No test leaves its settings to the next, as threads that change them would."""
    before = settings._wrapped
    yield
    assert settings._wrapped is before


@pytest.fixture(autouse=True)
def _nobodys_language() -> Iterator[None]:
    """No test speaks the language, or tells the time, of the one before."""
    yield
    translation.deactivate()
    timezone.deactivate()


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
    timeouts.use(timeouts.COMMAND)


@pytest.fixture(autouse=True)
def _patience(_no_limits: None) -> None:
    """No test meets the limits, or the open breaker, that another one left."""
    timeouts.use(timeouts.COMMAND)
    watch.breaker.close()


@pytest.fixture(autouse=True, scope="session")
def _watched_requests() -> Iterator[None]:
    """No request hashes a password outside of the pool that is made for it."""
    with watched_requests():
        yield


@pytest.fixture
def alice(db: None) -> PatientProfile:
    return make_alice()


@pytest.fixture
def carol(db: None) -> PatientProfile:
    return make_carol()


@pytest.fixture
def dr_bob(alice: PatientProfile) -> DoctorProfile:
    return make_dr_bob(alice)


@pytest.fixture
def dr_eve(alice: PatientProfile) -> DoctorProfile:
    return make_dr_eve(alice)


@pytest.fixture
def dr_dan(db: None) -> DoctorProfile:
    return make_dr_dan()


@pytest.fixture
def dr_fay(alice: PatientProfile) -> DoctorProfile:
    return make_dr_fay(alice)


@pytest.fixture
def dr_gil(alice: PatientProfile) -> DoctorProfile:
    return make_dr_gil(alice)


@pytest.fixture
def dr_hal(alice: PatientProfile) -> DoctorProfile:
    return make_dr_hal(alice)


@pytest.fixture
def dr_ira(alice: PatientProfile) -> DoctorProfile:
    return make_dr_ira(alice)


@pytest.fixture
def dr_jo(alice: PatientProfile) -> DoctorProfile:
    return make_dr_jo(alice)


@pytest.fixture
def sam(db: None) -> User:
    return make_sam()


@pytest.fixture
def nina(db: None) -> User:
    return make_nina()


@pytest.fixture
def bobs_grant(alice: PatientProfile, dr_bob: DoctorProfile) -> CareGrant:
    return CareGrant.objects.get(patient=alice, doctor=dr_bob)


@pytest.fixture
def alices_record(alice: PatientProfile) -> HealthRecord:
    return make_record(alice)


@pytest.fixture
def api(request: pytest.FixtureRequest) -> Api:
    """A client for a member of the cast, by name, or for "nobody"."""

    def client_of(who: str) -> APIClient:
        client = api_client()
        if who != "nobody":
            sign_in(client, user_of(request.getfixturevalue(who)))
        return client

    return client_of


def user_of(somebody: User | PatientProfile | DoctorProfile) -> User:
    return somebody if isinstance(somebody, User) else somebody.user


def sign_in(client: APIClient, user: User) -> None:
    """Use a real login session and a real token, without the cost of a password."""
    use_token(client, begin_session(user))


def begin_session(user: User) -> str:
    """Begin a session just now, with a second factor.

    Without what signing in asks before and tells afterwards, which costs more than most
    of the requests that follow: tests of that sign in by a request.

    :returns: its access token.
    """
    now = timezone.now()
    session = LoginSession.objects.create(
        user=user, last_used_at=now, proved_at=now, second_factor=True
    )
    return sign(TokenType.ACCESS, session, uuid7(), now, settings.ACCESS_TOKEN_LIFETIME)


def use_token(client: APIClient, token: str) -> None:
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")


@pytest.fixture
def deliver() -> Callable[[], None]:
    """Deliver every event that is due, and what follows, as a worker would."""

    def deliver_all() -> None:
        not_put_off = OutboxEvent.objects.exclude(last_error=outbox.PUT_OFF)
        waiting = not_put_off.filter(delivered_at=None).order_by("created_at")
        while due := list(waiting.values_list("pk", "queue")):
            mails = [[event_id] for event_id, queue in due if queue in OF_MAILS]
            others = [event_id for event_id, queue in due if queue not in OF_MAILS]
            for together in [others, *mails]:
                outbox.deliver(together, now=timezone.now())

    return deliver_all
