"""Assigning and ending at the same moment."""

from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from phr.care.choices import GrantStatus
from phr.care.grants import end_grant
from phr.care.models import CareGrant
from phr.care.services import assign_doctor
from phr.core.models import OutboxEvent
from tests.at_once import all_at_once
from tests.care.conftest import URL, grant_between
from tests.factories import CareGrantFactory
from tests.waiting import started_and_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_doctors_who_take_a_patient_at_once_one_succeeds(api, carol, dr_dan, dr_eve):
    clients = [api(who) for who in ("dr_dan", "dr_eve") for _ in range(3)]
    body = {"patient_id": str(carol.pk)}

    answers = all_at_once(
        [partial(client.post, URL, body, format="json") for client in clients]
    )

    statuses = sorted(answer.status_code for answer in answers)
    primary = CareGrant.objects.filter(patient=carol, is_primary=True)
    assert statuses == [200, 409, 409, 409, 409, 409]
    assert [grant.status for grant in primary] == [GrantStatus.ACTIVE]
    assert OutboxEvent.objects.filter(kind="care.doctor_assigned").count() == 1


def test_of_requests_that_ask_at_once_one_is_kept(api, settings, carol, dr_eve):
    settings.CARE_CONSENT_REQUIRED = True
    clients = [api("dr_eve") for _ in range(4)]
    body = {"patient_id": str(carol.pk)}

    answers = all_at_once(
        [partial(client.post, URL, body, format="json") for client in clients]
    )

    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    assert CareGrant.objects.filter(patient=carol).count() == 1


def test_staff_who_assign_two_doctors_at_once_leave_one_primary(
    api, alice, dr_bob, dr_eve, dr_hal
):
    clients = [(api("sam"), doctor) for doctor in (dr_eve, dr_hal)]

    answers = all_at_once(
        [
            partial(
                client.post,
                URL,
                {"patient_id": str(alice.pk), "doctor_id": str(doctor.pk)},
            )
            for client, doctor in clients
        ]
    )

    active = CareGrant.objects.filter(patient=alice, status=GrantStatus.ACTIVE)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert active.filter(is_primary=True).count() == 1
    assert active.count() == 3


@pytest.mark.parametrize("who", ["sam", "dr_eve", "alice"])
def test_a_grant_that_is_being_ended_does_not_come_back(
    request, api, alice, dr_bob, who
):
    """While it is ended, staff make its doctor the primary one."""
    doctor = request.getfixturevalue("dr_eve")
    grant = CareGrantFactory(patient=alice, doctor=doctor)
    somebody = request.getfixturevalue(who)
    user = getattr(somebody, "user", somebody)
    client = api("sam")
    body = {"patient_id": str(alice.pk), "doctor_id": str(doctor.pk)}

    with transaction.atomic():
        end_grant(actor=user, grant_id=grant.pk, at=timezone.now())
        call = started_and_waiting(lambda: client.post(URL, body))
    answer = call.result(timeout=30)

    grant.refresh_from_db()
    assert grant.status == GrantStatus.ENDED
    assert answer.status_code == 200
    assert grant_between(alice, doctor).pk != grant.pk


def test_ending_and_assigning_at_once_do_not_block_each_other(
    api, sam, alice, dr_bob, dr_eve
):
    for _ in range(5):
        now = timezone.now()
        grant = CareGrant.objects.get(
            patient=alice, status=GrantStatus.ACTIVE, is_primary=True
        )
        other = dr_eve if grant.doctor_id == dr_bob.pk else dr_bob
        all_at_once(
            [
                partial(end_grant, actor=alice.user, grant_id=grant.pk, at=now),
                partial(
                    assign_doctor,
                    actor=sam,
                    patient_id=alice.pk,
                    doctor_id=other.pk,
                    at=now,
                ),
            ]
        )
        grant.refresh_from_db()
        assert grant.status == GrantStatus.ENDED
        assert grant_between(alice, other).is_primary
