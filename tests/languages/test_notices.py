"""What people are told, in the inbox and by mail, is told in their language."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.utils import translation
from django.utils.functional import Promise

from phr.accounts.mailbox_limits import VERIFY_EMAIL
from phr.accounts.models import Mail, User
from phr.care.models import PatientProfile
from phr.core import tasks
from phr.notifications.emails import GENERIC, OTHERS, TYPES, compose
from phr.notifications.models import Notification
from phr.notifications.security_notices import SECURITY
from tests.events.test_stored_rows import STORED, ids
from tests.factories import OutboxEventFactory
from tests.languages.marked_language import (
    BEGIN,
    has_words,
    marked_language,
    outside_of_marks,
    texts_of_people,
)

__all__ = ["ids"]

LINK = re.compile(r"https?://\S+")
ABOUT_CARE = [kind for kind in STORED if kind.startswith(("care.", "health_records."))]


@pytest.fixture
def _everybody_reads_german(ids: dict[str, UUID], sam: User) -> Iterator[None]:
    """As those whom `ids` concern have chosen, and staff; in marks."""
    User.objects.update(language="de")
    with marked_language():
        yield


def is_translated(text: str, given: list[str]) -> bool:
    """:param given: what people have typed, which may stand in the text as it is."""
    outside, _depth = outside_of_marks(LINK.sub("", text), 0)
    return not has_words(outside, given)


def test_each_notice_and_mail_is_said_in_the_readers_language() -> None:
    said: list[Promise] = [text for texts in GENERIC.values() for text in texts]
    said += [text for one in SECURITY.values() for text in (one.title, one.message)]

    with marked_language(), translation.override("de"):
        english = [str(text) for text in said if not str(text).startswith(BEGIN)]

    assert len(said) > 20
    assert english == []


@pytest.mark.usefixtures("_everybody_reads_german")
@pytest.mark.parametrize("kind", [*(each.kind for each in SECURITY), *TYPES, *OTHERS])
def test_all_of_a_mail_is_in_the_readers_language(
    alice: PatientProfile, kind: str
) -> None:
    user = User.objects.get(pk=alice.user_id)
    EmailAddress.objects.filter(user=user).update(verified=kind != VERIFY_EMAIL)

    mail = compose(Mail(user=user, address=user.email, kind=kind), times=3)

    assert is_translated(mail.subject, given=[])
    assert is_translated(mail.body, given=[])


@pytest.mark.usefixtures("_everybody_reads_german")
@pytest.mark.parametrize("kind", ABOUT_CARE)
def test_all_of_a_line_in_the_inbox_is_in_the_readers_language(
    ids: dict[str, UUID], kind: str
) -> None:
    given = texts_of_people()
    payload = {name: str(ids[name]) for name in STORED[kind]}
    row = OutboxEventFactory(kind=kind, payload=payload)

    tasks.deliver_event(event_id=str(row.pk))

    lines = Notification.objects.filter(event=row)
    told = [text for line in lines for text in (line.title, line.message)]
    assert told
    assert [text for text in told if not is_translated(text, given)] == []


@pytest.mark.parametrize("text", ["⟦New⟧ patient", "⟦New⟧ Winter, Nell"])
def test_a_text_that_is_not_translated_whole_is_found(text: str) -> None:
    assert not is_translated(text, given=["Nell"])
    assert is_translated("⟦New patient⟧: Nell, https://x.example/new", given=["Nell"])
