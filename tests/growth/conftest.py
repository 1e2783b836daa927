"""One filled database for all tests of a module, gone after them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.growth.world import World, make_world
from tests.worlds import kept_for_a_module


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with kept_for_a_module(django_db_blocker, make_world) as world:
        yield world
