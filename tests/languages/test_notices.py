"""What people are told, in the inbox and by mail, is told in their language."""

from django.utils import translation
from django.utils.functional import Promise

from phr.notifications.emails import GENERIC
from phr.notifications.security_notices import SECURITY
from tests.languages.marked_language import BEGIN, marked_language


def test_each_notice_and_mail_is_said_in_the_readers_language() -> None:
    said: list[Promise] = [text for texts in GENERIC.values() for text in texts]
    said += [text for one in SECURITY.values() for text in (one.title, one.message)]

    with marked_language(), translation.override("de"):
        english = [str(text) for text in said if not str(text).startswith(BEGIN)]

    assert len(said) > 20
    assert english == []
