"""Sign-ins that succeed do not pile up without end, and end no sooner for it."""

from datetime import timedelta
from functools import partial

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from config.celery_settings import beat_schedule
from phr.accounts import sessions, tasks
from phr.accounts.models import LoginSession
from phr.care.models import PatientProfile
from phr.identity.sign_in import SESSIONS_A_DAY, start_session
from tests.at_once import all_at_once
from tests.identity.account_steps import browser_of, events_of, log_in
from tests.identity.steps import client_with, is_in
from tests.problem_answers import problem_of
from tests.rows import nothing_written

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=90, minutes=1)
ALMOST = timedelta(days=90) - timedelta(minutes=1)


def signed_in(patient: PatientProfile, times: int = 1) -> None:
    LoginSession.objects.bulk_create(
        LoginSession(user=patient.user, last_used_at=timezone.now())
        for _ in range(times)
    )


def signed_in_once(patient, ago, **values):
    session = LoginSession.objects.create(
        user=patient.user, last_used_at=timezone.now() - ago, **values
    )
    LoginSession.objects.filter(pk=session.pk).update(created_at=timezone.now() - ago)
    return session


def live(patient: PatientProfile) -> int:
    return LoginSession.objects.of(patient.user).filter(revoked_at=None).count()


def test_of_more_than_a_hundred_sessions_those_unused_for_longest_end(alice, carol):
    old, used = (start_session(user=alice.user, at=timezone.now()) for _ in range(2))
    hers = start_session(user=carol.user, at=timezone.now())
    signed_in(alice, 98)
    LoginSession.objects.filter(pk=pk_of(used)).update(last_used_at=timezone.now())

    answer = log_in("alice")

    assert answer.status_code == 200
    assert live(alice) == 100
    assert not is_in(client_with(old.access))
    for going_on in (used.access, answer.json()["tokens"]["access"], hers.access):
        assert is_in(client_with(going_on))
    assert not events_of("accounts.all_sessions_ended")


def pk_of(tokens):
    from phr.accounts.tokens import TokenType, read_token

    return read_token(tokens.access, TokenType.ACCESS).session_id


@pytest.mark.django_db(transaction=True)
def test_many_who_sign_in_at_once_leave_a_hundred_sessions(alice):
    signed_in(alice, 97)

    answers = all_at_once([partial(log_in, "alice")] * 8)

    assert {answer.status_code for answer in answers} == {200}
    assert live(alice) == 100


def test_a_thousand_sessions_a_day_are_enough(alice, carol):
    for _ in range(999):
        SESSIONS_A_DAY.take(str(alice.user.pk))
    assert log_in("alice").status_code == 200

    with nothing_written():
        problem_of(log_in("alice"), 429, "too_many_requests")
    assert log_in("carol").status_code == 200


def test_sign_ins_of_long_ago_are_purged_and_what_counts_stays(alice, carol):
    for gone in ({}, {"revoked_at": timezone.now()}):
        signed_in_once(alice, LONG_AGO, **gone)
    kept = [
        signed_in_once(alice, ALMOST, revoked_at=timezone.now()),
        signed_in_once(alice, timedelta()),
        signed_in_once(carol, LONG_AGO),  # her only one: a new place is told of
    ]
    in_use = signed_in_once(alice, LONG_AGO)
    LoginSession.objects.filter(pk=in_use.pk).update(last_used_at=timezone.now())

    tasks.purge_ended_sessions()

    assert set(LoginSession.objects.all()) == {*kept, in_use}


def test_browser_sessions_that_ran_out_are_purged(sam):
    browser_of(sam)
    old = browser_of(sam).session.session_key
    Session.objects.filter(pk=old).update(expire_date=timezone.now())
    UserSession.objects.filter(session_key=old).update(
        last_seen_at=timezone.now() - LONG_AGO
    )

    tasks.purge_ended_sessions()

    assert not Session.objects.filter(pk=old).exists()
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)


def test_purging_goes_in_batches_and_a_run_has_an_end(monkeypatch, alice):
    monkeypatch.setattr(tasks, "ROWS_PER_BATCH", 2)
    monkeypatch.setattr(tasks, "MOST_BATCHES_PER_RUN", 2)
    for _ in range(6):
        signed_in_once(alice, LONG_AGO)

    left = []
    for _ in range(2):
        tasks.purge_ended_sessions()
        left.append(LoginSession.objects.count())

    assert left == [2, 1]


@pytest.mark.django_db(transaction=True)
def test_purges_at_once_wait_for_nobody(alice):
    held = signed_in_once(alice, LONG_AGO)
    for _ in range(4):
        signed_in_once(alice, LONG_AGO)
    newest = signed_in_once(alice, timedelta())
    purge = partial(sessions.purge_ended, at=timezone.now(), at_most=10)

    with transaction.atomic():
        LoginSession.objects.select_for_update().get(pk=held.pk)
        all_at_once([purge] * 3)

    assert set(LoginSession.objects.all()) == {held, newest}


def test_beat_purges_sign_ins_every_hour():
    entry = beat_schedule["purge-ended-sessions"]

    assert entry["task"] == tasks.purge_ended_sessions.name
    assert entry["schedule"] == 3600
