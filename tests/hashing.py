"""The same password hashes as in production, at a fraction of their cost, and a watch
over where they are made."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pytest
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from phr.accounts.hashing import CalmArgon2PasswordHasher
from server.admission import hashes_a_password

present: ContextVar[dict[str, Any] | None] = ContextVar("present", default=None)


class QuickArgon2PasswordHasher(CalmArgon2PasswordHasher):
    time_cost, memory_cost, parallelism = 1, 64, 1

    def encode(self, password: str, salt: str) -> str:
        look_where_this_is()
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        look_where_this_is()
        return super().verify(password, encoded)


def look_where_this_is() -> None:
    """A request that hashes waits in the pool of those who sign in, or holds up all."""
    environ = present.get()
    assert environ is None or hashes_a_password(environ), environ["PATH_INFO"]


@contextmanager
def watched_requests() -> Iterator[None]:
    """Know in which request of a test a password is hashed."""
    answer = BaseHandler.get_response

    def get_response(self: BaseHandler, request: HttpRequest) -> HttpResponseBase:
        token = present.set(request.META)
        try:
            return answer(self, request)
        finally:
            present.reset(token)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", get_response)
        yield
