"""Without a replica, reads that may be stale are reads like all others."""

from django.test.utils import CaptureQueriesContext

from phr.accounts.models import User
from phr.core.ids import uuid7
from phr.core.postgres.replica.standing import standing, without_header
from phr.core.stale_reads import PRIMARY, note_writing, read_stale, read_when_complete


def test_without_the_setting_the_primary_answers_and_nothing_more_is_asked(
    db: None, django_assert_num_queries: CaptureQueriesContext
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator] # a fixture of a function
        found = read_stale(
            lambda database: User.objects.using(database).count(), asker=uuid7()
        )

    assert found == 0
    assert not read_when_complete(lambda database: None)
    note_writing(uuid7())
    assert standing.thread is None
    assert read_stale(str, asker=uuid7()) == PRIMARY


def test_a_place_behind_the_header_of_an_empty_page_is_the_end_of_the_one_before() -> (
    None
):
    page = 8_192

    assert without_header(7 * page + 24) == 7 * page
    assert without_header(7 * page + 40) == 7 * page
    assert without_header(7 * page + 32) == 7 * page + 32
    assert without_header(7 * page) == 7 * page
