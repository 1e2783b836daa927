"""In which language somebody is spoken to, and in which time zone.

Both are the person's own choice, or none. Who has chosen no language gets what their
browser asks for, and English where there is no browser; who has chosen no time zone
gets that of the installation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from typing import Protocol

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from phr.core.time_zones import is_time_zone, zone_named


class Language(models.TextChoices):
    """Each in its own words, so that its readers find it."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"


class Speaks(Protocol):
    """Somebody's own choices, "" where there is none; `User` has them as columns."""

    @property
    def language(self) -> str: ...

    @property
    def time_zone(self) -> str: ...


def refuse_unknown_time_zone(name: str) -> None:
    """See that there is such a zone.

    :raises ValidationError: there is none.
    """
    if not is_time_zone(name):
        raise ValidationError(
            _("Give the name of a time zone, for example Europe/Berlin."),
            "unknown_time_zone",
        )


def installation_zone() -> tzinfo:
    """The time zone of visitors, and of who has chosen none."""
    return (
        zone_named(settings.INSTALLATION_TIME_ZONE) or timezone.get_default_timezone()
    )


def zone_of(user: Speaks) -> tzinfo:
    """Somebody's own time zone; that of the installation if none is known here."""
    return zone_named(user.time_zone) or installation_zone()


def language_spoken() -> str:
    """The language that is spoken just now, as somebody may choose it."""
    spoken = (translation.get_language() or "").partition("-")[0]
    return spoken if spoken in Language.values else ""


@contextmanager
def speaking_to(user: Speaks) -> Iterator[None]:
    """Have what is said meanwhile in somebody's language, and times in their zone.

    For what they read later, wherever it is made: notifications and mails.
    """
    language = user.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(zone_of(user)):
        yield
