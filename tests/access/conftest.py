"""The scene of the access matrix, and what staff act on."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from phr.accounts.models import LoginSession
from phr.identity.sign_in import start_session
from tests.access.matrix import Row
from tests.access.scene import Names, make_people, make_scene
from tests.conftest import Api
from tests.factories import DoctorVerificationFactory, EmergencyAccessFactory
from tests.watching.conftest import collector, flush, sentry
from tests.worlds import (
    begin_sessions,
    clients_of,
    kept_browser,
    kept_for_a_module,
    member,
    renewed_sessions,
)

__all__ = ["collector", "flush", "sentry"]


@pytest.fixture(autouse=True)
def _emergency_access(settings: Any) -> None:
    settings.EMERGENCY_ACCESS = True


@pytest.fixture(scope="module")
def whole_scene(
    django_db_setup: None, django_db_blocker: Any
) -> Iterator[dict[str, Any]]:
    """Who there is in the scene, by name, and as `names` what `scene` gives."""
    with kept_for_a_module(django_db_blocker, make_whole_scene) as scene:
        yield scene


def make_whole_scene() -> dict[str, Any]:
    people = make_people()
    names = make_scene(people)
    everybody = people._asdict()
    sessions = begin_sessions(everybody)
    return everybody | {"names": names, "sessions": sessions}


@pytest.fixture
def scene(whole_scene: dict[str, Any], db: None) -> Names:
    """What the names in braces of the table stand for.

    Made once for a module: all of its tests that need the database need this, too.
    """
    return dict(whole_scene["names"])


alice = member("alice", "whole_scene")
carol = member("carol", "whole_scene")
dr_bob = member("dr_bob", "whole_scene")
dr_eve = member("dr_eve", "whole_scene")
dr_dan = member("dr_dan", "whole_scene")
dr_fay = member("dr_fay", "whole_scene")
dr_gil = member("dr_gil", "whole_scene")
dr_hal = member("dr_hal", "whole_scene")
dr_ira = member("dr_ira", "whole_scene")
dr_jo = member("dr_jo", "whole_scene")
sam = member("sam", "whole_scene")
nina = member("nina", "whole_scene")
renewed = renewed_sessions("whole_scene")
api = clients_of("whole_scene")


@pytest.fixture
def staff_scene(alice, carol, dr_bob, dr_eve, dr_dan, bobs_grant) -> dict[str, Any]:
    """What `staff_actions` are about."""
    DoctorVerificationFactory(doctor=dr_dan)
    start_session(user=alice.user, at=timezone.now())
    return {
        "patient": carol.pk,
        "user": alice.user_id,
        "doctor": dr_dan.pk,
        "verified": dr_eve.pk,
        "grant": bobs_grant.pk,
        "emergency": EmergencyAccessFactory().pk,
        "session": LoginSession.objects.filter(user=alice.user).latest("created_at").pk,
    }


@pytest.fixture
def browser(whole_scene: dict[str, Any], db: None) -> Callable[[str], Client]:
    """A browser in which somebody of the scene is signed in, by name, or "nobody"."""

    def browser_for(who: str) -> Client:
        return (
            Client() if who == "nobody" else kept_browser(whole_scene["sessions"], who)
        )

    return browser_for


@pytest.fixture
def client_for(api: Api, browser: Callable[[str], Client]) -> Callable[[str, Row], Any]:
    """A client that is signed in the way the row says."""
    return lambda who, row: (browser if row.session else api)(who)
