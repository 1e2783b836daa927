"""A worker's way to its broker: tried again ever less often while Redis refuses."""

import time

from celery.worker import consumer, state

# A loss that comes later than this after the last one is the first of its kind.
SECONDS_UNTIL_FORGIVEN = 60
LONGEST_WAIT = 5.0  # seconds
TICK = 0.1


class Consumer(consumer.Consumer):  # type: ignore[misc] # celery has no types
    """Celery's, which connects again at once when it was connected before.

    A Redis that lets us connect and then refuses what we ask would get some twenty new
    connections each second from each worker, and the log three losses.
    """

    losses, lost_at = 0, float("-inf")

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        super().on_connection_error_after_connected(exc)
        wait(self.wait_after_loss(time.monotonic()))

    def wait_after_loss(self, at: float) -> float:
        """How many seconds to wait: none, one, two, four, and so on."""
        again = at - self.lost_at < SECONDS_UNTIL_FORGIVEN
        self.losses = min(self.losses + 1, 10) if again else 0
        self.lost_at = at
        return min(2.0 ** (self.losses - 1), LONGEST_WAIT) if self.losses else 0.0


def wait(seconds: float) -> None:
    """Wait, unless the worker is asked to end."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and state.should_stop is None:
        time.sleep(TICK)
