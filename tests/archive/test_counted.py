"""What comes in by an archive counts for whom it belongs to."""

import io

from django.db import connection

from phr.health_records import account_limits
from phr.health_records.models import AccountUsage
from tests.archive.exporting import import_from


def truth():
    with connection.cursor() as cursor:
        cursor.execute(
            account_limits.OWNED.format(
                texts=account_limits.TEXT_COLUMNS, of_record="true", of_comment="true"
            )
        )
        return {user: (entries, size) for user, entries, size in cursor.fetchall()}


def counted():
    rows = AccountUsage.objects.exclude(entries=0, bytes=0)
    return {row.user_id: (row.entries, row.bytes) for row in rows}


def test_an_imported_account_counts_as_what_it_is(archive):
    AccountUsage.objects.all().delete()

    import_from(archive, stdout=io.StringIO())

    assert counted() == truth() != {}
