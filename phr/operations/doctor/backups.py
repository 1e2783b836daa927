"""How old the last backup is that was tried."""

from collections.abc import Iterator

from django.utils import timezone

from phr.operations.backup.last_verified import OLD, last_verified
from phr.operations.findings import Finding, Part

PART = Part("backups")
ADVICE = "See docs/restore.md: make one every night, and try it every week."


def examine() -> Iterator[Finding]:
    """What `manage.py verify_backup` has noted. Other tools note nothing here."""
    made_at = last_verified()
    if made_at is None:
        yield PART.note("No backup is known to have been tried.", ADVICE)
        return
    age = timezone.now() - made_at
    says = f"The last backup that was tried is {age.days} days old."
    yield PART.warning(says, ADVICE) if age > OLD else PART.ok(says)
