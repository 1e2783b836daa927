"""Who gets no emergency access, and when there is none to get."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from phr.audit import denied_attempts
from phr.audit.models import AccessEntry
from phr.care.emergency_access import NamedPatient, open_emergency_access
from phr.care.models import DoctorProfile, EmergencyAccess
from phr.core.errors import NotAllowed
from tests.at_once import all_at_once
from tests.care.emergencies import BORN, REASON, by_id, by_name, refused
from tests.problem_answers import problem_of
from tests.rows import nothing_written


@pytest.fixture(autouse=True)
def _switched_on(settings):
    settings.EMERGENCY_ACCESS = True


@pytest.fixture
def alice(alice):
    alice.user.date_of_birth = BORN
    alice.user.save()
    return alice


def test_it_is_off_unless_it_is_switched_on(api, alice, dr_eve, settings):
    settings.EMERGENCY_ACCESS = False

    refused(api("dr_eve"), alice, 403, "emergency_access_off")

    line = AccessEntry.objects.get(action="care.emergency_access")
    assert (line.outcome, line.actor_id) == ("REFUSED", dr_eve.user_id)
    assert (line.patient_id, line.object_ids) == (None, [])


@pytest.mark.parametrize("who", ["dr_eve", "dr_dan"])
def test_who_may_not_at_all_leaves_nothing_with_the_patient(
    api, request, alice, who, settings
):
    request.getfixturevalue(who)
    settings.EMERGENCY_ACCESS = who != "dr_eve"
    client = api(who)
    for n in range(15):
        assert by_id(client, alice).status_code == 403
        assert by_name(client, "alice").status_code == 403
        assert by_name(client, f"nobody{n}").status_code == 403

    assert AccessEntry.objects.filter(action="care.emergency_access").count() == 1
    denied_attempts.enter_counts(now=timezone.now() + timedelta(minutes=61))

    lines = AccessEntry.objects.filter(action="care.emergency_access")
    assert [line.count for line in lines.order_by("position")] == [0, 44]
    assert {line.patient_id for line in lines} == {None}


def test_who_may_and_guesses_leaves_one_line_for_each_name_and_a_count(
    api, alice, dr_eve
):
    client = api("dr_eve")
    for day in range(1, 6):
        wrong = BORN.replace(day=day)
        assert by_name(client, "alice", wrong).status_code == 404
        assert by_name(client, "nobody", wrong).status_code == 404
    lines = AccessEntry.objects.filter(action="care.emergency_access")
    assert sorted(line.patient_id == alice.pk for line in lines) == [False, True]

    denied_attempts.enter_counts(now=timezone.now() + timedelta(minutes=61))

    of_alice = lines.filter(patient_id=alice.pk).order_by("position")
    assert [line.count for line in of_alice] == [0, 4]


def test_an_unverified_doctor_is_refused_whoever_is_named(api, alice, dr_dan):
    client = api("dr_dan")

    refused(client, alice, 403, "not_verified")
    refused(client, dr_dan, 403, "not_verified")


def test_a_doctor_whose_verification_has_run_out_is_refused(api, alice, dr_eve):
    DoctorProfile.objects.filter(pk=dr_eve.pk).update(verified_until=timezone.now())

    refused(api("dr_eve"), alice, 403, "not_verified")


@pytest.mark.parametrize("who", ["alice", "carol", "sam"])
def test_nobody_but_doctors_has_it(api, request, alice, who):
    request.getfixturevalue(who)

    refused(api(who), alice, 403, "not_allowed")


def test_the_service_gives_it_to_doctors_only(alice, sam):
    with nothing_written(), pytest.raises(NotAllowed):
        open_emergency_access(
            actor=sam,
            named=NamedPatient(patient_id=alice.pk),
            at=timezone.now(),
            **REASON,
        )


def test_twice_is_a_conflict(api, alice, dr_eve):
    client = api("dr_eve")
    by_id(client, alice)

    assert refused(client, alice, 409, "emergency_access_open") == "ACTIVE"


def test_who_sees_everything_needs_none(api, alice, dr_bob):
    assert refused(api("dr_bob"), alice, 409, "already_in_care") == "ACTIVE"


def test_the_eleventh_attempt_in_an_hour_waits_misses_count(api, alice, dr_eve):
    client = api("dr_eve")
    for n in range(10):
        assert by_name(client, f"nobody{n}").status_code == 404

    with nothing_written():
        response = by_id(client, alice)

    problem_of(response, 429, "too_many_requests")
    assert int(response.headers["Retry-After"]) > 3500


@pytest.mark.django_db(transaction=True)
def test_of_two_attempts_at_once_one_gets_in(api, alice, dr_eve):
    clients = [api("dr_eve"), api("dr_eve")]

    answers = all_at_once([partial(by_id, client, alice) for client in clients])

    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert EmergencyAccess.objects.count() == 1
