"""Who a browser is signed in as, read by a statement that is compiled once."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.backends import ModelBackend

from phr.accounts.models import User
from phr.identity.session_lookup import find_person

# Who has just been read with the session, while Django asks whose it is.
at_hand: ContextVar[User | None] = ContextVar("person_at_hand", default=None)


class BrowserBackend(ModelBackend):
    """Django's own, but for how each page of a browser finds its person."""

    def get_user(self, user_id: Any) -> User | None:
        """The user with the profile, which nearly every page needs as well."""
        user = at_hand.get()
        if user is None or user.pk != user_id:
            user = find_person(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


@contextmanager
def having_read(person: User | None) -> Iterator[None]:
    """Let the backend take who was read a moment ago, if it is whom it looks for."""
    token = at_hand.set(person)
    try:
        yield
    finally:
        at_hand.reset(token)
