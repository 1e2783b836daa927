"""Who waits for which threads, and how much one may have in flight."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote_plus
from uuid import UUID

from django.conf import settings

from server.asgi_messages import Message, Refusal
from server.buffered_wsgi import Call
from server.fair_share import Bounds, InFlightAlready, LineIsFull, Sender
from server.hourly_quota import HourlyQuota, Payer
from server.lane_metrics import TURNED_AWAY, watch_lanes
from server.request_sender import (
    browser_sessions,
    sender_of,
    sender_of_sign_in,
    session_of,
)
from server.thread_pool import Job, ThreadPool

# How much one user, or one client's address, may have in flight in each pool, and how
# much all who come from one address together (docs/adr/0041).
UNITS = 64
UNITS_OF_AN_ADDRESS = 512
# Each thread keeps a connection to PostgreSQL. Only one of a process runs Python at a
# time; with a third a page already costs more (docs/adr/0030).
REQUESTS = Bounds(2, 1, UNITS, UNITS_OF_AN_ADDRESS, waiting=2_000)
# What takes long, one at a time, and never in the threads of the others.
ALONE = Bounds(1, 1, UNITS, UNITS_OF_AN_ADDRESS // 2, waiting=100)

HASHING = frozenset(
    {
        "/api/account/delete/",
        "/api/auth/login/",
        "/api/auth/password/change/",
        "/api/auth/password/reset/",
        "/api/auth/register/",
        "/api/auth/step-up/",
        "/account/password/",
        "/account/reset-password/",
        "/sign-in/",
        "/sign-up/",
        "/sign-up/doctor/",
    }
)
ASKED_AGAIN = "again"  # in an address of the portal
# Whether this process lives is asked of a thread that never waits for anything: where
# the database hangs, a supervisor is not to restart healthy processes (docs/adr/0053).
ALIVE = "/health/"
# What a request counts for, where it is more than one unit.
UNITS_OF_A_SIGN_IN = 4
UNITS_AT_A_KNOWN_DEVICE = 2  # so that in a full line strangers give way to it
UNITS_OF_A_SEARCH = 4
UNITS_OF_A_FILE = 16
BYTES_OF_A_UNIT = 64 * 1024  # of a body, which is held while the request waits
READING = ("GET", "HEAD", "OPTIONS", "TRACE")
# What paths end with whose answers take seconds.
FILES = ("/access-log/csv/", "/access-log/verify/", "/access/log/check/", "/download/")
# What is open whatever was used of an hour: by this an owner throws a thief of a token
# out, and ends what the thief has opened in their name. What asks for a password is
# counted for no user (`hashes_a_password`), and is open as well.
MENDING = re.compile(
    r"/api/auth/(logout|logout-all|sessions|sessions/[^/]+)/"
    r"|/api/auth/mfa/passkeys/[^/]+/"
    r"|/api/account/delete/cancel/"
    r"|/api/care/grants/[^/]+/(decline|end)/"
    r"|/access/[^/]+/(decline|end)/"
)
# What an owner has to read for that. It has the hour of its session, but stays open
# where other sessions have used up what all of a user have together.
LOOKING = re.compile(
    r"/api/(access-log|auth/mfa|auth/profile|care/grants|notifications)/"
    r"|/api/care/grants/[^/]+/"
    r"|/access/(log/)?"
    r"|/inbox/"
)


@dataclass(frozen=True, slots=True)
class Admission:
    """Sends each request into its pool, and turns away who has too much in flight.

    :param refuse: makes the answer for a status and units left to a request's sender,
        and for the seconds to wait if it is the hour that is used up.
    :param quota: what each user and session has used of the hour.
    """

    refuse: Callable[..., Refusal]
    quota: HourlyQuota
    requests: ThreadPool
    sign_ins: ThreadPool
    files: ThreadPool
    health: ThreadPool

    def admit(self, call: Call) -> Job:
        """:raises Refusal: 429 for who has too much in flight, 503 if all have."""
        environ = call.environ
        pool, sender, units = self.place_of(environ)
        left = pool.queue.left(sender) - units
        if environ["PATH_INFO"].startswith("/api/") and left >= 0:
            headers = rate_limit_headers(left).items()
            call.more_headers = [(n.lower().encode(), v.encode()) for n, v in headers]
        call.sender = sender.key
        no_turn = partial(self.refusal, pool, "no_turn", 503, environ, left + units)
        if wait := self.wait_for_hour(sender, environ):
            raise self.refusal(pool, "hour", 429, environ, left + units, wait)
        try:
            work, kept = self.work_of(sender, call), self.kept_by(call, pool)
            job = pool.submit(sender, units, work, no_turn, kept)
        except InFlightAlready:
            raise self.refusal(pool, "in_flight", 429, environ, left + units) from None
        except LineIsFull:
            raise no_turn() from None
        job.answer.add_done_callback(lambda _: browser_sessions.learn(environ))
        return job

    def kept_by(self, call: Call, pool: ThreadPool) -> Callable[[], Any]:
        """What keeps a request's units in flight: a file, until its client has it."""
        return lambda: call.stream and pool is self.files and call.stream.sent

    def refusal(self, pool: ThreadPool, reason: str, *about: Any) -> Refusal:
        """The answer to who gets no thread of a pool, counted under the reason.

        :param about: what `refuse` has to know.
        """
        TURNED_AWAY.labels(pool.name, reason).inc()
        return self.refuse(*about)

    def wait_for_hour(self, sender: Sender, environ: dict[str, Any]) -> int:
        """Seconds until a sender has a next hour, if this one is used up, else 0."""
        path, at = environ["PATH_INFO"], time.monotonic()
        if not isinstance(sender.key, UUID) or MENDING.fullmatch(path):
            return 0
        payer = Payer(sender.key, session_of(environ))
        wait = self.quota.wait_of_session(payer, at)
        if not (environ["REQUEST_METHOD"] in READING and LOOKING.fullmatch(path)):
            wait = max(wait, self.quota.wait_of_user(payer, at))
        return wait

    def work_of(self, sender: Sender, call: Call) -> Callable[[], list[Message]]:
        if not isinstance(sender.key, UUID):
            return call.run
        payer = Payer(sender.key, session_of(call.environ))
        return partial(self.quota.measured, payer, call.run)

    def place_of(self, environ: dict[str, Any]) -> tuple[ThreadPool, Sender, int]:
        """The pool of a request, who it counts for, and for how many units.

        Rough, as what it really takes counts afterwards.
        """
        if environ["PATH_INFO"] == ALIVE:
            return self.health, sender_of(without_session(environ)), 1
        more = len_of_body(environ) // BYTES_OF_A_UNIT
        if hashes_a_password(environ):
            sender = sender_of_sign_in(environ)
            known = UNITS_AT_A_KNOWN_DEVICE if sender.is_known else UNITS_OF_A_SIGN_IN
            return self.sign_ins, sender, known + more
        sender = sender_of(environ)
        if is_a_file(environ):
            return self.files, sender, UNITS_OF_A_FILE + more
        units = UNITS_OF_A_SEARCH if searches(environ) else 1
        return self.requests, sender, units + more


def build_admission(refuse: Callable[..., Refusal]) -> Admission:
    pools = {
        "requests": ThreadPool("request", REQUESTS, patience=10),
        "sign_ins": ThreadPool("sign-in", ALONE, patience=15),
        "files": ThreadPool("file", ALONE, patience=60),
        "health": ThreadPool("health", ALONE, patience=10),
    }
    watch_lanes(pools.values())
    quota = HourlyQuota(settings.ACCOUNT_SECONDS_PER_HOUR)
    return Admission(refuse, quota, **pools)


def hashes_a_password(environ: dict[str, Any]) -> bool:
    """Whether it may: the method as Django reads it, which makes capitals of `post`."""
    path: str = environ["PATH_INFO"]
    is_such = path in HASHING or path.startswith("/admin/") or asked_again(environ)
    return is_such and environ["REQUEST_METHOD"].upper() not in READING


def asked_again(environ: dict[str, Any]) -> bool:
    """Whether a page of the portal has asked for the password, on the way of a form."""
    if environ["PATH_INFO"].startswith("/api/"):
        return False
    return ASKED_AGAIN in parse_qs(environ["QUERY_STRING"], keep_blank_values=True)


def without_session(environ: dict[str, Any]) -> dict[str, Any]:
    """Leave nothing in a request for which the database would be asked."""
    environ.pop("HTTP_COOKIE", None)
    return environ


def len_of_body(environ: dict[str, Any]) -> int:
    return int(environ["wsgi.input"].getbuffer().nbytes)


def is_a_file(environ: dict[str, Any]) -> bool:
    path: str = environ["PATH_INFO"]
    return path.endswith(FILES)


def searches(environ: dict[str, Any]) -> bool:
    query: str = environ["QUERY_STRING"]
    return bool(query) and "search=" in unquote_plus(query)


def rate_limit_headers(left: int) -> dict[str, str]:
    """What one may have in flight, as draft-ietf-httpapi-ratelimit-headers-10 has it.

    :param left: the units that may still come.
    """
    return {
        "RateLimit-Policy": f'"in-flight";q={UNITS};qu="concurrent-requests"',
        "RateLimit": f'"in-flight";r={left}',
    }
