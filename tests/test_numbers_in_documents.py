"""Numbers of the code that documents quote: each is what the code says."""

import re
from datetime import timedelta
from pathlib import Path

from config import celery_settings
from config.environment import Environment
from config.settings import base
from phr.accounts.browser_sessions import MOST_SESSIONS
from phr.accounts.hashing import CalmArgon2PasswordHasher
from phr.accounts.reauthentication import PROOF_COUNTS_FOR
from phr.accounts.tokens import CLOCKS_DIFFER_BY
from phr.api.filters import LONGEST_SEARCH
from phr.api.paging import LARGEST_SIZE
from phr.archive.services import EXPORTS
from phr.audit.access_log import DOWNLOADS
from phr.audit.ledger_check import VERIFICATIONS
from phr.audit.seals import LINES_PER_SEAL
from phr.core.encryption import NONCE_BYTES
from phr.core.outbox_queue import LONGEST_RETRY
from phr.core.postgres import silence, timeouts
from phr.core.postgres.replica.standing import SECONDS_PAUSED
from phr.core.stale_reads import SECONDS_MORE
from phr.erasure.services import TIME_TO_RECONSIDER
from phr.health_records.querysets import KEPT_AFTER_DELETING
from phr.health_records.search import MOST_WORDS
from phr.identity.guess_limits import PLACE_IS_KNOWN_FOR
from phr.identity.recovery_codes import RECOVERY_CODE_BYTES
from phr.identity.token_refresh import REUSE_IS_REPETITION
from server import admission
from tests.cases import for_each

ROOT = Path(__file__).resolve().parents[1]
NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
NUMBERS += ["ten"]
INVENTORY, OPERATIONS = "security/inventory.md", "operations.md"
AVAILABILITY = "high-availability.md"
THREATS, DEPLOYMENT = "security/threat-model.md", "deployment.md"


def in_words(number: float) -> str:
    return NUMBERS[int(number) - 1]


def days(span: timedelta) -> int:
    return span // timedelta(days=1)


def minutes(span: timedelta) -> int:
    return span // timedelta(minutes=1)


HASHER, WEB, WORKER = CalmArgon2PasswordHasher, timeouts.WEB, timeouts.WORKER
MEMORY = HASHER.memory_cost // 1024
MIB = base.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024**2
THREADS = admission.REQUESTS.workers
SEARCH = admission.UNITS_OF_A_SEARCH
CONNECTIONS = THREADS + 2 * admission.ALONE.workers
REFRESH = Environment.model_fields["refresh_token_lifetime"].default
SIGN_INS = Environment.model_fields["retain_sign_ins_days"].default
EVENTS = Environment.model_fields["retain_events_days"].default
EXPORT_HOURS = Environment.model_fields["retain_exports_hours"].default
REPLAY = celery_settings.beat_schedule["replay-outbox"]["schedule"]

QUOTED = [
    (INVENTORY, f"SHA-256 of {RECOVERY_CODE_BYTES * 8} random bits"),
    (INVENTORY, f"a new nonce of {NONCE_BYTES * 8} random bits"),
    (
        INVENTORY,
        f"argon2id, {MEMORY} MiB, {HASHER.time_cost} passes, {HASHER.parallelism} lane",
    ),
    (INVENTORY, f"hashing passwords ({MEMORY} MiB each)"),
    (INVENTORY, f"records are purged after {days(KEPT_AFTER_DELETING)} days"),
    (INVENTORY, f"at most {MOST_SESSIONS} login sessions"),
    (INVENTORY, f"What has ended is kept for {SIGN_INS} days"),
    (INVENTORY, f"{MIB} MiB at most, read on the event loop"),
    (INVENTORY, f"and a file for {admission.UNITS_OF_A_FILE}; then 429"),
    (INVENTORY, f"pages of {LARGEST_SIZE} at most"),
    (INVENTORY, f"searches of {LONGEST_SEARCH} characters"),
    (
        INVENTORY,
        f"{admission.UNITS} in flight in a process, a search counts for {SEARCH} and a",
    ),
    (
        INVENTORY,
        f"{in_words(DOWNLOADS.times)} in {in_words(minutes(DOWNLOADS.window))} minutes",
    ),
    (INVENTORY, f"page by page, {VERIFICATIONS.times} in a minute"),
    (INVENTORY, f"a worker, {in_words(EXPORTS.times)} a day for one account"),
    (
        OPERATIONS,
        f"| web | {WEB.statement} s | {WEB.lock} s | {WEB.idle} s | {WEB.answer} s |",
    ),
    (
        OPERATIONS,
        f"| worker, beat | {WORKER.statement} s | {WORKER.lock} s | {WORKER.idle} s |",
    ),
    (OPERATIONS, f"| {WORKER.idle} s | {WORKER.answer} s |"),
    (OPERATIONS, f"that has heard nothing for {WEB.silence} seconds begins another"),
    (
        OPERATIONS,
        f"for {in_words(silence.TRIES)} times {silence.SECONDS_FOR_A_WORD} seconds",
    ),
    (OPERATIONS, f"process keeps {in_words(CONNECTIONS)}, each child of a Celery"),
    (OPERATIONS, f"Each web process has {in_words(THREADS)} threads for requests"),
    (OPERATIONS, f"Delivered rows go after {in_words(EVENTS)} days"),
    (OPERATIONS, f"whatever is due every {REPLAY:.0f} seconds"),
    (OPERATIONS, f"what was deleted {days(KEPT_AFTER_DELETING)} days ago"),
    (OPERATIONS, f"were used {SIGN_INS} days ago"),
    (OPERATIONS, f"for {EXPORT_HOURS} hours, and in that day's"),
    (OPERATIONS, f"differ by up to {CLOCKS_DIFFER_BY.seconds} seconds"),
    (THREATS, f"may differ by {CLOCKS_DIFFER_BY.seconds} seconds"),
    (THREATS, f"within {in_words(REUSE_IS_REPETITION.seconds)} seconds, by a second"),
    (THREATS, f"bodies up to {MIB} MiB"),
    (THREATS, f"pages up to {LARGEST_SIZE} rows"),
    (THREATS, f"finds the first {MOST_WORDS:,} different words"),
    (THREATS, f"no older than {in_words(minutes(PROOF_COUNTS_FOR))} minutes"),
    (THREATS, f"not signed in within {days(PLACE_IS_KNOWN_FOR)} days"),
    (THREATS, f"restored for {days(KEPT_AFTER_DELETING)} days"),
    (AVAILABILITY, f"last change, and {in_words(SECONDS_MORE)} more"),
    (AVAILABILITY, f"for {in_words(int(SECONDS_PAUSED))} seconds after a failure"),
    (DEPLOYMENT, f"every {REPLAY:.0f} seconds finds what was not delivered"),
    (DEPLOYMENT, f"deleted {days(KEPT_AFTER_DELETING)} days ago"),
    (DEPLOYMENT, f"sign-ins of {SIGN_INS} days ago"),
]


@for_each("page, words", QUOTED)
def test_a_number_in_a_document_is_that_of_the_code(page: str, words: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")

    assert words in re.sub(r"\s+", " ", text)


def test_what_documents_call_a_day_or_a_week_is_one() -> None:
    assert timedelta(days=1) == REFRESH
    assert timedelta(days=7) == TIME_TO_RECONSIDER
    assert timedelta(hours=1) == LONGEST_RETRY
    assert LINES_PER_SEAL == 256
