"""People on a primary that has a replica."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from phr.accounts.models import User
from phr.core.postgres.replica.standing import standing
from tests.conftest import sign_in
from tests.metrics.reading import value
from tests.replica.servers import Pair, forget_replica, running_pair
from tests.waiting import wait_until


@pytest.fixture(scope="session")
def servers(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Pair]:
    with django_db_blocker.unblock(), running_pair() as pair:
        yield pair


@pytest.fixture
def pair(
    transactional_db: None, servers: Pair, django_db_blocker: DjangoDbBlocker
) -> Iterator[Pair]:
    """This process is on both servers, and the replica has all that the primary has.

    The test database is asked for, else there is none whose tables could be copied.
    """
    with django_db_blocker.unblock(), servers.used_by_django():
        servers.catch_up()
        yield servers
        forget_replica()
        servers.delay("0")


@pytest.fixture
def client_of(pair: Pair) -> Callable[[User], APIClient]:
    def signed_in(user: User) -> APIClient:
        client = APIClient()
        sign_in(client, user)
        return client

    return signed_in


def await_replica() -> None:
    """Wait until this process reads from the replica."""
    wait_until(standing.may_be_asked, lambda: vars(standing))


def answered_by(who: str) -> float:
    return value("phr_stale_reads_total", answered_by=who)
