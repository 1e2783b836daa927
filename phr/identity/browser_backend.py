"""Who a browser is signed in as, read by a statement that is compiled once."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from phr.accounts.models import User
from phr.identity.session_lookup import find_person


class BrowserBackend(ModelBackend):
    """Django's own, but for how each page of a browser finds its person."""

    def get_user(self, user_id: Any) -> User | None:
        """The user with the profile, which nearly every page needs as well."""
        user = find_person(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
