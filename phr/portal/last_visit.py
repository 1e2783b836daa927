"""When somebody was here before, so that pages can say what is new to them."""

from datetime import datetime

from django.http import HttpRequest

from phr.accounts.models import User
from phr.audit.sign_ins import previous_sign_in

LAST_VISIT = "last_visit"  # in the session: text of ISO 8601, or "" for never


def last_visit(request: HttpRequest, user: User) -> datetime | None:
    """When somebody signed in before this time; looked up once in a session."""
    if LAST_VISIT not in request.session:
        at = previous_sign_in(user)
        request.session[LAST_VISIT] = at.isoformat() if at else ""
    kept = request.session[LAST_VISIT]
    return datetime.fromisoformat(kept) if kept else None
