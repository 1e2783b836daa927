"""A page of records and one record are read by a shorter way, with the same answers."""

from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_started
from django.db import connection
from django.http import HttpResponse
from rest_framework.test import APIClient

from phr.accounts.models import LoginSession, User
from phr.api.hot_reads import HotReads
from phr.audit.models import AccessEntry, CountedRefusal, Outcome
from phr.care.models import DoctorProfile, PatientProfile
from phr.core.ids import uuid7
from phr.health_records.models import HealthRecord
from tests.conftest import Api, begin_session, use_token, user_of
from tests.factories import DoctorCommentFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not settings.PREPARED_STATEMENTS, reason="behind a pooler nothing is sent ahead"
    ),
]
RECORDS = "/api/health-records/"
CHANGING = {"X-Request-ID"}


@pytest.fixture(autouse=True)
def begun() -> None:
    """A statement, before which nothing may be sent ahead in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each request went the shorter way."""
    gone: list[bool] = []
    answer = HotReads.answer

    def noted(reads: HotReads, environ: dict[str, Any]) -> Any:
        found = answer(reads, environ)
        gone.append(found is not None)
        return found

    monkeypatch.setattr(HotReads, "answer", noted)
    return gone


def ordinary(somebody: Any) -> APIClient:
    """A client whose requests all go the ordinary way."""
    client = APIClient()
    use_token(client, begin_session(user_of(somebody)))
    return client


def told(response: HttpResponse) -> tuple[int, dict[str, str], bytes]:
    kept = {n: v for n, v in response.headers.items() if n not in CHANGING}
    return response.status_code, kept, response.content


@pytest.mark.parametrize("who", ["alice", "dr_bob"])
@pytest.mark.parametrize("query", ["", "?page_size=1", "?record_type=CHECKUP"])
def test_the_shorter_way_answers_what_the_ordinary_one_does(
    request: pytest.FixtureRequest,
    api: Api,
    ways: list[bool],
    alices_record: HealthRecord,
    dr_bob: DoctorProfile,
    who: str,
    query: str,
) -> None:
    DoctorCommentFactory(health_record=alices_record, doctor=dr_bob, is_private=True)
    client, other = api(who), ordinary(request.getfixturevalue(who))

    for address in (f"{RECORDS}{query}", f"{RECORDS}{alices_record.pk}/"):
        client.get(address)  # by which the role is known
        ways.clear()
        assert told(client.get(address)) == told(other.get(address))
        assert ways == [True]


def test_a_known_tag_and_a_next_page_go_the_shorter_way(
    api: Api, ways: list[bool], alices_record: HealthRecord, alice: PatientProfile
) -> None:
    HealthRecord.objects.create(
        patient=alice, created_by=alice.user, visit_date=alices_record.visit_date,
        record_type="CHECKUP", title="Another",
    )  # fmt: skip
    client = api("alice")
    tag = client.get(f"{RECORDS}{alices_record.pk}/").headers["ETag"]
    known = client.get(f"{RECORDS}{alices_record.pk}/", HTTP_IF_NONE_MATCH=tag)
    first = client.get(f"{RECORDS}?page_size=1").json()
    second = client.get(first["next"].removeprefix(settings.PUBLIC_URL)).json()

    assert (known.status_code, known.content) == (304, b"")
    assert first["results"][0]["id"] != second["results"][0]["id"]
    assert ways == [True] * 4


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_ORIGIN": "https://app.example.org"},
        {"HTTP_COOKIE": "a=b"},
        {"CONTENT_LENGTH": "1"},
        {"HTTP_TRANSFER_ENCODING": "chunked"},
        {"HTTP_HOST": "elsewhere.example.org"},
        {"SCRIPT_NAME": "/somewhere"},
        {"QUERY_STRING": "unknown=1"},
        {"QUERY_STRING": "page_size=1&page_size=2"},
        {"QUERY_STRING": "cursor=none"},
        {"QUERY_STRING": "search=cough"},
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "get"},
    ],
)
def test_what_is_not_plain_goes_the_ordinary_way(
    api: Api, ways: list[bool], alices_record: HealthRecord, headers: dict[str, Any]
) -> None:
    api("alice").get(RECORDS, **headers)

    assert ways == [False]


def test_without_a_token_of_ours_one_goes_the_ordinary_way(
    api: Api, ways: list[bool]
) -> None:
    client = api("nobody")

    assert client.get(RECORDS).status_code == 401
    use_token(client, "of-nothing")
    assert client.get(RECORDS).status_code == 401
    assert ways == [False, False]


def test_an_ended_session_reads_nothing_and_leaves_no_line(
    api: Api, ways: list[bool], dr_bob: DoctorProfile, alices_record: HealthRecord
) -> None:
    client = api("dr_bob")
    client.get(RECORDS)  # by which the role is known
    lines = AccessEntry.objects.count()
    LoginSession.objects.filter(user=dr_bob.user).update(revoked_at="2026-01-01T00:00Z")

    for address in (RECORDS, f"{RECORDS}{alices_record.pk}/"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert b"results" not in answer.content
    assert not any(ways[1:])
    assert AccessEntry.objects.count() == lines


@pytest.mark.parametrize("who", ["carol", "dr_dan", "dr_eve"])
def test_who_may_not_see_a_record_is_refused_and_entered_once(
    api: Api, ways: list[bool], alices_record: HealthRecord, who: str
) -> None:
    client = api(who)
    client.get(RECORDS)  # by which the role is known
    before = set(AccessEntry.objects.values_list("pk", flat=True))

    answer = client.get(f"{RECORDS}{alices_record.pk}/")

    assert answer.status_code == 404
    assert ways[-1] is False
    new = AccessEntry.objects.exclude(pk__in=before)
    assert [entry.outcome for entry in new] == [Outcome.REFUSED]


def test_who_sees_no_records_at_all_is_counted_once_for_each_attempt(
    api: Api, alices_record: HealthRecord, sam: User
) -> None:
    client = api("sam")
    client.get(RECORDS)  # by which the role is known

    for _ in range(3):
        assert client.get(f"{RECORDS}{alices_record.pk}/").status_code == 404

    # The first one has a line of its own.
    assert CountedRefusal.objects.get(who=sam.pk).count == 2


def test_a_doctors_reading_is_entered_once(
    api: Api, ways: list[bool], alices_record: HealthRecord, alice: PatientProfile
) -> None:
    client = api("dr_bob")
    client.get(RECORDS)  # by which the role is known
    before = AccessEntry.objects.count()

    assert client.get(f"{RECORDS}{alices_record.pk}/").status_code == 200

    assert ways[-1] is True
    assert AccessEntry.objects.count() == before + 1
    line = AccessEntry.objects.latest("at")
    assert (line.patient_id, line.face) == (alice.pk, "api")


def test_what_is_guessed_of_a_role_decides_nothing(
    api: Api, ways: list[bool], alices_record: HealthRecord, dr_bob: DoctorProfile
) -> None:
    client = api("dr_bob")

    first, second = (client.get(f"{RECORDS}{alices_record.pk}/") for _ in range(2))

    assert ways == [False, True]
    assert told(first) == told(second)


def test_a_defect_of_the_shorter_way_is_logged_and_the_ordinary_one_answers(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(reads: HotReads, environ: dict[str, Any]) -> None:
        raise LookupError("Sarcoidosis")

    monkeypatch.setattr(HotReads, "answer", fail)
    monkeypatch.setattr(request_started, "send", lambda **_: [])  # ends no transaction
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": RECORDS}

    answer = HotReads(lambda *_: [b"ordinary"])(environ, print)

    assert answer == [b"ordinary"]
    assert "hot_read_failed" in caplog.text


def test_a_record_of_nothing_is_not_found(api: Api, ways: list[bool]) -> None:
    assert api("alice").get(f"{RECORDS}{uuid7()}/").status_code == 404
    assert ways == [False]
