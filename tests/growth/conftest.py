"""One filled database for all tests of a module, gone after them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from tests.conftest import sign_in
from tests.growth.world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made in a transaction that is rolled back; each test has a savepoint in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def client(world: World, db: None, who: str) -> APIClient:
    """Signed in as the one whom the test names by a fixture of its own."""
    client = APIClient()
    sign_in(client, world.user(who))
    return client
