"""How much one account may write in a day, and keep in all (ASVS 5.0, 2.4.1).

What counts is what stays: a record or a comment, and each version of one, because every
change keeps another (ADR 19). So each act that writes a row, whichever it is, adds one
entry and as many bytes as its texts have after it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from phr.accounts.models import User
from phr.core.compiled_queries import CompiledQuery
from phr.core.errors import AccountLimitReached, Quota, TooMany
from phr.core.metrics import THROTTLED
from phr.health_records.models import TEXTS, AccountUsage, DoctorComment, HealthRecord

log = structlog.get_logger(__name__)

A_DAY = timedelta(days=1)
SECONDS_OF_A_DAY = int(A_DAY.total_seconds())

# By the database's clock, as the rule of access is. Whoever comes at the same moment
# waits for the row, and is then measured against what it has become.
ADD = CompiledQuery("""
INSERT INTO health_records_accountusage AS used
  (user_id, entries, bytes, day, entries_of_day, bytes_of_day)
VALUES
  (%(user_id)s::uuid, 1, %(bytes)s::bigint, (now() AT TIME ZONE 'UTC')::date, 1,
   %(bytes)s::bigint)
ON CONFLICT (user_id) DO UPDATE SET
  entries = used.entries + 1,
  bytes = used.bytes + excluded.bytes,
  day = excluded.day,
  entries_of_day = 1
    + CASE WHEN used.day = excluded.day THEN used.entries_of_day ELSE 0 END,
  bytes_of_day = excluded.bytes
    + CASE WHEN used.day = excluded.day THEN used.bytes_of_day ELSE 0 END
WHERE NOT %(bounded)s::boolean OR (
  used.entries < %(entries)s::bigint
  AND used.bytes + excluded.bytes <= %(bytes_in_all)s::bigint
  AND (used.day <> excluded.day OR (
    used.entries_of_day < %(entries_of_day)s::bigint
    AND used.bytes_of_day + excluded.bytes <= %(bytes_of_day)s::bigint
  ))
)
RETURNING user_id
""")

TEXTS_OF_RECORD = ("title", *TEXTS)
# Whose rows are how many and how long, of the records that a condition chooses.
OWNED = """
SELECT user_id, count(*) AS entries, sum(bytes) AS bytes FROM (
  SELECT patient.user_id, octet_length(concat({texts})) AS bytes
  FROM health_records_healthrecord AS record
  JOIN care_patientprofile AS patient ON patient.id = record.patient_id
  WHERE {of_record}
  UNION ALL
  SELECT patient.user_id, octet_length(concat({texts}))
  FROM health_records_recordversion AS record
  JOIN care_patientprofile AS patient ON patient.id = record.patient_id
  WHERE {of_record}
  UNION ALL
  SELECT doctor.user_id, octet_length(comment)
  FROM health_records_doctorcomment AS comment
  JOIN care_doctorprofile AS doctor ON doctor.id = comment.doctor_id
  WHERE {of_comment}
  UNION ALL
  SELECT doctor.user_id, octet_length(comment)
  FROM health_records_commentversion AS comment
  JOIN care_doctorprofile AS doctor ON doctor.id = comment.doctor_id
  WHERE {of_comment}
) AS owned GROUP BY user_id ORDER BY user_id
"""
TEXT_COLUMNS = ", ".join(TEXTS_OF_RECORD)
OF_RECORDS = CompiledQuery(
    OWNED.format(
        texts=TEXT_COLUMNS,
        of_record="record.id = ANY(%(ids)s::uuid[])",
        of_comment="comment.health_record_id = ANY(%(ids)s::uuid[])",
    )
)
OF_USERS = OWNED.format(
    texts=TEXT_COLUMNS,
    of_record="patient.user_id = ANY(%(ids)s::uuid[])",
    of_comment="doctor.user_id = ANY(%(ids)s::uuid[])",
)
TAKE_OFF = CompiledQuery("""
UPDATE health_records_accountusage SET
  entries = GREATEST(entries - %(entries)s::bigint, 0),
  bytes = GREATEST(bytes - %(bytes)s::bigint, 0)
WHERE user_id = %(user_id)s::uuid
""")
RECOUNT = CompiledQuery(
    """
INSERT INTO health_records_accountusage
  (user_id, entries, bytes, day, entries_of_day, bytes_of_day)
SELECT user_id, entries, bytes, (now() AT TIME ZONE 'UTC')::date, 0, 0
FROM (OWNED) AS owned
ON CONFLICT (user_id) DO UPDATE SET entries = excluded.entries, bytes = excluded.bytes
""".replace("OWNED", OF_USERS)  # made of constants  # nosec B608
)


class AccountIsFull(TooMany):
    code, title = "account_full", _("This account has reached its storage limit")
    advice = _(
        "Delete what you no longer need; the space is free after 30 days. Or ask the "
        "administrators of this server."
    )


def size_of(row: HealthRecord | DoctorComment) -> int:
    """How many bytes the texts of a row have in UTF-8."""
    names = ("comment",) if isinstance(row, DoctorComment) else TEXTS_OF_RECORD
    return sum(len(getattr(row, name).encode()) for name in names)


def count(actor: User, row: HealthRecord | DoctorComment) -> None:
    """Count what the actor is about to write, or refuse it.

    To be called in the transaction that writes it, with the row as it will be: what is
    not written is not counted, and of many at once none gets past a ceiling.

    :raises AccountLimitReached: they have written as much today as an account may.
    :raises AccountIsFull: they keep as much as an account may.
    """
    if not add(actor, size_of(row), bounded=True):
        raise_limit_reached(actor, size_of(row))


def count_removal(actor: User, row: HealthRecord | DoctorComment) -> None:
    """Count what stays of a row that the actor deletes; this is never refused.

    Nobody has to keep what they want to be rid of. It does not go on without end: who
    has reached a ceiling makes and restores nothing that could be deleted again.
    """
    add(actor, size_of(row), bounded=False)


def add(actor: User, size: int, *, bounded: bool) -> bool:
    """:returns: False, and nothing is added, if that would be over a ceiling."""
    added = ADD.rows(
        user_id=actor.pk,
        bytes=size,
        bounded=bounded,
        entries=settings.ACCOUNT_ENTRIES,
        bytes_in_all=settings.ACCOUNT_BYTES,
        entries_of_day=settings.ACCOUNT_ENTRIES_PER_DAY,
        bytes_of_day=settings.ACCOUNT_BYTES_PER_DAY,
    )
    return bool(added)


def raise_limit_reached(actor: User, size: int) -> None:
    """Say which ceiling it is; the one that ends by itself last.

    :raises AccountLimitReached, AccountIsFull: always.
    """
    used = AccountUsage.objects.get(pk=actor.pk)
    log.info("account_limit_reached", user_id=str(actor.pk))
    error = limit_reached(used, size)
    if error.quota:
        THROTTLED.labels(error.quota.name).inc()
    raise error


def limit_reached(used: AccountUsage, size: int) -> TooMany:
    if used.entries >= settings.ACCOUNT_ENTRIES:
        return full("entries", settings.ACCOUNT_ENTRIES)
    if used.bytes + size > settings.ACCOUNT_BYTES:
        return full("bytes", settings.ACCOUNT_BYTES)
    if used.entries_of_day >= settings.ACCOUNT_ENTRIES_PER_DAY:
        return enough_for_today("entries", settings.ACCOUNT_ENTRIES_PER_DAY)
    return enough_for_today("bytes", settings.ACCOUNT_BYTES_PER_DAY)


def full(what: str, most: int) -> AccountIsFull:
    return AccountIsFull(
        _(
            "Delete what you no longer need. The space is free once it is permanently "
            "deleted, after 30 days."
        ),
        retry_after=SECONDS_OF_A_DAY,
        quota=Quota(f"account:{what}", most, None),
    )


def enough_for_today(what: str, most: int) -> AccountLimitReached:
    return AccountLimitReached(
        _("Please try again tomorrow."),
        retry_after=seconds_of_today(timezone.now()),
        quota=Quota(f"account:{what}-per-day", most, SECONDS_OF_A_DAY),
    )


def seconds_of_today(now: datetime) -> int:
    """Until midnight, UTC; at least one."""
    tomorrow = datetime.combine(now.astimezone(UTC) + A_DAY, time(), UTC)
    return max(1, round((tomorrow - now).total_seconds()))


def ceilings_in_all() -> dict[str, int]:
    return {"entries": settings.ACCOUNT_ENTRIES, "bytes": settings.ACCOUNT_BYTES}


def ceilings_of_day() -> dict[str, int]:
    return {
        "entries_of_day": settings.ACCOUNT_ENTRIES_PER_DAY,
        "bytes_of_day": settings.ACCOUNT_BYTES_PER_DAY,
    }


def at_least(percent: int) -> Q:
    """The condition that an account has come so near to a ceiling, for staff."""
    reached, reached_today = Q(), Q()
    for name, most in ceilings_in_all().items():
        reached |= Q(**{f"{name}__gte": most * percent / 100})
    for name, most in ceilings_of_day().items():
        reached_today |= Q(**{f"{name}__gte": most * percent / 100})
    return reached | (reached_today & Q(day=timezone.now().astimezone(UTC).date()))


def percent_of_nearest(usage: AccountUsage) -> int:
    """How much of the ceiling that an account has come nearest to."""
    ceilings: dict[str, int] = ceilings_in_all()
    if usage.day == timezone.now().astimezone(UTC).date():
        ceilings |= ceilings_of_day()
    return max(100 * int(getattr(usage, name)) // ceilings[name] for name in ceilings)


def release(record_ids: Iterable[UUID]) -> None:
    """Give back the room of records, with all about them, that are about to be removed.

    Rows are locked in the order of their users, so that two that purge do not meet.
    """
    for user_id, entries, size in OF_RECORDS.rows(ids=list(record_ids)):
        TAKE_OFF.rows(user_id=user_id, entries=entries, bytes=size)


def recount(user_ids: Iterable[UUID]) -> None:
    """Bring the totals up to date where an import, say, has made the rows."""
    RECOUNT.rows(ids=list(user_ids))
