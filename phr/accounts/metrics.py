"""What is counted of passwords, sign-ins and mails."""

from prometheus_client import Counter, Gauge, Histogram

from phr.core.metrics import SECONDS

HASHING = Gauge(
    "phr_hashing",
    "Passwords that wait for their hash, or are being hashed.",
    multiprocess_mode="livesum",
)
HASH_SECONDS = Histogram(
    "phr_hash_seconds",
    "How long a password waited for its hash, and took.",
    buckets=SECONDS,
)
SIGN_INS = Counter("phr_sign_ins", "Attempts to sign in.", ["outcome"])
MAILS = Counter("phr_mails", "What has become of mails.", ["outcome"])
# Known from the start: else a first failure would be no increase.
for outcome in ("allowed", "refused"):
    SIGN_INS.labels(outcome)
for outcome in ("sent", "not_taken", "put_off", "refused", "dropped", "moot"):
    MAILS.labels(outcome)
