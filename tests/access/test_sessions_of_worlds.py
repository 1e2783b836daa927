"""The sessions of a world, which are begun anew before they are too old."""

from phr.accounts.models import LoginSession
from phr.care.models import PatientProfile
from tests.worlds import begin_sessions, kept_browser


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
