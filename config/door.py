"""Who waits where: the lanes of this server, and what one may have in flight."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from config.buffered_wsgi import Call, Message, Refusal
from config.fair_queue import Bounds, InFlightAlready, LineIsFull
from config.lane import Lane
from phr.accounts.tokens import InvalidToken, TokenType, read_token
from phr.core.origin import network_of
from phr.interfaces.middleware import first_stranger

# How much one user, or one client's address, may have in flight in each lane.
UNITS = 64
# Each thread keeps a connection to PostgreSQL. Only one of a process runs Python at a
# time; with a third a page already costs more (docs/adr/0030).
REQUESTS = Bounds(workers=2, workers_for_one=1, units=UNITS, waiting=2_000)
# What takes long, one at a time, and never in the threads of the others.
ALONE = Bounds(workers=1, workers_for_one=1, units=UNITS, waiting=100)

HASHING = frozenset(
    {
        "/api/account/delete/",
        "/api/auth/login/",
        "/api/auth/password/change/",
        "/api/auth/password/reset/",
        "/api/auth/register/",
        "/api/auth/step-up/",
    }
)
# What a request counts for, where it is more than one unit.
UNITS_OF_A_SIGN_IN = 4
UNITS_OF_A_SEARCH = 4
UNITS_OF_A_FILE = 16
# What paths end with whose answers take seconds.
FILES = ("/access-log/csv/", "/access-log/verify/", "/download/")


@dataclass(frozen=True, slots=True)
class Door:
    """Sends each request into its lane, and turns away who has too much in flight.

    :param refuse: makes the answer for a status and units left to a request's sender.
    """

    refuse: Callable[[int, dict[str, Any], int], Refusal]
    requests: Lane
    sign_ins: Lane
    files: Lane

    def enter(self, call: Call) -> Awaitable[list[Message]]:
        """:raises Refusal: 429 for who has too much in flight, 503 if all have."""
        environ = call.environ
        (lane, units), key = self.place_of(environ), key_of(environ)
        left = lane.queue.left(key) - units
        if environ["PATH_INFO"].startswith("/api/") and left >= 0:
            call.more_headers = RATE_LIMIT[left]
        try:
            return lane.enter(key, units, call.run)
        except InFlightAlready:
            raise self.refuse(429, environ, left + units) from None
        except LineIsFull:
            raise self.refuse(503, environ, left + units) from None

    def place_of(self, environ: dict[str, Any]) -> tuple[Lane, int]:
        """The lane of a request, and the units that it counts for there.

        Rough, as what it really takes counts afterwards.
        """
        if hashes_a_password(environ):
            return self.sign_ins, UNITS_OF_A_SIGN_IN
        if is_a_file(environ):
            return self.files, UNITS_OF_A_FILE
        return self.requests, UNITS_OF_A_SEARCH if searches(environ) else 1


def open_door(refuse: Callable[[int, dict[str, Any], int], Refusal]) -> Door:
    lanes = Lane("request", REQUESTS), Lane("sign-in", ALONE), Lane("file", ALONE)
    return Door(refuse, *lanes)


def hashes_a_password(environ: dict[str, Any]) -> bool:
    if environ["REQUEST_METHOD"] != "POST":
        return False
    path: str = environ["PATH_INFO"]
    return path in HASHING or path.startswith("/admin/")


def is_a_file(environ: dict[str, Any]) -> bool:
    path: str = environ["PATH_INFO"]
    return path.endswith(FILES)


def searches(environ: dict[str, Any]) -> bool:
    query: str = environ["QUERY_STRING"]
    return bool(query) and "search=" in unquote_plus(query)


def key_of(environ: dict[str, Any]) -> Hashable:
    """Whose share of the server a request uses.

    A user's only if the token is really ours: by one that just says so anybody could
    use up somebody else's share. Whether its session still lives is not asked.
    """
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "bearer":
        try:
            return read_token(token.strip(), TokenType.ACCESS).user_id
        except InvalidToken:
            pass
    hops = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return network_of(first_stranger([environ["REMOTE_ADDR"], *reversed(hops)]))


# The form of draft-ietf-httpapi-ratelimit-headers-10, for each number of units left.
POLICY = f'"in-flight";q={UNITS};qu="concurrent-requests"'
REMAINING = [f'"in-flight";r={left}' for left in range(UNITS + 1)]
RATE_LIMIT = [
    [(b"ratelimit-policy", POLICY.encode()), (b"ratelimit", remaining.encode())]
    for remaining in REMAINING
]
