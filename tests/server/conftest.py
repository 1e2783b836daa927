"""Alice's session, and a server that works on nothing."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from phr.accounts.models import LoginSession
from phr.care.models import PatientProfile
from phr.identity.sign_in import start_session
from tests.server.entering import Entering


@pytest.fixture
def session(alice: PatientProfile) -> LoginSession:
    start_session(user=alice.user, at=timezone.now())
    return LoginSession.objects.get(user=alice.user)


@pytest.fixture
def entering(monkeypatch: pytest.MonkeyPatch) -> Iterator[Entering]:
    entering = Entering(monkeypatch)
    yield entering
    entering.turned_away()  # else asyncio complains that nobody has looked
    entering.loop.close()
