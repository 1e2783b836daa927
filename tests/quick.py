"""What `make test-quick` leaves out, by folder or file: servers, fuzzing and growth."""

from functools import cache
from pathlib import Path

from hypothesis import is_hypothesis_test

TESTS = Path(__file__).parent
SLOW = {
    "access/test_portal_nasty.py": "fuzzing: odd values in every field of every form",
    "attacks/test_headers.py": "starts a web server",
    "attacks/test_many_at_once.py": "hundreds at the same moment",
    "audit/test_seals_at_once.py": "starts processes",
    "backup": "makes and restores databases by PostgreSQL's own programs",
    "bad_input": "fuzzing: odd values in every field of every body",
    "benchmarks": "fills databases, in processes of their own",
    "browser": "starts a browser, a web server and workers",
    "care/test_agreement.py": "fuzzing: access by a model of it",
    "care/test_strangers.py": "growth: strangers by the hundred",
    "clients": "others' tools: `make openapi-check`",
    "core/test_backing_services.py": "starts servers",
    "core/test_migrating_under_load.py": "migrates back and forth",
    "demo": "the whole of the demo data",
    "erasure/test_bounded.py": "growth: tables full of others' rows",
    "events/test_replaying_processes.py": "starts processes",
    "faults": "starts the whole installation, and kills its parts",
    "growth": "worlds of ten thousand of everything",
    "health_records/test_any_text.py": "growth: texts as long as they may be",
    "hanging": "starts servers and workers, and has them stop answering",
    "metrics/test_port.py": "starts processes",
    "notifications/test_bounds.py": "growth: forty times each kind of event",
    "notifications/test_mailboxes.py": "growth: mails until a mailbox has enough",
    "notifications/test_reading_all.py": "growth: inboxes of ten thousand",
    "openapi/test_schemathesis.py": "fuzzing: every operation, as every role",
    "operations": "starts servers and workers, and makes databases",
    "replica": "starts a PostgreSQL and its replica",
    "running": "starts the servers as people do",
    "settings": "starts a process for each wrong setting",
    "test_dangerous_calls.py": "starts a process",
    "test_logs.py": "starts processes with the settings of production",
    "test_migrations.py": "migrates databases back and forth",
    "test_proxies.py": "starts processes with the settings of production",
    "test_security_headers.py": "starts a process with the settings of production",
    "test_web_safety.py": "starts processes",
}


@cache
def is_slow(path: Path) -> bool:
    """Whether a file or folder of the tests is left out."""
    if not path.is_relative_to(TESTS):
        return False
    place = path.relative_to(TESTS)
    return any(str(part) in SLOW for part in (place, *place.parents))


def is_fuzzing(item: object) -> bool:
    """Whether a test, wherever it stands, is given what hypothesis thinks of."""
    return is_hypothesis_test(getattr(item, "function", None))
