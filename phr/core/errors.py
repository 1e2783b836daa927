"""Errors that services raise; each face presents them in its own way."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal with a stable code.

    Titles and advice are lazy, so that each reader gets them in their language.
    A kind with a code of its own has an `advice` of its own, too: what to do about it,
    or, for `Invalid`, what is wrong. Where only one face knows (an address, a header),
    that face says it.

    :param detail: one sentence for the person who asked; no clinical text, no names.
    :param field: the input at fault, for example "patient_id".
    """

    code = "error"
    title: str | Promise = _("The request failed")
    advice: str | Promise = ""

    def __init__(self, detail: str | Promise = "", *, field: str | None = None) -> None:
        super().__init__(detail or self.title)
        self._detail = detail or self.title
        self.field = field

    @property
    def detail(self) -> str:
        """In the language of who reads it now: some errors are made beforehand."""
        return str(self._detail)

    @detail.setter
    def detail(self, words: str | Promise) -> None:
        self._detail = words


class Invalid(DomainError):
    """The input breaks a rule of the domain."""

    code, title = "invalid", _("The input is not valid")


class NotSignedIn(DomainError):
    """Nobody is signed in, or what they showed does not prove it."""

    code, title = "not_authenticated", _("Sign in first")


class NotAllowed(DomainError):
    """The actor may see the thing, but not do this with it."""

    code, title = "not_allowed", _("You may not do this")
    advice = _("You may see this, but you may not do what you asked for.")


class NotFound(DomainError):
    """There is no such thing, or none that the actor may know about."""

    code, title = "not_found", _("Not found")


class Conflict(DomainError):
    """The request conflicts with the current state.

    :param present: that state, in the word that answers use for it.
    """

    code, title = "conflict", _("The request conflicts with the current state")

    def __init__(
        self,
        detail: str | Promise = "",
        *,
        field: str | None = None,
        present: str = "",
    ) -> None:
        super().__init__(detail, field=field)
        self.present = str(present)


@dataclass(frozen=True, slots=True)
class Quota:
    """What a limit allows: so many `times` in each window of `seconds`, or in all."""

    name: str
    times: int
    seconds: int | None


class TooMany(DomainError):
    """A limit on attempts was reached.

    :param retry_after: seconds until another attempt can succeed.
    :param quota: the limit, where it counts attempts.
    """

    code, title = "too_many_requests", _("Too many attempts")

    def __init__(
        self,
        detail: str | Promise = "",
        *,
        retry_after: int,
        quota: Quota | None = None,
    ) -> None:
        super().__init__(detail)
        self.retry_after, self.quota = retry_after, quota


class AccountLimitReached(TooMany):
    """Somebody has used as much of an hour, or of a day, as one account may."""

    code, title = "account_limit_reached", _("This account has reached its usage limit")


class Unavailable(DomainError):
    """Something that the request needs is temporarily unavailable."""

    code, title = "unavailable", _("Temporarily unavailable")
