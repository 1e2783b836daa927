"""`manage.py doctor` and the metrics say how old the last good backup is."""

from datetime import timedelta

from django.utils import timezone

from phr.core.redis_client import connection
from phr.operations.backup.last_verified import KEY, note_verified
from phr.operations.doctor import backups
from phr.operations.findings import Level
from phr.operations.gauges import backups as told
from tests.metrics.test_gauges import values
from tests.operations.looking import only

METRIC = "phr_backup_verified_timestamp_seconds"


def test_a_backup_that_was_tried_is_well_until_it_is_old() -> None:
    now = timezone.now()

    note_verified(now - timedelta(days=8))
    (well,) = backups.examine()
    note_verified(now - timedelta(days=10))

    assert well.level is Level.OK
    assert only(backups.examine(), Level.WARNING).endswith("is 10 days old.")
    assert values(told())[METRIC] == (now - timedelta(days=10)).timestamp()


def test_without_a_known_backup_there_is_a_note_and_nobody_is_alarmed() -> None:
    for unreadable in (None, "yesterday"):
        if unreadable:
            connection().set(KEY, unreadable)
        (finding,) = backups.examine()

        assert (finding.level, values(told())[METRIC]) == (Level.NOTE, 0)
