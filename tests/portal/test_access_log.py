"""Patients read who looked, in sentences, and check the seals of the log."""

import csv
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from phr.accounts.models import User, UserType
from phr.audit.actions import Action
from phr.audit.models import AccessEntry, Basis, Outcome
from phr.care.models import CareGrant
from phr.health_records.models import HealthRecord
from tests.factories import AccessEntryFactory, CareGrantFactory, HealthRecordFactory
from tests.portal.reading import plain, queries_of, text_of

ODD = "<b onclick='x()'>&amp;\"</b>"
SINCE = datetime(2026, 3, 2, 8, tzinfo=UTC)
LOOKED_AT = datetime(2026, 5, 3, 14, 2, tzinfo=UTC)


@pytest.fixture
def look(alice, dr_bob, bobs_grant, alices_record):
    """Enter that Dr. Bob did something, by default that he opened Alice's record."""
    CareGrant.objects.filter(pk=bobs_grant.pk).update(
        starts_at=SINCE, decided_by=alice.user, decided_at=SINCE
    )

    def make(**columns: Any) -> AccessEntry:
        usual = {
            "patient_id": alice.pk,
            "actor_id": dr_bob.user_id,
            "actor_role": UserType.DOCTOR,
            "actor_name": "Bob Stone",
            "action": Action.RECORD_OPENED,
            "object_kind": "record",
            "object_ids": [alices_record.pk],
            "count": 1,
            "basis": Basis.GRANT,
            "grant_id": bobs_grant.pk,
            "outcome": Outcome.ALLOWED,
            "at": LOOKED_AT,
        }
        entry: AccessEntry = AccessEntryFactory(**(usual | columns))
        return entry

    return make


def test_a_line_says_who_opened_what_when_and_under_which_access(
    browser, look, alices_record
):
    HealthRecord.objects.filter(pk=alices_record.pk).update(title="Annual physical")
    look()

    page = plain(browser("alice").get("/access/log/"))

    assert "Sunday, 3 May 2026" in page
    assert "Dr. Bob Stone opened Annual physical ." in page
    assert "14:02 · Under the access you gave on 2 March 2026." in page


def test_of_a_deleted_record_the_title_is_not_told(browser, look, alices_record):
    HealthRecord.objects.filter(pk=alices_record.pk).update(
        title="Annual physical", deleted_at=timezone.now()
    )
    look()

    page = plain(browser("alice").get("/access/log/"))

    assert "Dr. Bob Stone opened a deleted record." in page
    assert "Annual physical" not in page


def test_the_title_of_anothers_record_is_not_told(browser, carol, look):
    others = HealthRecordFactory(patient=carol, title="Only Carol's")
    look(object_ids=[others.pk])

    page = plain(browser("alice").get("/access/log/"))

    assert "Dr. Bob Stone opened a deleted record." in page
    assert "Only Carol's" not in page


def test_refused_and_counted_tries_are_told(browser, look):
    refused = {"outcome": Outcome.REFUSED, "basis": Basis.NONE, "grant_id": None}
    look(**refused)
    look(**refused, count=7, since=LOOKED_AT - timedelta(minutes=31))

    page = plain(browser("alice").get("/access/log/?kind=refused"))

    assert page.count("Dr. Bob Stone tried to open") == 2
    assert "There was no access for this." in page
    assert "7 tries between 13:31 and 14:02." in page


LINES = [
    ({"action": Action.RECORDS_LISTED, "object_ids": [uuid4(), uuid4()], "count": 2},
     "Dr. Bob Stone looked through 2 of your records."),
    ({"action": Action.EMERGENCY_ACCESS, "object_kind": "grant"},
     "Dr. Bob Stone opened your records in an emergency."),
    ({"basis": Basis.EMERGENCY}, "Under emergency access."),
    ({"actor_id": None, "actor_name": "", "actor_role": "", "action": Action.SIGNED_IN,
      "outcome": Outcome.REFUSED, "object_kind": "account", "basis": Basis.NONE},
     "Somebody who was not signed in tried to sign in as you, and was refused."),
    ({"actor_name": ""}, "Somebody whose account is deleted opened"),
    ({"action": "care.thing_of_a_later_release"},
     "Dr. Bob Stone did this: care.thing_of_a_later_release."),
    ({"action": "care.thing_of_a_later_release", "outcome": Outcome.REFUSED},
     "Dr. Bob Stone tried this, and was refused: care.thing_of_a_later_release."),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "said"), LINES)
def test_each_line_is_a_sentence(browser, look, columns, said):
    look(**columns)

    assert said in plain(browser("alice").get("/access/log/"))


@pytest.mark.parametrize("outcome", Outcome.values)
@pytest.mark.parametrize("who", ["dr_bob", "alice", "sam"])
def test_every_action_has_words_whoever_did_it(
    browser, request, alice, dr_bob, sam, look, who, outcome
):
    user = getattr(request.getfixturevalue(who), "user", sam)
    doer = {"actor_id": user.pk, "actor_role": user.user_type, "actor_name": str(user)}
    for action in Action:
        look(**doer, action=action, outcome=outcome)

    alices = browser("alice")
    path, said = "/access/log/?kind=all", ""
    while path:
        response = alices.get(path)
        said += plain(response)
        older = re.search(r'rel="next" href="([^"]+)"', text_of(response))
        path = f"/access/log/{older[1].replace('&amp;', '&')}" if older else ""

    assert "{" not in said
    assert said.count("14:02") >= len(Action)


def test_it_begins_with_what_others_did(browser, alice, look):
    look()
    look(
        actor_id=alice.user_id,
        actor_role=UserType.PATIENT,
        actor_name="Alice Moreau",
        action=Action.GRANT_CHANGED,
        object_kind="grant",
    )
    alices = browser("alice")

    others = plain(alices.get("/access/log/"))
    everything = plain(alices.get("/access/log/?kind=all"))

    assert "You changed the access of Dr. Bob Stone." not in others
    assert "You changed the access of Dr. Bob Stone." in everything
    assert "Dr. Bob Stone opened" in others


def test_one_persons_lines_and_one_kind_are_found(browser, look, dr_eve):
    look()
    look(actor_id=dr_eve.user_id, actor_name="Eve Lind")
    look(action=Action.COMMENT_ADDED, object_kind="comment")
    alices = browser("alice")

    eves = plain(alices.get(f"/access/log/?person={dr_eve.user_id}"))
    written = plain(alices.get("/access/log/?kind=changes"))

    assert "Dr. Eve Lind opened" in eves
    assert "Dr. Bob Stone opened" not in eves
    assert "Dr. Bob Stone commented on one of your records." in written
    assert "Dr. Bob Stone opened" not in written


@pytest.mark.parametrize("query", ["kind=x", "person=x", "person=%00", "cursor=x"])
def test_what_is_no_filter_is_not_found(browser, alice, query):
    alices = browser("alice")

    assert alices.get(f"/access/log/?{query}").status_code == 404


def test_looks_are_counted_by_month_in_a_picture_and_a_table(browser, look):
    now = timezone.now()
    for _ in range(3):
        look(at=now)
    look(at=now, outcome=Outcome.REFUSED, count=5, since=now - timedelta(minutes=5))
    look(at=now - timedelta(days=800))

    response = browser("alice").get("/access/log/")

    assert "3 looks. 5 tries were refused." in plain(response)
    month = now.strftime("%B %Y")
    row = f'<th scope="row">{month}</th><td>3</td><td>5</td>'
    assert row in text_of(response)
    assert 'class="months-looks"' in text_of(response)


def test_a_look_counts_in_the_month_that_the_reader_had(browser, alice, look):
    User.objects.filter(pk=alice.user_id).update(time_zone="Pacific/Kiritimati")
    with time_machine.travel(datetime(2026, 5, 3, tzinfo=UTC), tick=False):
        look(at=datetime(2026, 3, 31, 9, 59, tzinfo=UTC))
        look(at=datetime(2026, 3, 31, 10, 1, tzinfo=UTC))  # there it is April
        look(at=datetime(2025, 5, 31, 10, 1, tzinfo=UTC))  # the first of the year
        look(at=datetime(2025, 5, 31, 9, 59, tzinfo=UTC))  # before it

        response = browser("alice").get("/access/log/")

    rows = re.findall(r'"row">([^<]*)</th><td>(\d+)</td>', text_of(response))
    assert [row for row in rows if row[1] != "0"] == [
        ("June 2025", "1"),
        ("March 2026", "1"),
        ("April 2026", "1"),
    ]


def test_a_grant_of_others_is_no_reason_in_ones_own_log(browser, carol, dr_dan, look):
    others = CareGrantFactory(patient=carol, doctor=dr_dan)
    look(grant_id=others.pk)

    assert "Under the access" not in plain(browser("alice").get("/access/log/"))


def test_names_and_titles_are_shown_as_they_are_written(browser, look, alices_record):
    HealthRecord.objects.filter(pk=alices_record.pk).update(title=ODD)
    look(actor_name=ODD, user_agent=ODD, at=timezone.now())

    page = text_of(browser("alice").get("/access/log/"))

    assert page.count("&lt;b onclick=&#x27;x()&#x27;&gt;&amp;amp;&quot;&lt;/b&gt;") >= 3
    assert "<b onclick" not in page


def test_braces_in_a_name_are_no_places_in_a_sentence(browser, look, alices_record):
    HealthRecord.objects.filter(pk=alices_record.pk).update(title="{who} {0}")
    look(actor_name="{records.__class__}")

    page = plain(browser("alice").get("/access/log/"))

    assert "Dr. {records.__class__} opened {who} {0} ." in page


def test_the_table_is_a_file_and_taking_it_is_entered(browser, look):
    look(actor_name="=1+1")
    alices = browser("alice")

    response = alices.post("/access/log/download/", {"kind": ""})

    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert rows[0][:3] == ["When", "Who", "What"]
    assert len(rows) == 2
    assert rows[1][1] == "Dr. '=1+1"
    assert "opened" in rows[1][2]
    assert "attachment" in response.headers["Content-Disposition"]
    assert "You downloaded this list." in plain(alices.get("/access/log/?kind=all"))


def test_a_download_is_never_a_mere_link(browser, alice):
    assert browser("alice").get("/access/log/download/").status_code == 405


def test_a_page_of_the_log_costs_eight_queries(browser, look):
    for number in range(30):
        look(actor_name=f"Doctor {number}", object_kind="grant")
        look()

    assert len(queries_of(browser("alice"), "/access/log/")) <= 8
