"""An event that only benchmarks emit."""

from phr.core.events import Event


class NothingHappened(Event):
    """So many of these are stored and delivered as are measured; nobody is told."""

    kind = "benchmarks.nothing_happened"
    is_heard = False
