"""What the bench asks of an installation, and of what goes wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tests.faults.relay import Relay
from tests.mailbox import Mailbox


class Installation(Protocol):
    """One that runs, and can be broken.

    :ivar web: the address that clients ask.
    :ivar mailbox: the mail server.
    :ivar restarts: what has ended, and was started again.
    """

    web: Relay
    mailbox: Mailbox
    restarts: list[str]

    @property
    def breaks(self) -> list[float]:
        """When something was broken, by `time.monotonic`, in that order."""

    def await_web(self) -> None:
        """Wait until all of web is ready."""


AnyInstallation = TypeVar("AnyInstallation", bound=Installation)


@dataclass(frozen=True)
class Scenario(Generic[AnyInstallation]):
    """One thing that goes wrong.

    :param act: has it go wrong, and returns when the parts are whole again.
    :param is_short: whether `make check` has it, too.
    :param may_refuse: whether clients may be refused, or hear nothing, meanwhile.
    :param may_mail_twice: whether a mail may come again, as it was: where a worker can
        end, or lose its database, between the mail server's yes and noting that.
    :param slowest_refusal: seconds until somebody who is refused knows it, from when
        they have come and something has broken.
    """

    name: str
    act: Callable[[AnyInstallation], None]
    is_short: bool = False
    may_refuse: bool = True
    may_mail_twice: bool = False
    slowest_refusal: float = 16
