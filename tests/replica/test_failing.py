"""A replica that is away, hangs, or is another server: the primary answers in time."""

import time
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings as django_settings
from django.db import connections, transaction
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.core import stale_reads
from phr.core.postgres import timeouts
from phr.core.postgres.replica.standing import ALIAS, standing
from phr.core.stale_reads import read_stale
from tests.at_once import all_at_once
from tests.factories import DoctorFactory, PatientFactory
from tests.replica.conftest import answered_by, await_replica
from tests.replica.servers import Pair
from tests.replica.test_directory import DIRECTORY, listed
from tests.waiting import wait_until

ClientOf = Callable[[User], APIClient]
SOON = 8  # seconds; an idle machine needs two

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(autouse=True)
def _patience(pair: Pair) -> Iterator[None]:
    """This process waits as a web server's does."""
    timeouts.use(timeouts.WEB)
    connections.close_all()
    yield
    timeouts.use(timeouts.COMMAND)


@pytest.fixture
def reader(pair: Pair, client_of: ClientOf) -> APIClient:
    """Somebody whose directory comes from the replica."""
    client = client_of(PatientFactory().user)
    pair.catch_up()
    await_replica()
    before = answered_by("replica")
    listed(client)
    assert answered_by("replica") == before + 1
    return client


def test_a_replica_that_has_ended_is_missed_by_nobody_and_comes_back(
    pair: Pair, reader: APIClient
) -> None:
    with pair.ended():
        newcomer = str(DoctorFactory().pk)
        assert newcomer in listed(reader)
        before = answered_by("replica")
        assert newcomer in listed(reader)
        assert answered_by("replica") == before

    wait_until(lambda: listed(reader) and answered_by("replica") > before)


def test_a_frozen_replica_holds_few_up_and_these_not_for_long(
    pair: Pair, reader: APIClient, client_of: ClientOf
) -> None:
    clients = [client_of(PatientFactory().user) for _ in range(6)]

    def ask(client: APIClient) -> tuple[int, float]:
        began = time.monotonic()
        return client.get(DIRECTORY).status_code, time.monotonic() - began

    calls = [lambda client=client: ask(client) for client in clients]
    with pair.frozen():
        answers = all_at_once(calls)
        before = answered_by("replica")
        later = all_at_once(calls)
        assert answered_by("replica") == before

    assert [status for status, _ in answers + later] == [200] * 2 * len(clients)
    assert max(seconds for _, seconds in answers + later) < SOON
    wait_until(lambda: listed(reader) and answered_by("replica") > before)


def test_a_server_that_is_no_replica_is_not_read(
    pair: Pair, reader: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a switch, when what was the replica leads."""
    connections.close_all()
    primary = django_settings.DATABASES["default"]["HOST"]
    monkeypatch.setitem(django_settings.DATABASES[ALIAS], "HOST", primary)
    standing.begin_anew()
    wait_until(lambda: standing.may_be_asked() or standing.places)
    before = answered_by("replica")

    listed(reader)

    assert not standing.may_be_asked()
    assert answered_by("replica") == before


def test_nothing_is_written_by_way_of_the_replica(pair: Pair) -> None:
    doctor = DoctorFactory()
    pair.catch_up()
    await_replica()

    def write(database: str) -> str:
        type(doctor).objects.using(database).update(years_of_experience=1)
        return database

    assert read_stale(write, asker=doctor.user_id) == stale_reads.PRIMARY


def test_within_a_transaction_the_primary_is_read(pair: Pair) -> None:
    patient = PatientFactory()
    pair.catch_up()
    await_replica()
    assert read_stale(str, asker=patient.user_id) == ALIAS

    with transaction.atomic():
        assert read_stale(str, asker=patient.user_id) == stale_reads.PRIMARY
