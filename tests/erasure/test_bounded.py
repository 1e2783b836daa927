"""What erasing costs depends on what one person has, and each step on its batch."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from phr.accounts.models import LoginSession
from phr.care.models import CareGrant, DoctorProfile, PatientProfile
from phr.erasure import deactivation, deletion, runner
from phr.erasure.models import Erasure
from phr.health_records.models import HealthRecord
from tests.erasure.conftest import asked
from tests.erasure.crowds import CROWDS, add_crowds, plan_of
from tests.factories import CareGrantFactory, HealthRecordFactory, NotificationFactory

UNINDEXED = """
SELECT pointing.conrelid::regclass::text, named.attname
FROM pg_constraint AS pointing
JOIN pg_attribute AS named
  ON named.attrelid = pointing.conrelid AND named.attnum = pointing.conkey[1]
WHERE pointing.contype = 'f' AND NOT EXISTS (
  SELECT FROM pg_index
  WHERE indrelid = pointing.conrelid AND indkey[0] = pointing.conkey[1] AND (
    indpred IS NULL OR
    pg_get_expr(indpred, indrelid) = format('(%I IS NOT NULL)', named.attname)
  )
)
"""
PLANNED = re.compile(r"SELECT|UPDATE|DELETE")
WALK = re.compile(
    rf"(Seq Scan|Index Scan.*|Index Only Scan.*) on ({'|'.join(CROWDS)})\b"
)

pytestmark = pytest.mark.timeout(120)


def test_every_foreign_key_has_an_index(db: None) -> None:
    """Else the removal of one row looks through every row that could point to it."""
    with connection.cursor() as cursor:
        cursor.execute(UNINDEXED)
        assert cursor.fetchall() == []


def statements_of(erasure: Erasure) -> list[str]:
    """What all steps of an erasure ask of the database."""
    with CaptureQueriesContext(connection) as queries:
        steps = runner.run_erasure(
            erasure_id=erasure.pk, at=timezone.now(), at_most=100
        )
    assert steps < 100
    erasure.refresh_from_db()
    assert erasure.erased_at is not None
    # Triggers are told what to ignore, or who acts, in front of a statement.
    alone = [re.sub(r"\ASELECT set_config\(.*?\); ", "", q["sql"]) for q in queries]
    return [statement for statement in alone if PLANNED.match(statement)]


def test_no_step_looks_through_the_rows_of_everybody(
    everything: PatientProfile, carol: PatientProfile
) -> None:
    add_crowds(carol)

    statements = statements_of(asked(everything))

    assert len(statements) > 30
    for statement in statements:
        assert not walks_in(plan_of(statement)), statement


def walks_in(plan: str) -> list[str]:
    """Scans of a crowd without a condition by which its index finds a few rows."""
    lines = plan.splitlines()
    return [
        line
        for line, below in zip(lines, [*lines[1:], ""], strict=True)
        if WALK.search(line) and "Index Cond" not in below
    ]


def test_a_step_takes_no_more_than_its_batch(
    zinnia: PatientProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "RECORDS_AT_ONCE", 3)
    monkeypatch.setattr(deletion, "ROWS_AT_ONCE", 4)
    HealthRecordFactory.create_batch(7, patient=zinnia)
    NotificationFactory.create_batch(9, recipient=zinnia.user)
    NotificationFactory.create_batch(5, about_patient=zinnia)
    CareGrantFactory.create_batch(6, patient=zinnia)
    for _ in range(10):
        LoginSession.objects.create(user=zinnia.user, last_used_at=timezone.now())
    left = [lambda: HealthRecord.objects.filter(patient=zinnia).count()]
    left += [zinnia.user.notifications.count]
    left += [lambda: LoginSession.objects.of(zinnia.user).count()]
    left += [lambda: CareGrant.objects.filter(patient=zinnia).count()]
    erasure = asked(zinnia)

    assert most_at_once(erasure, left) == [3, 4, 4, 4]
    assert Erasure.objects.get().counts["sessions"] == 10


def most_at_once(erasure: Erasure, left: list[Callable[[], int]]) -> list[int]:
    """The most that any step took of each of these."""
    most, before = [0] * len(left), [count() for count in left]
    while runner.take_step(erasure_id=erasure.pk, at=timezone.now()):
        after = [count() for count in left]
        most = [
            max(one, was - now)
            for one, was, now in zip(most, before, after, strict=True)
        ]
        before = after
    return most


@pytest.mark.parametrize("grants", [5, 25])
def test_ending_a_doctors_grants_costs_the_same_for_each_batch(
    dr_dan: DoctorProfile, monkeypatch: pytest.MonkeyPatch, grants: int
) -> None:
    monkeypatch.setattr(deactivation, "GRANTS_AT_ONCE", 5)
    CareGrantFactory.create_batch(grants, doctor=dr_dan)

    with CaptureQueriesContext(connection) as queries:
        deactivation.end_grants(dr_dan.user, timezone.now())

    assert len(queries) <= 2 + 5 * 6
    assert CareGrant.objects.filter(doctor=dr_dan, ended_at=None).count() == grants - 5


def test_looking_for_what_came_too_late_reads_no_mail_of_others(
    everything: PatientProfile, carol: PatientProfile
) -> None:
    add_crowds(carol)

    with CaptureQueriesContext(connection) as queries:
        runner.clean_up_after(at=timezone.now() + timedelta(days=1))

    for query in queries:
        if "accounts_mail" in query["sql"]:
            assert "Seq Scan on accounts_mail" not in plan_of(query["sql"])
