"""The history of a record: who changed what, when, and from what to what."""

from functools import partial
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from phr.health_records.models import (
    CommentVersion,
    DoctorComment,
    HealthRecord,
    RecordVersion,
)
from tests.at_once import all_at_once
from tests.factories import (
    MONDAY,
)
from tests.health_records.changing import (
    change,
    change_comment,
    comment_url,
    read,
    url_of,
)


def test_a_change_says_who_made_it_and_what_stood_there_before(
    api, alice, alices_record
):
    was = alices_record.updated_at

    change(api("alice"), alices_record, title="Knee", symptoms="Swelling")

    (entry,) = read(api("alice"), alices_record)
    assert entry.pop("at") > was.isoformat()
    assert entry.pop("id")
    assert entry == {
        "by": {
            "id": str(alice.user.pk),
            "first_name": "Alice",
            "last_name": "Moreau",
        },
        "object": "record",
        "object_id": str(alices_record.pk),
        "version": 2,
        "kind": "changed",
        "changes": [
            {"field": "title", "before": "Knee pain after a fall", "after": "Knee"},
            {"field": "symptoms", "before": "", "after": "Swelling"},
        ],
    }


def test_each_change_is_told_against_the_version_that_came_next(api, alices_record):
    alice = api("alice")
    for title in ("One", "Two", "Three"):
        change(alice, alices_record, title=title)

    told = [
        (entry["version"], entry["changes"][0]["before"], entry["changes"][0]["after"])
        for entry in read(alice, alices_record)
    ]

    assert told == [
        (4, "Two", "Three"),
        (3, "One", "Two"),
        (2, "Knee pain after a fall", "One"),
    ]


def test_a_visit_is_told_in_the_words_of_the_record(api, alices_record):
    alice = api("alice")
    change(alice, alices_record, visit_date="2026-03-01T10:30:00.250000+02:00")

    (entry,) = read(alice, alices_record)

    record = alice.get(url_of(alices_record)).json()
    assert entry["changes"] == [
        {
            "field": "visit_date",
            "before": "2026-03-02T09:00:00Z",
            "after": record["visit_date"],
        }
    ]
    assert record["visit_date"] == "2026-03-01T10:30:00.250000+02:00"


def test_a_change_that_changes_nothing_leaves_no_version(api, alices_record, remark):
    change(api("alice"), alices_record, title=alices_record.title)
    change_comment(api("dr_bob"), remark, comment=remark.comment)

    assert read(api("alice"), alices_record) == []
    assert not RecordVersion.objects.exists()
    assert not CommentVersion.objects.exists()


def test_making_records_and_stamping_times_leaves_no_version(alices_record, remark):
    HealthRecord.objects.update(updated_at=MONDAY, search_words="knee")
    DoctorComment.objects.update(updated_at=MONDAY)

    assert not RecordVersion.objects.exists()
    assert not CommentVersion.objects.exists()


def test_a_change_past_the_services_is_kept_as_well(api, alices_record):
    HealthRecord.objects.filter(pk=alices_record.pk).update(title="Raw", version=2)

    (entry,) = read(api("alice"), alices_record)

    assert entry["by"] is None
    assert entry["changes"][0]["before"] == "Knee pain after a fall"


def test_changes_of_comments_stand_among_those_of_the_record(
    api, dr_bob, alices_record, remark
):
    change(api("alice"), alices_record, title="Knee")
    change_comment(api("dr_bob"), remark, comment="Rest both knees.")
    change(api("alice"), alices_record, title="Knees")

    middle = read(api("alice"), alices_record)[1]

    assert [entry["object"] for entry in read(api("alice"), alices_record)] == [
        "record",
        "comment",
        "record",
    ]
    assert middle["object_id"] == str(remark.pk)
    assert middle["by"]["id"] == str(dr_bob.user.pk)
    assert (middle["version"], middle["kind"]) == (2, "changed")
    assert middle["changes"] == [
        {"field": "comment", "before": "Rest the knee.", "after": "Rest both knees."}
    ]


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
def test_a_deleted_comment_shows_to_whoever_could_read_it(
    api, alices_record, remark, who
):
    assert api("dr_bob").delete(comment_url(remark)).status_code == 204

    (entry,) = read(api(who), alices_record)

    assert (entry["kind"], entry["version"]) == ("deleted", 2)
    assert entry["by"]["first_name"] == "Bob"
    assert entry["changes"] == [
        {"field": "comment", "before": "Rest the knee.", "after": None},
        {"field": "is_private", "before": False, "after": None},
    ]


def test_pages_hold_while_changes_come_in(api, alices_record, remark):
    alice, bob = api("alice"), api("dr_bob")
    for n in range(4):
        change(alice, alices_record, title=f"Title {n}")
        change_comment(bob, remark, comment=f"Comment {n}")
    before = [entry["id"] for entry in read(alice, alices_record)]
    assert len(before) == 8

    seen, url = [], f"{url_of(alices_record)}history/?page_size=3"
    while url:
        body = alice.get(url).json()
        seen += [entry["id"] for entry in body["results"]]
        url, last = body["next"], body
        change(alice, alices_record, title=f"Meanwhile {len(seen)}")

    assert seen == before
    back = alice.get(last["previous"]).json()
    assert [entry["id"] for entry in back["results"]] == before[3:6]


@pytest.mark.parametrize(("who", "budget"), [("alice", 3), ("dr_bob", 4)])
@pytest.mark.parametrize("changes", [2, 20])
def test_a_history_costs_the_same_however_long_it_is(
    api, alices_record, remark, who, budget, changes
):
    for n in range(changes):
        change(api("alice"), alices_record, title=f"Title {n}")
        change_comment(api("dr_bob"), remark, comment=f"Comment {n}")
    client = api(who)

    with CaptureQueriesContext(connection) as queries:
        found = read(client, alices_record, page_size=100)

    assert len(found) == 2 * changes
    assert len(queries) == budget


def test_versions_cannot_be_changed_or_removed(api, alices_record, remark):
    change(api("alice"), alices_record, title="Knee")
    change_comment(api("dr_bob"), remark, comment="Rest.")

    for versions in (RecordVersion.objects.all(), CommentVersion.objects.all()):
        for change_them in (lambda v: v.update(version=7), lambda v: v.delete()):
            with (
                pytest.raises(DatabaseError, match="Cannot update or delete rows"),
                transaction.atomic(),
            ):
                change_them(versions)

    assert RecordVersion.objects.get().version == 1
    assert CommentVersion.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_leave_every_version_in_order(api, alices_record):
    clients = [api("alice") for _ in range(5)]

    all_at_once(
        [
            partial(change, client, alices_record, title=f"By {n}")
            for n, client in enumerate(clients)
        ]
    )

    entries = read(clients[0], alices_record)
    assert [entry["version"] for entry in entries] == [6, 5, 4, 3, 2]
    titles = [(e["changes"][0]["before"], e["changes"][0]["after"]) for e in entries]
    for newer, older in pairwise(titles):
        assert newer[0] == older[1]
