"""Travelling in time: all clocks stand at the moment, and go on as before."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from demo.clock import travelling
from phr.accounts.events import AddressToConfirm
from phr.accounts.models import User
from phr.core import wakeups
from phr.core.events import emit
from phr.core.ids import uuid7
from phr.core.rate_limits import Limit

A_SPRING_DAY = datetime(2024, 4, 9, 13, 30, tzinfo=UTC)
CLOCKS = (
    "SELECT now(), statement_timestamp(), transaction_timestamp(), clock_timestamp()"
)
ONCE = Limit("once", times=1, window=timedelta(hours=1))


def clocks() -> set[datetime]:
    with connection.cursor() as cursor:
        cursor.execute(CLOCKS)
        return {*cursor.fetchone(), timezone.now()}


@pytest.mark.django_db
def test_all_clocks_show_the_moment_and_then_the_present(sam: User) -> None:
    with travelling() as go_to:
        go_to(A_SPRING_DAY)
        shown = clocks()
        by_the_orm = User.objects.values_list(Now(), flat=True).get()
        go_to(A_SPRING_DAY + timedelta(days=1))
        next_day = clocks()

    assert shown == {A_SPRING_DAY, by_the_orm}
    assert next_day == {A_SPRING_DAY + timedelta(days=1)}
    assert {time.year for time in clocks()}.isdisjoint({2020, 2024})


@pytest.mark.django_db
def test_ids_are_of_the_moment_in_order_and_the_same_again() -> None:
    def some_ids() -> list[str]:
        with transaction.atomic(), travelling() as go_to:
            go_to(A_SPRING_DAY)
            return [str(uuid7()) for _ in range(300)]

    first = some_ids()

    assert first == sorted(first) == some_ids()
    assert len(set(first)) == 300
    assert str(uuid7()) > first[-1]


@pytest.mark.django_db
def test_what_is_done_then_uses_up_nothing_of_today() -> None:
    with travelling():
        for _ in range(3):
            ONCE.take("somebody")

    ONCE.take("somebody")


@pytest.mark.django_db
def test_no_worker_is_woken_for_what_was_done_then(
    sam: User, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[object] = []
    monkeypatch.setattr(wakeups.sender, "take", woken.append)

    with django_capture_on_commit_callbacks(execute=True):
        with travelling():
            emit(AddressToConfirm(user_id=sam.pk))
        assert woken == []
        emit(AddressToConfirm(user_id=sam.pk))

    assert len(woken) == 1
