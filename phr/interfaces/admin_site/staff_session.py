"""What a session of the admin site remembers about its owner."""

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

from phr.accounts.reauthentication import is_recent

# Whether a second factor was used.
SECOND_FACTOR = "second_factor"
# When a password or a code was given last, as text of ISO 8601.
PROVED_AT = "proved_at"


def note_proof(session: SessionBase, *, at: datetime) -> None:
    """Remember that somebody has shown just now who they are."""
    session[PROVED_AT] = at.isoformat()


def has_proof(session: SessionBase, *, at: datetime) -> bool:
    """As `phr.accounts.reauthentication.has_proof` says it of a session of the API."""
    proved_at = session.get(PROVED_AT)
    return is_recent(datetime.fromisoformat(proved_at) if proved_at else None, at=at)
