"""Refused attempts: the first are lines, the others a count once an hour is over."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from phr.audit import denied_attempts
from phr.audit.models import AccessEntry, CountedRefusal, Outcome
from phr.audit.seals import seal_ledger
from phr.audit.tasks import seal_ledger as every_minute
from phr.core.ids import uuid7
from tests.at_once import all_at_once
from tests.audit.ledgers import found
from tests.factories import HealthRecordFactory

RECORDS, LOG, LOGIN = "/api/health-records/", "/api/access-log/", "/api/auth/login/"
OPENED = "health_records.record_opened"


def later():
    return timezone.now() + timedelta(minutes=61)


def attempts_in(entries):
    """How many attempts some lines speak of."""
    return sum(1 if line.since is None else line.count for line in entries)


def refused_lines(**wanted):
    return AccessEntry.objects.filter(outcome=Outcome.REFUSED, **wanted)


def guess(name="alice", address="203.0.113.7"):
    body = {"username": name, "password": "wrong"}
    return APIClient().post(LOGIN, body, REMOTE_ADDR=address)


def test_of_many_attempts_the_patient_reads_the_first_and_then_a_count(
    api, alice, dr_dan, alices_record
):
    client = api("dr_dan")
    for _ in range(50):
        assert client.get(f"{RECORDS}{alices_record.pk}/").status_code == 404
    (first,) = api("alice").get(LOG).json()["results"]
    assert first["object_ids"] == [str(alices_record.pk)]
    assert first["since"] is None

    assert denied_attempts.enter_counts(now=later()) == 1

    counted, same = api("alice").get(LOG).json()["results"]
    assert same == first
    assert (counted["count"], counted["outcome"]) == (49, "REFUSED")
    assert counted["actor"] == first["actor"]
    assert counted["object_ids"] == []
    assert first["at"] <= counted["since"] <= counted["at"]


def test_a_count_is_in_the_file_and_in_the_list(api, alice, dr_dan, alices_record):
    for _ in range(3):
        api("dr_dan").get(f"{RECORDS}{alices_record.pk}/")
    denied_attempts.enter_counts(now=later())

    file = api("alice").get(f"{LOG}csv/")
    table = b"".join(file.streaming_content).decode().splitlines()

    (counted, *_) = api("alice").get(f"{LOG}?outcome=REFUSED").json()["results"]
    assert table[0].endswith(",outcome,since")
    assert table[2].endswith(f",REFUSED,{counted['since']}")


def test_whoever_varies_what_they_try_fills_no_ledger_either(api, alice, dr_dan):
    records = HealthRecordFactory.create_batch(30, patient=alice)
    for record in records:
        api("dr_dan").get(f"{RECORDS}{record.pk}/")
        api("dr_dan").get(f"{RECORDS}{uuid7()}/")

    most = denied_attempts.LINES_OF_THEIR_OWN
    assert refused_lines(actor_id=dr_dan.user_id).count() == most

    denied_attempts.enter_counts(now=later())

    assert refused_lines(patient_id=alice.pk).count() == most // 2 + 1
    assert attempts_in(refused_lines(patient_id=alice.pk)) == 30
    assert attempts_in(refused_lines(patient_id=None)) == 30


def test_what_gets_a_line_does_not_tell_what_there_is(
    api, alice, carol, dr_dan, dr_eve
):
    ids = [HealthRecordFactory(patient=whose).pk for whose in [alice, alice, carol]]
    nothing = [uuid7() for _ in ids]

    def lines_after(client, attempts):
        for record_id in attempts:
            client.get(f"{RECORDS}{record_id}/")
            yield len(client.get(LOG).json()["results"])

    of_some = list(lines_after(api("dr_dan"), ids * 5))
    of_none = list(lines_after(api("dr_eve"), nothing * 5))
    assert of_some == of_none == [1, 2, *[3] * 13]


def test_a_doctor_is_told_no_count_as_it_is_one_for_each_patient(
    api, alice, dr_dan, alices_record
):
    for _ in range(5):
        api("dr_dan").get(f"{RECORDS}{alices_record.pk}/")
    denied_attempts.enter_counts(now=later())

    (line,) = api("dr_dan").get(LOG).json()["results"]

    assert (line["since"], line["patient"]) == (None, None)


def test_another_hour_begins_with_a_line_again(api, alice, dr_dan, alices_record):
    for _ in range(2):
        for _ in range(3):
            api("dr_dan").get(f"{RECORDS}{alices_record.pk}/")
        denied_attempts.enter_counts(now=later())

    assert [line.count for line in refused_lines().order_by("position")] == [1, 2, 1, 2]


def test_before_the_hour_is_over_no_count_is_entered(api, alice, dr_dan, alices_record):
    for _ in range(3):
        api("dr_dan").get(f"{RECORDS}{alices_record.pk}/")

    every_minute()

    assert attempts_in(refused_lines()) == 1
    CountedRefusal.objects.update(began=timezone.now() - timedelta(hours=2))
    every_minute()
    assert attempts_in(refused_lines()) == 3


def test_failed_sign_ins_coalesce_whoever_makes_them(alice, settings):
    for number in range(9):
        assert guess(address=f"203.0.113.{number % 2}").status_code == 401
    assert refused_lines(patient_id=alice.pk).count() == 2

    denied_attempts.enter_counts(now=later())

    *_, counted = refused_lines(patient_id=alice.pk).order_by("position")
    assert attempts_in(refused_lines(patient_id=alice.pk)) == 9
    assert (counted.count, counted.object_ids) == (7, [alice.user_id])
    assert (counted.actor_id, counted.address) == (None, None)


def test_failed_sign_ins_of_names_of_nobody_are_ten_lines_and_a_count(db):
    for number in range(25):
        guess(f"nobody-{number}", address=f"198.51.100.{number}")
    assert refused_lines().count() == denied_attempts.LINES_OF_THEIR_OWN

    denied_attempts.enter_counts(now=later())

    assert refused_lines().count() == denied_attempts.LINES_OF_THEIR_OWN + 1
    assert attempts_in(refused_lines()) == 25


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_each_is_counted_and_one_is_a_line(
    api, alice, dr_dan, alices_record
):
    clients = [api("dr_dan") for _ in range(12)]

    all_at_once(
        [partial(client.get, f"{RECORDS}{alices_record.pk}/") for client in clients]
    )

    assert refused_lines().count() == 1
    denied_attempts.enter_counts(now=later())
    assert attempts_in(refused_lines()) == 12


@pytest.mark.django_db(transaction=True)
def test_counts_that_are_entered_while_others_try_are_neither_lost_nor_doubled(
    api, alice, dr_dan, alices_record
):
    clients = [api("dr_dan") for _ in range(10)]
    tries = [partial(client.get, f"{RECORDS}{alices_record.pk}/") for client in clients]
    enter = partial(denied_attempts.enter_counts, now=later())

    all_at_once([*tries[:5], enter, enter, *tries[5:], enter])

    denied_attempts.enter_counts(now=later())
    assert attempts_in(refused_lines()) == 10
    assert not CountedRefusal.objects.exists()


def test_an_entering_that_breaks_is_made_up_for_once(
    api, alice, dr_dan, alices_record, monkeypatch
):
    for _ in range(4):
        api("dr_dan").get(f"{RECORDS}{alices_record.pk}/")

    def die(*_args, **_more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(CountedRefusal.objects.none().__class__, "delete", die)
        with pytest.raises(KeyboardInterrupt):
            denied_attempts.enter_counts(now=later())

    assert attempts_in(refused_lines()) == 1
    denied_attempts.enter_counts(now=later())
    assert attempts_in(refused_lines()) == 4


def test_counts_are_sealed_and_who_has_left_is_not_named(
    api, alice, dr_dan, alices_record
):
    for _ in range(3):
        api("dr_dan").get(f"{RECORDS}{alices_record.pk}/")
    dr_dan.user.is_active = False
    dr_dan.user.save()

    denied_attempts.enter_counts(now=later())

    counted = refused_lines().exclude(since=None).get()
    assert (counted.actor_id, counted.actor_name) == (dr_dan.user_id, "")
    assert seal_ledger(at=timezone.now(), patience=timedelta(0)) == 2
    assert found() is None
