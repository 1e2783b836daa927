"""A page of records, and one record: what programs ask all day, by a shorter way.

In the plain case nothing that stands between the server and a view has anything to say:
the host is known, the token counts, the session lives, what is asked for is there. Here
this is made sure of, and the view's own `get` is called: what may be seen, what is
noted and what is answered stands where it stands for all.

Whatever is not plain is left to the ordinary way, which begins from the start. So
nothing is refused here, and nothing is written before it is known that the answer is
what was asked for. An error of the database is handed on with it, so that nobody waits
for the same a second time.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.core.handlers.wsgi import WSGIRequest
from django.core.signals import request_started
from django.db import Error
from django.http import HttpResponse
from django.urls import ResolverMatch, resolve
from django.urls.converters import UUIDConverter
from rest_framework.exceptions import APIException

from phr.accounts.models import User, UserType
from phr.accounts.presence import SessionPresence
from phr.accounts.tokens import Claims
from phr.api.authentication import claims_of
from phr.api.health_records.filters import record_filters
from phr.api.middleware import HeadersOfAll, refuse_broken
from phr.api.paging import place_in_list
from phr.api.views import FAILED_BEFORE
from phr.core.compiled_queries import Question, asked_ahead
from phr.core.errors import DomainError
from phr.core.request_origin import current_origin
from phr.health_records import record_rows
from phr.identity.session_lookup import find_live_session, session_question
from phr.interfaces import request_log
from phr.interfaces.methods import with_options
from phr.interfaces.middleware import origin_of
from phr.interfaces.proxies import put_what_is_believed

log = structlog.get_logger(__name__)
Wsgi = Callable[..., Iterable[bytes]]

RECORDS = "/api/health-records/"
ADDRESS = re.compile(rf"{RECORDS}(?:({UUIDConverter.regex})/)?", re.ASCII)
SOME_ID = UUID(int=0)
# With one of these a request is not plain: others look at it.
LOOKED_AT = ("HTTP_ORIGIN", "HTTP_COOKIE", "CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")
ROLES_REMEMBERED = 4_096


class Plain(WSGIRequest):
    """What a view finds in DRF's request, where there is nothing to parse."""

    user: User
    auth: SessionPresence

    @property
    def query_params(self) -> Any:
        return self.GET


class Answer(NamedTuple):
    status: str
    headers: dict[str, str]
    body: bytes


class HotReads:
    """A WSGI application, before the ordinary one.

    :ivar roles: of users, as their sessions had them. By a guess it is asked ahead.
    """

    def __init__(self, ordinary: Wsgi) -> None:
        self.ordinary, self.always = ordinary, HeadersOfAll()
        self.roles: dict[UUID, UserType] = {}

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        answer = self.answer_if_it_goes_well(environ)
        if answer is None:
            return self.ordinary(environ, start_response)
        start_response(answer.status, list(answer.headers.items()))
        return [answer.body]

    def answer_if_it_goes_well(self, environ: dict[str, Any]) -> Answer | None:
        """As `answer`; as Django does, with no connection that is too old."""
        if not is_plain(environ):
            return None
        try:
            request_started.send(sender=type(self), environ=environ)
            return self.answer(environ)
        except Exception:  # the ordinary way meets it again, and tells it
            log.exception("hot_read_failed")
            return None

    def answer(self, environ: dict[str, Any]) -> Answer | None:
        """What a hot read is answered; None if the ordinary way is to answer."""
        address = ADDRESS.fullmatch(environ["PATH_INFO"])
        if address is None or not is_plain(environ):
            return None
        request = request_of(environ, address[1])
        origin = current_origin.set(origin_of(request))
        try:
            claims = None if refuse_broken(request) else claims_of(request.META)
            return self.answer_to(request, claims) if claims else None
        except (APIException, DomainError):
            return None
        except Error as error:
            environ[FAILED_BEFORE] = error
            return None
        finally:
            current_origin.reset(origin)

    def answer_to(self, request: Any, claims: Claims) -> Answer | None:
        """:raises APIException, DomainError, Error: it is not plain after all."""
        request_log.begin(request)
        match = request.resolver_match
        view: Any = match.func.view_class()
        view.setup(request, **match.kwargs)
        view.check_parameters(request)
        role = self.roles.get(claims.user_id, UserType.PATIENT)
        asked = questions(request, claims, role)
        if asked is None:
            return None
        with asked_ahead(asked) as found:
            if not found:
                return None
            session = find_live_session(
                session_id=claims.session_id, user_id=claims.user_id
            )
            if session is None or not self.is_as_guessed(session.user, role):
                return None
            if match.kwargs and not found[-1].rows:
                return None  # no such record, which is entered
            request.user, request.auth = session.user, session
            view.check_permissions(request)
            return self.finish(request, view, view.get(request, **match.kwargs))

    def is_as_guessed(self, user: User, role: UserType) -> bool:
        """Whether this user has the role; if not, the next guess is right."""
        if user.user_type == role:
            return True
        if len(self.roles) >= ROLES_REMEMBERED:
            self.roles.clear()
        self.roles[user.pk] = UserType(user.user_type)
        return False

    def finish(self, request: Plain, view: Any, response: HttpResponse) -> Answer:
        """Count and log the answer, and give it the headers that all have."""
        body = response.content
        headers = {
            **self.always.of(request),
            **response.headers,
            "Allow": with_options(", ".join(view.allowed_methods)),
            "Content-Length": str(len(body)),
            "Vary": "origin",
            "X-Request-ID": request_log.request_id(),
        }
        response.headers["X-Request-ID"] = headers["X-Request-ID"]
        request_log.end(request, response)
        status = f"{response.status_code} {response.reason_phrase}"
        return Answer(status, headers, body)


def is_plain(environ: dict[str, Any]) -> bool:
    """Whether it may be a hot read, with nothing that only some requests have."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("SCRIPT_NAME"):
        return False
    if not environ["PATH_INFO"].startswith(RECORDS):
        return False
    return not any(environ.get(name) for name in LOOKED_AT)


def request_of(environ: dict[str, Any], record_id: str | None) -> Plain:
    """A request with what proxies say of it; the environ stays as it is."""
    believed = dict(environ)
    put_what_is_believed(believed)
    request = Plain(believed)
    if record_id is None:
        request.resolver_match = match_of(RECORDS)
    else:
        match = match_of(f"{RECORDS}{SOME_ID}/")
        values = {"record_id": UUID(record_id)}
        request.resolver_match = ResolverMatch(
            match.func, (), values, route=match.route
        )
    return request


@cache
def match_of(path: str) -> ResolverMatch:
    return resolve(path)


def questions(request: Any, claims: Claims, role: UserType) -> list[Question] | None:
    """What will be asked of the database: for the session, and for what it reads.

    :returns: None if nothing can be found by this role, or it is not asked ahead.
    """
    reader = claims.user_id
    if record_id := request.resolver_match.kwargs.get("record_id"):
        # Without its comments: by the time that they take one would know of a record.
        rows = record_rows.record_question(role, reader, record_id)
    else:
        cursor, size = place_in_list(request)
        filters = record_filters(request.query_params)
        if filters.search is not None:
            return None  # which may cost much, and a session may have ended
        rows = record_rows.page_question(role, reader, filters, cursor, size + 1)
    session = session_question(session_id=claims.session_id, user_id=reader)
    return [session, rows] if rows else None
