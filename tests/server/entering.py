"""Requests as they come to the server, and one that works on none of them."""

import asyncio
import json
from collections.abc import Hashable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from phr.accounts.models import LoginSession
from phr.accounts.tokens import TokenType, sign
from phr.core.ids import uuid7
from server.admission import Admission, build_admission
from server.asgi_messages import Message, Refusal
from server.buffered_wsgi import Call
from server.early_responses import turn_away
from server.request_sender import sender_of
from server.thread_pool import ThreadPool
from tests.problem_answers import MEMBERS

RECORDS = "/api/health-records/"
LOGIN = "/api/auth/login/"
CLIENT = "203.0.113.7"


def request(path: str = RECORDS, method: str = "GET", **more: Any) -> dict[str, Any]:
    path, _, query = path.partition("?")
    parts = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    return parts | {"REMOTE_ADDR": CLIENT, "wsgi.input": BytesIO()} | more


def sign_in(name: str, path: str = LOGIN, **more: Any) -> dict[str, Any]:
    body = BytesIO(json.dumps({"username": name, "password": "x"}).encode())
    how = {"CONTENT_TYPE": "application/json", "wsgi.input": body}
    return request(path, "POST", **(how | more))


def key_of(environ: dict[str, Any]) -> Hashable:
    return sender_of(environ).key


def with_token(token: str, **more: Any) -> dict[str, Any]:
    return request(HTTP_AUTHORIZATION=f"Bearer {token}", **more)


def told(refusal: Refusal) -> Any:
    assert refusal.headers["Content-Type"] == "application/problem+json"
    body = json.loads(refusal.body)
    assert body.keys() == MEMBERS
    assert body["request_id"] == refusal.headers["X-Request-ID"]
    return body


def token_of(session: LoginSession, kind: TokenType = TokenType.ACCESS) -> str:
    return sign(kind, session, uuid7(), timezone.now(), timedelta(minutes=5))


def bearer_of(number: int) -> str:
    session = LoginSession(pk=UUID(int=number), user_id=UUID(int=number))
    return f"Bearer {token_of(session)}"


def pools_of(admission: Admission) -> tuple[ThreadPool, ...]:
    return admission.requests, admission.sign_ins, admission.files, admission.health


class Entering:
    """An admission, and an event loop in which nothing that enters is worked on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.admission: Admission = build_admission(turn_away)
        for pool in pools_of(self.admission):
            monkeypatch.setattr(pool, "hand_out", lambda at: None)
        self.loop = asyncio.new_event_loop()
        self.answers: list[Any] = []

    def enter(self, environ: dict[str, Any]) -> Call:
        async def send(message: Message) -> None:
            raise AssertionError

        async def run() -> Call:
            call = Call(lambda *_: [], environ, send, patience=1)
            self.answers.append(self.admission.admit(call).answer)
            return call

        return self.loop.run_until_complete(run())

    def turned_away(self) -> list[Refusal]:
        """The answers to those that waited and had to give way."""
        return [
            answer.exception()
            for answer in self.answers
            if answer.done() and isinstance(answer.exception(), Refusal)
        ]
