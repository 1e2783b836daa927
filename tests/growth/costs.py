"""How the time that a function takes grows with the length of what it is given."""

import gc
import time
from collections.abc import Callable
from typing import Any

SHORT, TIMES = 2_500, 8
# Twice the length in twice the time is 8; in four times the time, 64.
MOST_GROWTH = 24
TOO_QUICK = 0.002  # seconds; what is this quick at its longest is not measured
TRIES = 3


def seconds(work: Callable[[Any], object], given: Any, tries: int = TRIES) -> float:
    """The processor's time of one call, the best of some."""
    best = float("inf")
    for _ in range(tries):
        gc.collect(0)
        began = time.process_time()
        work(given)
        best = min(best, time.process_time() - began)
    return best


def growth(
    work: Callable[[Any], object], make: Callable[[int], Any], short: int = SHORT
) -> float:
    """By how much eight times the length takes longer.

    The length is tried again only where its first call took too long, which the best of
    some may not have done.

    :param make: what the work is given, of a length.
    """
    given = make(short * TIMES)
    at_length = seconds(work, given, tries=1)
    if at_length < TOO_QUICK:
        return 1
    at_first = max(seconds(work, make(short)), TOO_QUICK / TIMES)
    if at_length / at_first >= MOST_GROWTH:
        at_length = min(at_length, seconds(work, given))
    return at_length / at_first
