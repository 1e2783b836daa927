"""Domain errors in the words of HTTP."""

from http import HTTPStatus

from phr.core.errors import (
    Conflict,
    DomainError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooMany,
    Unavailable,
)
from phr.core.idempotency import KeyReused
from phr.core.preconditions import ChangedMeanwhile

STATUS_OF_KIND = {
    ChangedMeanwhile: HTTPStatus.PRECONDITION_FAILED,
    Invalid: HTTPStatus.BAD_REQUEST,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(error: DomainError | type[DomainError]) -> HTTPStatus:
    """The HTTP status for a kind of domain error."""
    kind = error if isinstance(error, type) else type(error)
    return next(
        status for known, status in STATUS_OF_KIND.items() if issubclass(kind, known)
    )
