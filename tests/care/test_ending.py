"""Ending a grant: by whom, and with effect from the next request."""

import pytest
from django.utils import timezone

from phr.care import grants
from phr.care.choices import GrantStatus
from phr.care.models import CareGrant
from phr.core.errors import NotFound
from phr.core.ids import uuid7
from phr.core.models import OutboxEvent
from tests.care.conftest import grant_between
from tests.conftest import user_of
from tests.factories import CareGrantFactory, DoctorCommentFactory, UserFactory
from tests.rows import nothing_written

RECORDS = "/api/health-records/"


def end(user, grant, **values):
    return grants.end_grant(actor=user, grant_id=grant.pk, at=timezone.now(), **values)


@pytest.mark.parametrize("who", ["alice", "dr_bob", "sam"])
def test_either_side_and_staff_may_end_a_grant(request, bobs_grant, who):
    user = user_of(request.getfixturevalue(who))

    ended = end(user, bobs_grant, reason="Moved away")

    bobs_grant.refresh_from_db()
    assert bobs_grant == ended
    assert bobs_grant.status == GrantStatus.ENDED
    assert (bobs_grant.ended_by, bobs_grant.end_reason) == (user, "Moved away")
    assert bobs_grant.ended_at is not None
    event = OutboxEvent.objects.get(kind="care.grant_ended")
    assert event.payload == {"grant_id": str(bobs_grant.pk)}


@pytest.mark.parametrize("who", ["carol", "dr_dan", "dr_fay", "dr_eve"])
def test_nobody_else_may_end_it(request, bobs_grant, who):
    user = user_of(request.getfixturevalue(who))

    with nothing_written(), pytest.raises(NotFound):
        end(user, bobs_grant)


def test_a_grant_that_does_not_exist_cannot_be_ended(alice):
    with nothing_written(), pytest.raises(NotFound):
        grants.end_grant(actor=alice.user, grant_id=uuid7(), at=timezone.now())


def test_a_pending_grant_may_be_ended(alice, dr_hal):
    assert end(dr_hal.user, grant_between(alice, dr_hal)).status == GrantStatus.ENDED


def test_a_grant_that_ran_out_is_closed_already(alice, dr_gil):
    with nothing_written(), pytest.raises(grants.GrantNotOpen) as refused:
        end(alice.user, grant_between(alice, dr_gil))

    assert refused.value.present == "EXPIRED"


@pytest.mark.parametrize("state", ["ended", "declined"])
def test_a_closed_grant_is_not_ended_again(alice, dr_dan, state):
    grant = CareGrantFactory(patient=alice, doctor=dr_dan, **{state: True})

    with nothing_written(), pytest.raises(grants.GrantNotOpen):
        end(alice.user, grant)


def test_the_next_request_of_the_doctor_finds_nothing(
    api, alice, dr_bob, bobs_grant, alices_record
):
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    doctor, url = api("dr_bob"), f"{RECORDS}{alices_record.pk}/"
    of_comment = f"{url}comments/{comment.pk}/"
    assert doctor.get(url).status_code == doctor.get(of_comment).status_code == 200

    end(alice.user, bobs_grant)

    with nothing_written():
        assert doctor.get(url).status_code == 404
        assert doctor.get(f"{url}comments/").status_code == 404
        assert doctor.get(of_comment).status_code == 404
        assert doctor.post(f"{url}comments/", {"comment": "But"}).status_code == 404
        assert doctor.patch(of_comment, {"comment": "But"}).status_code == 404
        assert doctor.delete(of_comment).status_code == 404
        assert doctor.get(RECORDS).json()["results"] == []
        assert doctor.get(f"{RECORDS}my-patients/").json()["results"] == []


def test_what_the_doctor_said_stays_with_the_record(
    api, alice, dr_bob, bobs_grant, alices_record
):
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob, comment="Rest.")

    end(alice.user, bobs_grant)

    record = api("alice").get(f"{RECORDS}{alices_record.pk}/").json()
    assert [comment["comment"] for comment in record["doctor_comments"]] == ["Rest."]


def test_each_side_can_end_its_own_grants_and_staff_all(
    alice, dr_bob, dr_hal, carol, sam
):
    of_carol = CareGrantFactory(patient=carol, doctor=dr_bob)
    bobs, hals = grant_between(alice, dr_bob), grant_between(alice, dr_hal)
    stranger = UserFactory(user_type="DOCTOR")

    endable = {
        user.pk: set(CareGrant.objects.all().endable_by(user))
        for user in (alice.user, carol.user, dr_bob.user, dr_hal.user, sam, stranger)
    }

    assert endable == {
        alice.user.pk: {bobs, hals},
        carol.user.pk: {of_carol},
        dr_bob.user.pk: {bobs, of_carol},
        dr_hal.user.pk: {hals},
        sam.pk: {bobs, hals, of_carol},
        stranger.pk: set(),
    }
