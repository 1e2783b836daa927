"""A world that is made once stays for each test as it was made."""

from typing import Any

from django.db import connection

from phr.accounts.models import LoginSession
from phr.care.models import PatientProfile
from tests.worlds import begin_sessions, kept_browser


def test_what_a_test_does_to_somebody_of_a_world_is_undone(
    whole_scene: dict[str, Any], alice: PatientProfile
) -> None:
    assert alice == whole_scene["alice"]
    assert connection.savepoint_ids  # else it would stay for those that follow


def test_sessions_that_are_begun_anew_take_the_place_of_those_before(
    alice: PatientProfile,
) -> None:
    sessions = begin_sessions({"alice": alice})
    old = kept_browser(sessions, "alice")
    assert old.get("/records/").status_code == 200

    sessions.begin()

    assert LoginSession.objects.filter(user=alice.user).count() == 1
    assert kept_browser(sessions, "alice").get("/records/").status_code == 200
    assert old.get("/records/").status_code == 302
