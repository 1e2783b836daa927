"""However many keys a client makes up, an account has only so many of them kept."""

from functools import partial
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from phr.care.models import CareGrant, PatientProfile
from phr.core import idempotency
from phr.core.models import IdempotencyKey
from phr.health_records.models import HealthRecord
from tests.at_once import all_at_once
from tests.conftest import Api
from tests.problem_answers import problem_of
from tests.retries.test_idempotency_keys import create
from tests.rows import nothing_written

EXPORTS = "/api/account/export/"
MOST = 3


@pytest.fixture(autouse=True)
def _few_keys(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    others = MOST - settings.ACCOUNT_ENTRIES_PER_DAY
    monkeypatch.setattr(idempotency, "OTHERS_PER_DAY", others)


def export(client: APIClient, key: str) -> Any:
    return client.post(EXPORTS, headers={"Idempotency-Key": key})


def use_up(client: APIClient) -> None:
    """Ask for the same export with ever new keys: each but the first does nothing."""
    for number in range(MOST):
        assert export(client, f"key-{number}").status_code in (200, 202)


def test_a_client_that_makes_up_keys_without_end_has_to_wait(
    api: Api, alice: PatientProfile
) -> None:
    client = api("alice")
    use_up(client)

    with nothing_written():
        answer = export(client, "one-too-many")

    problem = problem_of(answer, 429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) > 0, problem
    assert IdempotencyKey.objects.count() == MOST


def test_what_is_kept_is_answered_and_others_go_on(
    api: Api, alice: PatientProfile, carol: PatientProfile
) -> None:
    client = api("alice")
    use_up(client)

    assert export(client, "key-0").status_code == 202
    assert client.post(EXPORTS).status_code == 200, "without a key nothing is kept"
    assert export(api("carol"), "key-0").status_code == 202


def test_access_is_ended_with_a_key_whatever_was_used_up(
    api: Api, alice: PatientProfile, bobs_grant: CareGrant
) -> None:
    client = api("alice")
    use_up(client)

    ended = client.post(
        f"/api/care/grants/{bobs_grant.pk}/end/", headers={"Idempotency-Key": "end"}
    )

    assert ended.status_code == 200


def test_a_refusal_uses_up_no_key(api: Api, alice: PatientProfile) -> None:
    client = api("alice")
    for number in range(MOST + 1):
        refused = create(client, f"key-{number}", visit_date="1850-01-01T00:00:00Z")
        assert refused.status_code == 400

    assert create(client, "a-key").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_many_keys_at_once_only_so_many_are_kept(
    api: Api, alice: PatientProfile
) -> None:
    calls = [partial(create, api("alice"), f"key-{number}") for number in range(8)]

    codes = sorted(answer.status_code for answer in all_at_once(calls))

    assert codes == [201] * MOST + [429] * (8 - MOST)
    assert HealthRecord.objects.count() == IdempotencyKey.objects.count() == MOST
