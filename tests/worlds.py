"""A world that is made once for a module, and that each test finds as it was made."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction


@contextmanager
def kept_for_a_module(blocker: Any) -> Iterator[None]:
    """What is made within is there for all tests of the module, and gone after them.

    It is made in a transaction that is rolled back in the end; each test has a
    savepoint in it. So no test of the module may have transactions of its own. Tests
    must not share instances of models, whose caches and changes nobody rolls back: keep
    the ids, and let each test read its own.

    :param blocker: the fixture `django_db_blocker`.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def member(name: str, world: str) -> Any:
    """A fixture for one of a world's people or things, read anew for each test.

    In tests without that world it is what the fixture of this name is elsewhere.

    :param world: the fixture that gives what is there, by name.
    """

    @pytest.fixture(name=name)
    def somebody(request: pytest.FixtureRequest) -> Any:
        if world not in request.fixturenames:
            return request.getfixturevalue(name)
        made = request.getfixturevalue(world)[name]
        return type(made)._default_manager.get(pk=made.pk)

    return somebody
