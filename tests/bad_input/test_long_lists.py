"""A list that is too long is refused for that, and not for each thing in it."""

import pytest

from tests.bad_input.conftest import Send
from tests.bad_input.endpoints import WITH_FIELDS, Endpoint, Kind, cases, with_value
from tests.problem_answers import faults_of
from tests.rows import nothing_written

LENGTH = 200_000


@pytest.mark.parametrize(("endpoint", "name"), cases(WITH_FIELDS, Kind.LIST), ids=str)
@pytest.mark.parametrize("thing", [0, "CHECKUP", {}], ids=str)
def test_a_list_that_is_too_long_is_one_fault(
    send: Send, endpoint: Endpoint, name: str, thing: object
) -> None:
    length = LENGTH if thing != "CHECKUP" else LENGTH // 4

    with nothing_written():
        response = send(endpoint, with_value(endpoint.body, name, [thing] * length))

    assert faults_of(response) == {(name, "max_length")}
    assert len(response.content) < 1_000


def test_so_are_the_ways_to_reach_a_passkey(send: Send) -> None:
    for endpoint in (each for each in WITH_FIELDS if "credential" in each.body):
        credential = dict(endpoint.body["credential"])
        credential["response"] = credential["response"] | {"transports": [0] * LENGTH}

        response = send(endpoint, endpoint.body | {"credential": credential})

        assert faults_of(response) == {("credential.response.transports", "max_length")}
        assert len(response.content) < 1_000
