"""What happens to erasures of accounts."""

from phr.accounts.events import AccountEvent


class ErasureAsked(AccountEvent):
    """Somebody wants their account erased; the user is told."""

    kind = "erasure.asked"


class ErasureCancelled(AccountEvent):
    """An erasure was called off before it began; the user is told."""

    kind = "erasure.cancelled"
