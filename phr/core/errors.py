"""Errors that services raise; each face presents them in its own way."""

from dataclasses import dataclass


class DomainError(Exception):
    """A refusal with a stable code.

    A kind with a code of its own has an `advice` of its own, too: what to do about it,
    or, for `Invalid`, what is wrong. Where only one face knows (an address, a header),
    that face says it.

    :param detail: one sentence for the person who asked; no clinical text, no names.
    :param field: the input at fault, for example "patient_id".
    """

    code = "error"
    title = "The request failed"
    advice = ""

    def __init__(self, detail: str = "", *, field: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.field = field


class Invalid(DomainError):
    """The input breaks a rule of the domain."""

    code, title = "invalid", "The input is not valid"


class NotSignedIn(DomainError):
    """Nobody is signed in, or what they showed does not prove it."""

    code, title = "not_authenticated", "Sign in first"


class NotAllowed(DomainError):
    """The actor may see the thing, but not do this with it."""

    code, title = "not_allowed", "You may not do this"
    advice = "You may see this, but you may not do what you asked for."


class NotFound(DomainError):
    """There is no such thing, or none that the actor may know about."""

    code, title = "not_found", "Not found"


class Conflict(DomainError):
    """The request conflicts with the current state.

    :param present: that state, in the word that answers use for it.
    """

    code, title = "conflict", "The request conflicts with the current state"

    def __init__(
        self, detail: str = "", *, field: str | None = None, present: str = ""
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

    code, title = "too_many_requests", "Too many attempts"

    def __init__(
        self, detail: str = "", *, retry_after: int, quota: Quota | None = None
    ) -> None:
        super().__init__(detail)
        self.retry_after, self.quota = retry_after, quota


class AccountLimitReached(TooMany):
    """Somebody has used as much of an hour, or of a day, as one account may."""

    code, title = "account_limit_reached", "This account has reached its usage limit"


class Unavailable(DomainError):
    """Something that the request needs is temporarily unavailable."""

    code, title = "unavailable", "Temporarily unavailable"
