"""`ETag`, `If-Match`, `If-None-Match`: nobody undoes what they have not seen."""

from functools import partial
from typing import Any

import pytest

from phr.health_records.models import HealthRecord
from tests.at_once import all_at_once
from tests.factories import DoctorCommentFactory
from tests.problem_answers import faults_of, problem_of
from tests.rows import nothing_written

NOT_SEEN = '"0;of-somebody-else"'


@pytest.fixture
def things(alices_record, dr_bob, bobs_grant) -> dict[str, tuple[str, str, Any]]:
    """Who can change which thing, and a change of it."""
    comment = DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)
    record = f"/api/health-records/{alices_record.pk}/"
    return {
        "record": ("alice", record, {"title": "New"}),
        "comment": ("dr_bob", f"{record}comments/{comment.pk}/", {"comment": "New"}),
        "grant": (
            "alice",
            f"/api/care/grants/{bobs_grant.pk}/",
            {"record_types": ["LAB_RESULT"]},
        ),
        "patient": ("alice", "/api/auth/profile/", {"user": {"phone_number": "+4420"}}),
        "doctor": ("dr_bob", "/api/auth/profile/", {"years_of_experience": 30}),
        "staff": ("sam", "/api/auth/profile/", {"user": {"last_name": "New"}}),
    }


KINDS = ("record", "comment", "grant", "patient", "doctor", "staff")


@pytest.fixture(params=KINDS)
def thing(request, api, things, sam):
    who, url, change = things[request.param]
    return api(who), url, change


def test_who_has_it_already_gets_no_body(thing):
    client, url, _ = thing
    first = client.get(url)

    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Type" not in again.headers or not again.content


def test_after_a_change_the_tag_is_another(thing):
    client, url, change = thing
    first = client.get(url).headers["ETag"]

    changed = client.patch(url, change, headers={"If-Match": first})
    read = client.get(url, headers={"If-None-Match": first})

    assert (changed.status_code, read.status_code) == (200, 200)
    assert first != changed.headers["ETag"] == read.headers["ETag"]


def test_a_stale_change_is_refused_and_says_what_is_current(thing):
    client, url, change = thing
    current = client.get(url).headers["ETag"]

    with nothing_written():
        answer = client.patch(url, change, headers={"If-Match": NOT_SEEN})

    problem = problem_of(answer, 412, "changed_meanwhile")
    assert current.startswith(f'"{problem["present"]};')


@pytest.mark.parametrize("sent", ["*", '"another;tag", {tag}', "W/{tag}"])
def test_any_of_several_tags_will_do(thing, sent):
    client, url, change = thing
    tag = client.get(url).headers["ETag"]

    changed = client.patch(url, change, headers={"If-Match": sent.format(tag=tag)})

    assert changed.status_code == 200


def test_without_a_condition_the_later_change_wins_and_history_has_both(api, things):
    _, url, _ = things["record"]
    for title in ("One", "Other"):
        assert api("alice").patch(url, {"title": title}).status_code == 200

    changes = api("alice").get(f"{url}history/").json()["results"]
    assert len(changes) == 2
    assert HealthRecord.objects.get().title == "Other"


def test_a_put_of_an_old_copy_undoes_nothing(api, things):
    client, url = api("alice"), things["record"][1]
    read = client.get(url)
    old = {
        name: read.json()[name]
        for name in ("record_type", "title", "description", "visit_date")
    }
    client.patch(url, {"title": "Meanwhile"})

    answer = client.put(
        url, old | {"title": "Mine"}, headers={"If-Match": read.headers["ETag"]}
    )

    problem_of(answer, 412, "changed_meanwhile")
    assert HealthRecord.objects.get().title == "Meanwhile"


@pytest.mark.parametrize("kind", ["record", "comment"])
def test_what_has_changed_is_not_deleted_unseen(api, things, kind):
    who, url, change = things[kind]
    client = api(who)
    tag = client.get(url).headers["ETag"]
    client.patch(url, change)

    with nothing_written():
        stale = client.delete(url, headers={"If-Match": tag})
    tag = client.get(url).headers["ETag"]
    seen = client.delete(url, headers={"If-Match": tag})

    problem_of(stale, 412, "changed_meanwhile")
    assert seen.status_code == 204


def test_a_new_comment_is_read_and_refuses_no_change_of_the_record(
    api, things, alices_record, dr_bob
):
    client, url = api("alice"), things["record"][1]
    tag = client.get(url).headers["ETag"]
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob)

    read = client.get(url, headers={"If-None-Match": tag})
    changed = client.patch(url, {"title": "New"}, headers={"If-Match": tag})

    assert (read.status_code, changed.status_code) == (200, 200)


def test_readers_have_tags_of_their_own(api, things, alices_record, dr_bob):
    """Else a cache that both use could show one what only the other may see."""
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob, is_private=True)
    url = things["record"][1]

    tags = {api(who).get(url).headers["ETag"] for who in ("alice", "dr_bob")}

    assert len(tags) == 2


def test_a_condition_tells_nothing_to_who_may_not_see(api, things, dr_dan):
    _, url, change = things["record"]
    client = api("dr_dan")

    for headers in ({"If-None-Match": "*"}, {"If-None-Match": '"1;x"'}):
        problem_of(client.get(url, headers=headers), 404, "not_found")
    for tag in ("*", NOT_SEEN, "nonsense"):
        answer = client.patch(url, change, headers={"If-Match": tag})
        problem_of(answer, 404, "not_found")


@pytest.mark.parametrize("sent", ["", "7", '"', '"a', "'a'", '"a" "b"', '"é"', "W/a"])
def test_a_condition_that_is_none_is_named(api, things, sent):
    _, url, change = things["record"]
    client = api("alice")

    with nothing_written():
        answer = client.patch(url, change, headers={"If-Match": sent})

    assert faults_of(answer) == {("If-Match", "invalid_condition")}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["record", "comment", "grant", "doctor"])
def test_of_parallel_changes_with_one_tag_one_wins(api, things, kind):
    who, url, _ = things[kind]
    tag = api(who).get(url).headers["ETag"]
    bodies: dict[str, list[dict[str, Any]]] = {
        "record": [{"title": f"Title {n}"} for n in range(5)],
        "comment": [{"comment": f"Comment {n}"} for n in range(5)],
        "grant": [
            {"record_types": [name]}
            for name in ("LAB_RESULT", "CHECKUP", "DIAGNOSIS", "PRESCRIPTION")
        ],
        "doctor": [{"years_of_experience": 20 + n} for n in range(5)],
    }

    answers = all_at_once(
        [
            partial(api(who).patch, url, body, headers={"If-Match": tag})
            for body in bodies[kind]
        ]
    )

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] + [412] * (len(bodies[kind]) - 1)
