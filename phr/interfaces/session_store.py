"""Sessions of browsers: rows, as Django's own, and only under keys of its own."""

import re
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as RowStore
from django.utils import timezone

from phr.accounts.browser_sessions import Use
from phr.accounts.models import User
from phr.identity.session_lookup import find_browser_session

KEY = re.compile(r"[a-z0-9]{32}")  # as Django makes them


class SessionStore(RowStore):
    """
    :ivar use: when it was used last, once it is loaded and if it is listed.
    :ivar person: whose it is, likewise.
    """

    use: Use | None = None
    person: User | None = None

    def load(self) -> dict[str, Any]:
        """Read it together with its use and its person, whom each page asks for too."""
        stored = find_browser_session(str(self.session_key), at=timezone.now())
        if stored is None:
            self._session_key = None
            return {}
        self.use, self.person = stored.use, stored.person
        loaded: dict[str, Any] = self.decode(stored.data)
        return loaded

    def _validate_session_key(self, key: str | None) -> bool:
        """Take no other key to the database: a quoted cookie may hold a NUL."""
        return key is not None and KEY.fullmatch(key) is not None
