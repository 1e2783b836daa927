"""A world that is made once stays for each test as it was made."""

from typing import Any

from django.db import connection

from phr.care.models import PatientProfile


def test_what_a_test_does_to_somebody_of_a_world_is_undone(
    whole_scene: dict[str, Any], alice: PatientProfile
) -> None:
    assert alice == whole_scene["alice"]
    assert connection.savepoint_ids  # else it would stay for those that follow
