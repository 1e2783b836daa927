"""What the API refuses is said in the language that is asked for; codes stay."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from phr.api.problem_kinds import GENERAL, INVALID_INPUT, MALFORMED_JSON
from phr.core.errors import DomainError
from tests.conftest import Api
from tests.languages.marked_language import BEGIN, MARKED, MARKS, marked_language


def kinds_below(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    """All kinds of errors of the domain, which the API's views have imported."""
    yield kind
    for below in kind.__subclasses__():
        yield from kinds_below(below)


def test_each_kind_of_problem_has_its_title_in_the_readers_language() -> None:
    kinds = [one for one in kinds_below(DomainError) if one.__module__[:4] == "phr."]
    titles = [one.title for one in kinds]
    titles += [one.title for one in (*GENERAL.values(), INVALID_INPUT, MALFORMED_JSON)]

    with marked_language(), translation.override("de"):
        english = {str(one) for one in titles if not str(one).startswith(BEGIN)}

    assert len(kinds) > 20
    assert english == set()


@pytest.mark.parametrize(
    ("who", "method", "path", "body"),
    [
        ("nobody", "get", "/api/health-records/", None),
        ("nobody", "post", "/api/auth/login/", {}),
        ("nobody", "post", "/api/auth/login/", {"username": 1, "password": "x"}),
        ("nobody", "post", "/api/auth/login/", {"username": "alice", "password": "x"}),
        ("nobody", "delete", "/api/auth/login/", None),
        ("nobody", "post", "/api/auth/register/", {"email": "x", "password": "12"}),
        ("alice", "get", "/api/nothing/", None),
        ("alice", "get", "/api/health-records/?page_size=x", None),
        ("alice", "get", "/api/health-records/?nothing=1", None),
        ("alice", "post", "/api/health-records/", {}),
        ("alice", "post", "/api/health-records/", {"record_type": "x", "title": []}),
        ("alice", "post", "/api/auth/assign-doctor/", {}),
        ("alice", "patch", "/api/auth/profile/", {"date_of_birth": "yesterday"}),
        ("dr_bob", "post", "/api/health-records/", {}),
    ],
)
def test_a_problem_is_told_in_the_readers_language(
    api: Api,
    alice,
    dr_bob,
    who: str,
    method: str,
    path: str,
    body: dict[str, Any] | None,
) -> None:
    client = api(who)
    english = getattr(client, method)(path, body)
    with marked_language():
        answer = getattr(client, method)(path, body, headers=MARKED)

    problem = answer.json()
    assert answer.headers["Content-Language"] == MARKS
    assert "Accept-Language" in answer.headers["Vary"]
    assert (answer.status_code, problem["code"]) == (
        english.status_code,
        english.json()["code"],
    )
    said = [problem["title"], problem["detail"]]
    said += [fault["message"] for fault in problem.get("errors", [])]
    assert [text for text in said if not text.startswith(BEGIN)] == []
