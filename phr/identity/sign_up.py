"""Signing up: an account, its profile, and the first login session."""

from datetime import datetime
from typing import Any

from django.db import transaction

from phr.accounts.models import User
from phr.accounts.tokens import Tokens
from phr.care.registration import register
from phr.identity.sign_in import begin_session


@transaction.atomic
def sign_up(*, at: datetime, **values: Any) -> tuple[User, Tokens]:
    """Open an account and sign in to it, both or neither.

    :param values: as `register` takes them, which also says what it raises.
    """
    user = register(**values)
    return user, begin_session(user=user, at=at)
