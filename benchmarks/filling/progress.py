"""A bar: how far a filling is, how fast it goes, and how long it still takes."""

import sys
import time

WIDTH = 30
SELDOM = 20  # seconds


class Progress:
    """:param done: what an earlier run has filled; it does not count for the rate."""

    def __init__(self, rows: int, done: int) -> None:
        self.rows, self.before = rows, done
        self.begun = time.monotonic()
        self.shown = 0.0

    def show(self, done: int) -> None:
        """Draw the bar anew; where nobody looks on, such as in a log, now and then."""
        now = time.monotonic()
        if not sys.stderr.isatty() and now - self.shown < SELDOM:
            return
        self.shown = now
        print(f"\r  {self.line(done)}", end="", file=sys.stderr, flush=True)

    def line(self, done: int) -> str:
        rate = (done - self.before) / max(time.monotonic() - self.begun, 0.001)
        filled = "#" * (WIDTH * done // self.rows)
        rest = f"{(self.rows - done) / rate:,.0f} s left" if rate else "starting"
        return (
            f"[{filled:{WIDTH}}] {done:,} of {self.rows:,} records,"
            f" {rate:,.0f}/s, {rest}   "
        )

    def end(self) -> None:
        print(file=sys.stderr)
