"""What was done about care, as the ledger and the outbox tell it."""

from collections import Counter

from phr.audit.models import AccessEntry, Outcome
from phr.core.models import OutboxEvent


def steps() -> tuple[Counter[str], Counter[str]]:
    """What was done by the ledger, and by the events; each with how often."""
    entries = AccessEntry.objects.filter(
        action__startswith="care.", outcome=Outcome.ALLOWED
    )
    events = OutboxEvent.objects.filter(kind__startswith="care.")
    events = events.exclude(kind="care.access_given")  # told beside the step itself
    return (
        Counter(entries.values_list("action", flat=True)),
        Counter(events.values_list("kind", flat=True)),
    )


def assert_done(**times: int) -> None:
    """See that ledger and events tell of these steps and of no others."""
    done = Counter({f"care.{name}": count for name, count in times.items() if count})
    assert steps() == (done, done)
