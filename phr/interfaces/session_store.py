"""The admin site's sessions: rows, as Django's own, and only under keys of its own."""

import re

from django.contrib.sessions.backends.db import SessionStore as RowStore

KEY = re.compile(r"[a-z0-9]{32}")  # as Django makes them


class SessionStore(RowStore):
    def _validate_session_key(self, key: str | None) -> bool:
        """Take no other key to the database: a quoted cookie may hold a NUL."""
        return key is not None and KEY.fullmatch(key) is not None
