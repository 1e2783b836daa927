"""Reading the ledger: who reads which lines, and what these tell them."""

import pytest

from phr.audit.models import AccessEntry, Basis, Outcome
from phr.care.choices import GrantStatus
from phr.core.ids import uuid7
from tests.audit.asking import LOG, OPENED, ids, results
from tests.audit.conftest import ADDRESS, USER_AGENT, from_there
from tests.factories import (
    MONDAY,
    AccessEntryFactory,
    DoctorCommentFactory,
)

RECORDS = "/api/health-records/"


def test_a_patient_reads_who_did_what_when_why_and_from_where(
    api, alice, dr_bob, bobs_grant, alices_record
):
    from_there(api("dr_bob")).get(f"{RECORDS}{alices_record.pk}/")

    entry = AccessEntry.objects.get()
    assert results(api("alice")) == [
        {
            "id": str(entry.pk),
            "at": entry.at.isoformat().replace("+00:00", "Z"),
            "since": None,
            "actor": {
                "id": str(dr_bob.user_id),
                "name": "Bob Stone",
                "role": "DOCTOR",
            },
            "action": OPENED,
            "object_kind": "record",
            "object_ids": [str(alices_record.pk)],
            "categories": ["CHECKUP"],
            "count": 1,
            "patient": str(alice.pk),
            "basis": "GRANT",
            "grant": str(bobs_grant.pk),
            "origin": {"face": "api", "address": ADDRESS, "user_agent": USER_AGENT},
            "outcome": "ALLOWED",
        }
    ]


def test_only_the_patient_and_the_one_who_acted_read_a_line(
    api, alice, carol, dr_bob, dr_eve, dr_dan, sam, alices_record
):
    api("dr_bob").get(f"{RECORDS}{alices_record.pk}/")

    assert len(results(api("alice"))) == len(results(api("dr_bob"))) == 1
    for who in ("carol", "dr_eve", "dr_dan", "sam"):
        assert results(api(who)) == []
    assert api("nobody").get(LOG).status_code == 401


def test_an_ended_grant_hides_nothing_of_the_past(
    api, alice, dr_bob, bobs_grant, alices_record
):
    api("dr_bob").get(f"{RECORDS}{alices_record.pk}/")
    bobs_grant.status, bobs_grant.ended_at = GrantStatus.ENDED, MONDAY
    bobs_grant.save()

    assert ids(api("alice")) == ids(api("dr_bob")) != []


def test_a_name_is_the_one_that_the_actor_had(api, alice, dr_bob, alices_record):
    api("dr_bob").get(f"{RECORDS}{alices_record.pk}/")
    dr_bob.user.last_name = "Marble"
    dr_bob.user.save()

    assert results(api("alice"))[0]["actor"]["name"] == "Bob Stone"


def test_reading_the_log_is_not_entered_in_it(api, alice, dr_bob, alices_record):
    api("dr_bob").get(f"{RECORDS}{alices_record.pk}/")

    for who in ("alice", "dr_bob"):
        assert len(results(api(who))) == 1

    assert AccessEntry.objects.count() == 1


def test_a_failed_sign_in_is_shown_with_its_address_and_without_a_person(api, alice):
    client = from_there(api("nobody"))
    client.post("/api/auth/login/", {"username": "alice", "password": "wrong"})

    (line,) = results(api("alice"))

    assert (line["action"], line["outcome"]) == ("accounts.signed_in", "REFUSED")
    assert line["actor"] is None
    assert line["origin"]["address"] == ADDRESS


def test_a_failed_sign_in_to_a_doctors_account_is_in_nobodys_log(api, alice, dr_bob):
    client = api("nobody")
    client.post("/api/auth/login/", {"username": "dr_bob", "password": "wrong"})

    assert AccessEntry.objects.exists()
    assert results(api("dr_bob")) == results(api("alice")) == []


@pytest.mark.parametrize("basis", Basis.values)
def test_every_basis_is_told(api, alice, basis):
    AccessEntryFactory(patient_id=alice.pk, basis=basis)

    assert results(api("alice"))[0]["basis"] == basis


# What a doctor may learn of an attempt that was refused.

ATTEMPTS = [
    ("get", RECORDS + "{record}/"),
    ("patch", RECORDS + "{record}/"),
    ("delete", RECORDS + "{record}/"),
    ("get", RECORDS + "{record}/comments/"),
    ("post", RECORDS + "{record}/comments/"),
    ("get", RECORDS + "{record}/comments/{comment}/"),
    ("delete", RECORDS + "{record}/comments/{comment}/"),
]


def test_a_refused_attempt_is_in_the_patients_log(api, alice, dr_dan, alices_record):
    from_there(api("dr_dan")).get(f"{RECORDS}{alices_record.pk}/")

    (line,) = results(api("alice"))

    assert (line["outcome"], line["basis"]) == ("REFUSED", "NONE")
    assert line["patient"] == str(alice.pk)
    assert line["object_ids"] == [str(alices_record.pk)]
    assert line["actor"]["id"] == str(dr_dan.user_id)
    assert line["origin"]["address"] == ADDRESS


@pytest.mark.parametrize(("method", "path"), ATTEMPTS)
def test_a_doctors_own_refusals_do_not_tell_what_exists(
    api, alice, dr_dan, alices_record, method, path
):
    comment = DoctorCommentFactory(health_record=alices_record)
    client = from_there(api("dr_dan"))
    nothing = {"record": uuid7(), "comment": uuid7()}

    for there in ({"record": alices_record.pk, "comment": comment.pk}, nothing):
        getattr(client, method)(path.format(**there))

    of_nothing, of_hers = results(client)
    for_each = ("id", "at", "object_ids")
    assert of_hers["object_ids"] == [str(alices_record.pk)]
    assert of_nothing["object_ids"] == [str(nothing["record"])]
    assert {k: v for k, v in of_hers.items() if k not in for_each} == {
        k: v for k, v in of_nothing.items() if k not in for_each
    }
    assert str(alice.pk) not in client.get(LOG).content.decode()


def test_a_doctor_cannot_ask_whose_record_was_refused(
    api, alice, carol, dr_dan, alices_record
):
    client = api("dr_dan")
    client.get(f"{RECORDS}{alices_record.pk}/")

    assert len(results(client)) == 1
    for one in (alice, carol):
        assert results(client, patient=one.pk) == []
        assert results(client, patient=one.pk, outcome="REFUSED") == []


def test_a_refused_line_loses_whatever_it_may_hold_of_a_record(api, alice, dr_dan):
    AccessEntryFactory(
        actor_id=dr_dan.user_id,
        patient_id=alice.pk,
        grant_id=uuid7(),
        outcome=Outcome.REFUSED,
        basis=Basis.NONE,
    )

    (line,) = results(api("dr_dan"))

    assert (line["patient"], line["grant"], line["categories"]) == (None, None, [])


def test_carols_attempt_shows_alice_her_name_and_not_her_home(
    api, alice, carol, alices_record
):
    from_there(api("carol")).get(f"{RECORDS}{alices_record.pk}/")

    response = api("alice").get(LOG)

    (line,) = response.json()["results"]
    assert line["actor"]["name"] == "Carol Novak"
    assert line["origin"] == {"face": "api", "address": None, "user_agent": ""}
    assert ADDRESS not in response.content.decode()
    assert results(api("carol")) == []


def test_a_patients_own_address_is_theirs_to_see(api, alice):
    record = {
        "record_type": "CHECKUP",
        "title": "Check-up",
        "visit_date": "2026-03-02T09:00:00Z",
    }
    from_there(api("alice")).post(RECORDS, record, format="json")

    assert results(api("alice"))[0]["origin"]["address"] == ADDRESS


@pytest.mark.parametrize("is_private", [True, False])
def test_that_a_doctor_has_commented_is_told_but_not_which_comment(
    api, alice, dr_bob, alices_record, is_private
):
    comments = f"{RECORDS}{alices_record.pk}/comments/"
    body = {"comment": "Please rest.", "is_private": is_private}
    said = api("dr_bob").post(comments, body, format="json").json()

    response = api("alice").get(LOG)

    (line,) = response.json()["results"]
    assert (line["action"], line["count"]) == ("health_records.comment_added", 1)
    assert (line["object_kind"], line["object_ids"]) == ("comment", [])
    assert line["categories"] == ["CHECKUP"]
    assert said["id"] not in response.content.decode()
    assert results(api("dr_bob"))[0]["object_ids"] == [said["id"]]
