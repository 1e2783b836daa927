"""A client's connections, which stay open between requests as real ones do."""

import http.client
import json
import select
from dataclasses import dataclass, field, replace
from typing import Any

from tests.faults.relay import HOST

SECONDS_FOR_AN_ANSWER = 20  # more than the server takes to say that it gives up


@dataclass(frozen=True)
class Request:
    """What is sent. It may come twice: it has a key or a tag, or does no harm."""

    method: str
    path: str
    body: str | None
    headers: dict[str, str]


@dataclass(frozen=True)
class Heard:
    """An answer, or with 0 as its status none; as `told.Answer` has it."""

    status: int = 0
    body: Any = None
    retry_after: str | None = None
    tag: str = ""
    was_kept: bool = False
    was_resent: bool = False


class Broken(Exception):
    """The connection has ended before the answer."""


@dataclass
class Connections:
    """All of one client, which its threads share.

    :param address: of the client.
    :param keeps: whether connections are used again.
    """

    address: str
    port: int
    keeps: bool
    idle: list[http.client.HTTPConnection] = field(default_factory=list)

    def exchange(self, request: Request) -> Heard:
        """Send a request, on an open connection if there is one.

        If that breaks, which a server may do with an idle one at any moment, it is
        sent once more on a new one.
        """
        kept = self.take_idle()
        if kept is None:
            return self.on_new(request)
        try:
            return replace(self.on(kept, request), was_kept=True)
        except Broken:
            return replace(self.on_new(request), was_resent=True)

    def take_idle(self) -> http.client.HTTPConnection | None:
        """One that is still open, as far as one can see here."""
        while self.idle:
            connection = self.idle.pop()
            if not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()
        return None

    def on_new(self, request: Request) -> Heard:
        connection = http.client.HTTPConnection(
            HOST, self.port, SECONDS_FOR_AN_ANSWER, source_address=(self.address, 0)
        )
        try:
            return self.on(connection, request)
        except Broken:
            return Heard()

    def on(self, connection: http.client.HTTPConnection, request: Request) -> Heard:
        """:raises Broken: as it says."""
        try:
            connection.request(
                request.method, request.path, request.body, request.headers
            )
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError:
            connection.close()
            return Heard()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise Broken from error
        if self.keeps and connection.sock is not None:
            self.idle.append(connection)
        else:
            connection.close()
        return Heard(
            status=answer.status,
            body=json.loads(content) if content else None,
            retry_after=answer.headers.get("Retry-After"),
            tag=answer.headers.get("ETag", ""),
        )

    def close(self) -> None:
        while self.idle:
            self.idle.pop().close()
