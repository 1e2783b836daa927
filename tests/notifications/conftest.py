"""A mail server, and accounts whose addresses are confirmed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress

from phr.accounts.models import User
from tests.mailbox import Mailbox, open_mailbox

Confirm = Callable[[User], None]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A real SMTP server, to which this process sends."""
    with open_mailbox() as box:
        for name, value in box.settings().items():
            setattr(settings, name, value)
        yield box


@pytest.fixture
def confirm() -> Confirm:
    """Have an account's present address count as confirmed."""

    def confirm_address(user: User) -> None:
        EmailAddress.objects.create(
            user=user, email=user.email.lower(), verified=True, primary=True
        )

    return confirm_address
