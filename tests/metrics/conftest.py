"""A mail server, as in the tests of notifications."""

from tests.notifications.conftest import mailbox

__all__ = ["mailbox"]
