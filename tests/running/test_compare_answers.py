"""The comparison of two checkouts finds what differs, and nothing that is chance."""

import yaml

from dev import asked_requests, places
from dev.compare_answers import IDS_OF, NOBODYS_ID, differences

IDS = {name: [NOBODYS_ID] for name in [*IDS_OF, "passkey_id"]}


def test_the_same_answers_do_not_differ() -> None:
    answers = {"get": {"headers": {"ETag": ["1"]}, "body": {"results": [1, 2]}}}

    assert not list(differences(answers, answers, answers))


def test_another_value_a_header_more_and_one_less_differ() -> None:
    before = {"get": {"status": "200 OK", "headers": {"ETag": ["1"]}}}
    after = {"get": {"status": "404 Not Found", "headers": {"Vary": ["origin"]}}}

    found = list(differences(before, before, after))

    assert [line.splitlines()[1].split(":")[0].strip() for line in found] == [
        "headers ETag 0",
        "headers Vary 0",
        "status",
    ]


def test_what_differs_from_one_time_to_the_next_must_only_be_there() -> None:
    first, second = {"get": {"id": "1"}}, {"get": {"id": "2"}}

    assert not list(differences(first, second, {"get": {"id": "3"}}))
    assert list(differences(first, second, {"get": {}}))


def test_every_operation_of_the_api_is_asked_by_everybody_and_wrongly() -> None:
    document = places.CHECKOUT / "docs" / "openapi.yaml"
    paths = yaml.safe_load(document.read_text(encoding="utf-8"))["paths"]

    asked = asked_requests.everything({"maria": "token"}, IDS)

    for path, operations in paths.items():
        for method in operations.keys() & {*asked_requests.METHODS}:
            title = f"{method} {path} 0"
            for name in (" by maria", " by nobody", ": HEAD", ": another scheme"):
                assert f"{title}{name}" in asked
