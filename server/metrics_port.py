"""What was counted, on a port of its own, for Prometheus to fetch.

Any process can serve it: what all of them have counted is in files of one folder. The
first that gets the port does, and when it ends another one takes over. Prometheus is
one client, and others may be slow: a thread waits for each. But what was counted is
added up for one after the other, as it takes the time of a process with other work.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from socket import AF_INET6, SHUT_RDWR, socket
from socketserver import TCPServer, ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import structlog
from django.conf import settings
from prometheus_client import CollectorRegistry, make_wsgi_app

from phr.core import metrics
from server.asked_gauges import AskedGauges
from server.dead_processes import LivingAndDead, is_alive

log = structlog.get_logger(__name__)

SECONDS_BETWEEN_TRIES = 2
TRIES_UNTIL_TOLD = 3  # that somebody else has the port
SECONDS_FOR_A_CLIENT = 5  # for all of its request, and as many to take the answer
MOST_CLIENTS = 8  # at once; for one more the one that has been here longest goes


class Handler(WSGIRequestHandler):
    timeout = SECONDS_FOR_A_CLIENT

    def handle(self) -> None:
        """Answer, unless the request takes too long."""
        self.deadline = threading.Timer(
            SECONDS_FOR_A_CLIENT, cut_off, [self.connection]
        )
        self.deadline.daemon = True
        self.deadline.start()
        try:
            super().handle()
        finally:
            self.deadline.cancel()

    def parse_request(self) -> bool:
        is_whole = super().parse_request()
        self.deadline.cancel()
        return is_whole

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name
        pass


def cut_off(connection: socket) -> None:
    with suppress(OSError):  # it has ended by itself
        connection.shutdown(SHUT_RDWR)


class Server(ThreadingMixIn, WSGIServer):
    """A few clients at once, of one family of addresses."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.places = threading.Semaphore(MOST_CLIENTS)
        self.clients: dict[Any, None] = {}  # their connections, the oldest first

    def process_request(self, request: Any, client_address: Any) -> None:
        """Have a thread answer; whoever is slow makes room for who comes."""
        if not self.places.acquire(blocking=False):
            for oldest in list(self.clients)[:1]:
                cut_off(oldest)
            self.places.acquire()
        self.clients[request] = None
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # there can be no more threads
            self.leave(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.leave(request)

    def leave(self, request: Any) -> None:
        self.clients.pop(request, None)
        self.places.release()

    def server_bind(self) -> None:
        """As a WSGI server, but without asking name servers for its own name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = settings.METRICS_HOST, 0
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or sends what is no HTTP, is nobody's defect."""
        log.debug("metrics_client_failed")


class ServerOfIPv6(Server):
    address_family = AF_INET6


def serve_metrics() -> None:
    """Serve in a thread of this process, if a port is set and as soon as it is free."""
    if metrics.IN_FILES:
        threading.Thread(target=serve_for_ever, name="metrics", daemon=True).start()


def serve_for_ever() -> None:
    tries = 0
    while (server := open_port()) is None:
        tries += 1
        if tries == TRIES_UNTIL_TOLD and not is_served():
            log.warning("metrics_port_taken", port=settings.METRICS_PORT)
        time.sleep(SECONDS_BETWEEN_TRIES)
    with suppress(
        OSError
    ):  # where the disk is full, the numbers are served all the same
        note_file().write_text(str(os.getpid()), encoding="ascii")
    log.info("metrics_served", port=settings.METRICS_PORT)
    server.serve_forever(poll_interval=SECONDS_BETWEEN_TRIES)


def note_file() -> Path:
    """Where whoever serves the numbers of this folder leaves its process id."""
    return Path(settings.METRICS_DIRECTORY) / "served_by"


def is_served() -> bool:
    """Whether who has the port serves this folder, and not another one's numbers."""
    try:
        return is_alive(int(note_file().read_text(encoding="ascii")))
    except (OSError, ValueError):
        return False


def open_port() -> Server | None:
    """The server, unless another process has the port."""
    host, port = settings.METRICS_HOST, settings.METRICS_PORT
    kind = ServerOfIPv6 if ":" in host else Server
    try:
        server = kind((host, port), Handler)
    except OSError:
        return None
    server.set_app(one_at_a_time(make_wsgi_app(registry())))
    return server


def one_at_a_time(application: Callable[..., Any]) -> Callable[..., Any]:
    lock = threading.Lock()

    def answer(environ: Any, start_response: Any) -> Iterable[bytes]:
        with lock:
            found: Iterable[bytes] = application(environ, start_response)
            return found

    return answer


def registry() -> CollectorRegistry:
    found = CollectorRegistry()
    found.register(LivingAndDead(Path(settings.METRICS_DIRECTORY)))
    found.register(AskedGauges())
    return found
