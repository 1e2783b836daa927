"""Many cases in one test, each as if it had a test of its own.

To pytest a test costs what a request or two cost, and some tables have thousands of
cells.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from typing import Any, TypeVar

from django.db import connection

from tests.conftest import forget_counters

LONGEST_NOTE = 300  # characters; some cases are pages
Case = TypeVar("Case")
Apart = Callable[[], AbstractContextManager[None]]


@contextmanager
def undone() -> Iterator[None]:
    """What is done within leaves nothing in the database, and meets no counters.

    In a test that has a transaction. That what its rows name is there is checked at
    once, as it is at the end of a test.
    """
    forget_counters()
    before = connection.savepoint()
    assert before  # in a transaction there is one
    try:
        yield
        connection.check_constraints()
    finally:
        connection.savepoint_rollback(before)


def try_each(
    cases: Iterable[Case], attempt: Callable[[Case], object], apart: Apart = nullcontext
) -> None:
    """Try the same with each case.

    :param apart: what each case is tried within, as `undone`.
    :raises ExceptionGroup: of all that failed, each with a note that names its case.
    """
    failed: list[Exception] = []
    for case in cases:
        try:
            with apart():
                attempt(case)
        except Exception as reason:  # noqa: BLE001 - raised below, with the others
            names = case if isinstance(case, tuple) else (case,)
            reason.add_note(f"Case: {', '.join(map(str, names))}"[:LONGEST_NOTE])
            failed.append(reason)
    if failed:
        raise ExceptionGroup("Some cases failed", failed)


def for_each(names: str, cases: Iterable[Any], apart: Apart = nullcontext) -> Any:
    """Give a test each case in turn, where `parametrize` would make a test of each.

    All have the same fixtures, which none of them may change but in the database.

    :param names: of one argument, or of several, with commas between them.
    :param apart: see `try_each`; `undone` if the test writes.
    """
    arguments = names.split(", ")
    found = list(cases)
    assert found

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def tries_each(**fixtures: Any) -> None:
            def attempt(case: Any) -> None:
                values = (case,) if len(arguments) == 1 else case
                test(**dict(zip(arguments, values, strict=True)), **fixtures)

            try_each(found, attempt, apart)

        asks_for = inspect.signature(test)
        kept = [p for name, p in asks_for.parameters.items() if name not in arguments]
        vars(tries_each)["__signature__"] = asks_for.replace(parameters=kept)
        return tries_each

    return decorate
