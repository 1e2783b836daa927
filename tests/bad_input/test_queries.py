"""Query parameters that are unknown, out of range or forged."""

from typing import Any

import pytest

from phr.health_records.models import HealthRecord
from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import ENDPOINTS, Endpoint
from tests.cases import for_each, undone
from tests.conftest import Api
from tests.factories import HealthRecordFactory
from tests.problem_answers import faults_of
from tests.rows import nothing_written

RECORDS = "/api/health-records/"
LISTS = [
    ("alice", RECORDS),
    ("dr_bob", RECORDS),
    ("alice", RECORDS + "{record}/comments/"),
    ("dr_bob", RECORDS + "{record}/history/"),
    ("dr_bob", RECORDS + "my-patients/"),
    ("alice", "/api/auth/doctors/"),
    ("alice", "/api/notifications/"),
    ("alice", "/api/care/grants/"),
    ("dr_bob", "/api/care/grants/"),
    ("alice", "/api/care/grants/{grant}/preview/"),
    ("sam", "/api/staff/verifications/"),
    ("alice", "/api/access-log/"),
    ("dr_bob", "/api/access-log/"),
]
DOWNLOAD = "/api/access-log/csv/"
READS = [
    *LISTS,
    ("alice", DOWNLOAD),
    ("alice", RECORDS + "{record}/"),
    ("alice", "/api/auth/profile/"),
]


@pytest.mark.parametrize(("who", "path"), LISTS)
def test_a_page_has_1_to_100_rows(
    api: Api, addresses: dict[str, str], who: str, path: str
) -> None:
    client, path = api(who), path.format(**addresses)

    for size in ("1", "100", "007"):
        assert client.get(path, {"page_size": size}).status_code == 200
    with nothing_written():
        for size in (
            *("0", "101", "999", "9" * 5_000, "-1", "+5", "1.5", "1e1", "abc"),
            *("", " 5", "\u0665", "\u00b2", "null", "\0"),
        ):
            response = client.get(path, {"page_size": size})
            assert (size, faults_of(response)) == (size, {("page_size", "invalid")})


def forgeries(cursor: str) -> list[str]:
    payload, _, signature = cursor.rpartition(":")
    return [
        *("", "x", ":", "0", "\0", "\u00e9", "-1", "' OR 1=1 --", "x" * 5_000),
        *(cursor[:-1], cursor + "x", cursor[1:], payload, signature),
        f"{payload[:-1]}x:{signature}",
        f"WzFd:{signature}",
    ]


@pytest.mark.parametrize(("who", "path"), LISTS)
def test_a_forged_cursor_is_refused(
    api: Api,
    addresses: dict[str, str],
    alices_record: HealthRecord,
    who: str,
    path: str,
) -> None:
    HealthRecordFactory.create_batch(2, patient=alices_record.patient)
    client = api("alice")
    following = client.get(RECORDS, {"page_size": 1}).json()["next"]
    cursor = following.partition("cursor=")[2].partition("&")[0].replace("%3A", ":")
    assert client.get(RECORDS, {"cursor": cursor}).status_code == 200
    reader = api(who)

    with nothing_written():
        for forged in forgeries(cursor):
            response = reader.get(path.format(**addresses), {"cursor": forged})
            assert (forged, faults_of(response)) == (forged, {("cursor", "invalid")})
            assert alices_record.title not in response.content.decode()


@for_each("who, path", READS, undone)
def test_unknown_parameters_are_refused_in_reading(
    api: Api, addresses: dict[str, str], who: str, path: str
) -> None:
    client = api(who)

    with nothing_written():
        response = client.get(path.format(**addresses), {"Search": "x", "limit": "5"})

    assert faults_of(response) == {
        ("Search", "unknown_field"),
        ("limit", "unknown_field"),
    }


WRITING = [endpoint for endpoint in ENDPOINTS if "preview" not in endpoint.path]


@for_each("endpoint", WRITING)
@for_each("name", ["page_size", "dry_run"], undone)
def test_no_parameter_is_taken_in_writing(
    send: Send, endpoint: Endpoint, name: str
) -> None:
    with nothing_written():
        response = send(endpoint, endpoint.body, QUERY_STRING=f"{name}=1")

    assert faults_of(response) == {(name, "unknown_field")}


def test_no_parameter_is_taken_in_deleting(
    api: Api, alices_record: HealthRecord
) -> None:
    client = api("alice")

    with nothing_written():
        response = client.delete(f"{RECORDS}{alices_record.pk}/?soft=no")

    assert faults_of(response) == {("soft", "unknown_field")}


@for_each(
    "path, query, code",
    [
        (RECORDS, {"record_type": "SURGERY<b>"}, "invalid_choice"),
        (RECORDS, {"record_type": "checkup"}, "invalid_choice"),
        (RECORDS, {"patient": "alice"}, "invalid"),
        (RECORDS, {"patient": "1"}, "invalid"),
        (RECORDS, {"visit_after": "last week"}, "invalid"),
        (RECORDS, {"visit_after": "2026-02-30"}, "invalid"),
        (RECORDS, {"visit_after": "2026-03-02T09:00:00"}, "invalid"),
        (RECORDS, {"visit_before": "0001-01-01T00:00:00+14:00"}, "invalid"),
        (RECORDS, {"visit_before": "10000-01-01"}, "invalid"),
        (RECORDS, {"search": "a\0b"}, "null_characters_not_allowed"),
        ("/api/auth/doctors/", {"search": "\0"}, "null_characters_not_allowed"),
        ("/api/auth/doctors/", {"specialization": "\0"}, "null_characters_not_allowed"),
        ("/api/access-log/", {"actor": "dr_bob"}, "invalid"),
        ("/api/access-log/", {"patient": "1"}, "invalid"),
        ("/api/access-log/", {"action": "record_opened"}, "invalid"),
        ("/api/access-log/", {"action": ""}, "blank"),
        ("/api/access-log/", {"action": " accounts.signed_in"}, "invalid"),
        ("/api/access-log/", {"action": "accounts.signed_in\n"}, "invalid"),
        ("/api/access-log/", {"action": "a.b" + "c" * 98}, "max_length"),
        ("/api/access-log/", {"outcome": "refused"}, "invalid_choice"),
        ("/api/access-log/", {"after": "yesterday"}, "invalid"),
        ("/api/access-log/", {"before": "2026-03-02T09:00:00"}, "invalid"),
        (DOWNLOAD, {"patient": "1"}, "invalid"),
        (DOWNLOAD, {"outcome": ""}, "blank"),
        (DOWNLOAD, {"cursor": "x"}, "unknown_field"),
        (DOWNLOAD, {"after": "yesterday"}, "invalid"),
        ("/api/notifications/", {"is_read": "1"}, "invalid"),
        ("/api/notifications/", {"is_read": "True"}, "invalid"),
        ("/api/notifications/", {"is_read": "maybe<b>"}, "invalid"),
    ],
    undone,
)
def test_a_filter_takes_only_what_it_is_for(
    api: Api, alices_record: HealthRecord, path: str, query: dict[str, Any], code: str
) -> None:
    client = api("alice")

    with nothing_written():
        response = client.get(path, query)

    ((name, value),) = query.items()
    assert faults_of(response) == {(name, code)}
    assert alices_record.title not in response.content.decode()
    if len(value) > 2:
        messages = [fault["message"] for fault in response.json()["errors"]]
        assert value not in " ".join(messages)


@pytest.mark.parametrize("query", ["search=%ff%fe", "search=%ed%a0%80", "search=%"])
def test_a_query_that_is_no_utf8_finds_nothing_and_breaks_nothing(
    api: Api, alices_record: HealthRecord, query: str
) -> None:
    response = api("alice").get(f"{RECORDS}?{query}")

    assert response.status_code == 200
    assert response.json()["results"] == []


def test_more_parameters_than_anybody_needs_are_refused(api: Api) -> None:
    client = api("alice")

    with nothing_written():
        response = client.get(RECORDS + "?" + "&".join(["search=x"] * 2_000))

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"


SEARCHES = [
    ("alice", RECORDS, "search"),
    ("dr_bob", RECORDS, "search"),
    ("alice", "/api/auth/doctors/", "search"),
    ("alice", "/api/auth/doctors/", "specialization"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "path", "name"), SEARCHES)
def test_what_is_searched_for_has_a_greatest_length(
    api: Api, who: str, path: str, name: str
) -> None:
    client = api(who)

    for words in ("x", "x" * 200, "\u00df", "%", "'"):
        assert client.get(path, {name: words}).status_code == 200
    for words in ("x" * 201, "x" * 10_000):
        refused = client.get(path, {name: words})
        assert faults_of(refused) == {(name, "max_length")}
    assert client.get(path, {name: "x\0"}).status_code == 400
