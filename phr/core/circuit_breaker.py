"""Nobody waits for a part that has just been found not to answer."""

import threading
import time


class CircuitBreaker:
    """Open after a failure; then one caller in each `seconds` tries again.

    A caller that is not admitted fails at once, instead of blocking a thread until the
    timeout.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.try_again_at = 0.0  # of the monotonic clock; 0 while all is well
        self.turn = threading.Lock()

    def admits(self) -> bool:
        """Whether the caller may try; it then tells how that went."""
        if not self.try_again_at:
            return True
        with self.turn:
            if time.monotonic() < self.try_again_at:
                return False
            self.try_again_at = time.monotonic() + self.seconds
            return True

    @property
    def is_open(self) -> bool:
        return bool(self.try_again_at)

    def suspect(self) -> None:
        """Open, and let the next caller try at once: it may have been one question."""
        self.try_again_at = time.monotonic()

    def note_failure(self) -> None:
        self.try_again_at = time.monotonic() + self.seconds

    def note_success(self) -> None:
        self.try_again_at = 0.0
