"""A scope that is narrowed while its doctor reads and writes."""

from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from phr.audit.models import AccessEntry
from phr.care.choices import RecordType
from phr.care.grants import change_grant
from phr.core.models import OutboxEvent
from phr.health_records.comments import add_comment
from phr.health_records.models import DoctorComment
from tests.at_once import all_at_once
from tests.care.steps import assert_done
from tests.factories import HealthRecordFactory
from tests.problem_answers import problem_of
from tests.waiting import started_and_waiting

pytestmark = pytest.mark.django_db(transaction=True)

GRANTS = "/api/care/grants/"
RECORDS = "/api/health-records/"
ROUNDS = 3
LABS = {"record_types": ["LAB_RESULT"]}


def narrow(patient, grant):
    """Leave the doctor the lab results only."""
    terms = {"record_types": [RecordType.LAB_RESULT]}
    return change_grant(
        actor=patient.user,
        grant_id=grant.pk,
        at=timezone.now(),
        terms=terms,
        proved=False,
    )


def test_a_comment_that_meets_a_narrower_scope_is_refused(
    api, alice, dr_bob, bobs_grant, alices_record
):
    client, url = api("dr_bob"), f"{RECORDS}{alices_record.pk}/comments/"

    with transaction.atomic():
        narrow(alice, bobs_grant)
        comment = started_and_waiting(lambda: client.post(url, {"comment": "Still"}))
    answer = comment.result(timeout=30)

    problem_of(answer, 404, "not_found")
    assert not DoctorComment.objects.exists()
    assert not OutboxEvent.objects.filter(kind__contains="comment").exists()
    assert_done(grant_changed=1)


def test_a_narrower_scope_waits_for_a_comment_that_came_first(
    api, alice, dr_bob, bobs_grant, alices_record
):
    client, url = api("alice"), f"{GRANTS}{bobs_grant.pk}/"

    with transaction.atomic():
        add_comment(actor=dr_bob.user, record_id=alices_record.pk, comment="In time")
        narrowing = started_and_waiting(lambda: client.patch(url, LABS))
    answer = narrowing.result(timeout=30)

    wanted = ("health_records.comment_added", "care.grant_changed")
    entries = AccessEntry.objects.filter(action__in=wanted).order_by("at", "pk")
    assert answer.status_code == 200
    assert DoctorComment.objects.get().comment == "In time"
    assert [entry.action for entry in entries] == list(wanted)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_comment_and_a_narrower_scope_at_once_come_one_after_the_other(
    api, dr_bob, bobs_grant, alices_record, turn
):
    comment = partial(
        api("dr_bob").post,
        f"{RECORDS}{alices_record.pk}/comments/",
        {"comment": "In time, or not at all"},
    )
    narrowing = partial(api("alice").patch, f"{GRANTS}{bobs_grant.pk}/", LABS)

    commented, narrowed = all_at_once([comment, narrowing])

    assert narrowed.status_code == 200
    assert commented.status_code in {201, 404}
    assert DoctorComment.objects.count() == (commented.status_code == 201)
    assert_done(grant_changed=1)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_who_reads_while_the_scope_changes_gets_the_old_set_or_the_new(
    api, alice, dr_bob, bobs_grant, turn
):
    """Also between list and texts: each answer is of one moment."""
    types = [RecordType.LAB_RESULT, RecordType.CHECKUP] * 5
    made = [HealthRecordFactory(patient=alice, record_type=one) for one in types]
    labs = {str(one.pk) for one in made if one.record_type == RecordType.LAB_RESULT}
    everything = {str(one.pk) for one in made}
    narrowing = partial(api("alice").patch, f"{GRANTS}{bobs_grant.pk}/", LABS)

    narrowed, *pages = all_at_once(
        [narrowing, *(partial(api("dr_bob").get, RECORDS) for _ in range(5))]
    )

    seen = [{row["id"] for row in page.json()["results"]} for page in pages]
    assert narrowed.status_code == 200
    assert all(page.status_code == 200 for page in pages)
    assert all(ids in (everything, labs) for ids in seen)
    after = api("dr_bob").get(RECORDS).json()["results"]
    assert {row["id"] for row in after} == labs


def test_until_a_narrower_scope_is_committed_the_old_one_holds(
    api, alice, dr_bob, bobs_grant, alices_record
):
    """And readers do not wait for it."""
    doctor, url = api("dr_bob"), f"{RECORDS}{alices_record.pk}/"

    with transaction.atomic():
        narrow(alice, bobs_grant)
        (before,) = all_at_once([partial(doctor.get, url)])
    after = doctor.get(url)

    assert before.json()["title"] == alices_record.title
    problem_of(after, 404, "not_found")
    assert alices_record.title not in after.content.decode()
