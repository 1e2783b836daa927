"""A whole PostgreSQL that hangs: who waits knows soon, and nobody else waits at all."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from dev import places
from dev.application import web_command
from dev.postgres import Cluster, start_cluster
from dev.processes import Guard, Process, Start, end_all, start
from dev.servers import throwaway_cluster
from dev.valkey import free_port
from phr.core.postgres import driver, prepared_statements, silence, timeouts
from phr.core.postgres.silence import DoesNotAnswer, watch
from tests.faults.parts import stopped
from tests.running.conftest import await_start, database_url, environment
from tests.running.talking import Answer, answer_of, assert_problem, of_length
from tests.waiting import wait_until

SOON = 4  # seconds, of which an idle machine needs 1.3
SOON_BACK = 15  # of which it needs less than one

pytestmark = pytest.mark.timeout(300)


class Server(NamedTuple):
    """A PostgreSQL that nobody else needs."""

    cluster: Cluster
    process: Process

    @property
    def url(self) -> str:
        return self.cluster.url()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop all its processes; its connections stand, and the system takes more."""
        with stopped(self.process):
            yield


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with ExitStack() as stack:
        folder, _ = places.throwaway_folder()
        guard = stack.enter_context(Guard())
        guard.remove(folder)
        cluster = throwaway_cluster(folder)
        process = start_cluster(cluster, guard)
        stack.callback(end_all, [process])
        yield Server(cluster, process)


@pytest.fixture
def patience() -> Iterator[None]:
    """This process waits as a web server's does."""
    timeouts.use(timeouts.WEB)
    yield
    watch.breaker.close()


def ask(connection: psycopg.Connection[Any], sql: str = "SELECT 1") -> Any:
    return connection.execute(sql.encode()).fetchone()


def ask_prepared(connection: Any, sql: str = "SELECT 1") -> Any:
    (row,) = prepared_statements.execute(connection, sql.encode(), [], None)
    return row


def all_timed(calls: list[Callable[[], Any]]) -> list[tuple[Any, float]]:
    """What each of these returns or raises, and how long it took; all begin at once."""
    barrier = Barrier(len(calls), timeout=30)

    def run(call: Callable[[], Any]) -> tuple[Any, float]:
        barrier.wait()
        began = time.monotonic()
        try:
            found = call()
        except psycopg.Error as error:
            found = error
        return found, time.monotonic() - began

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_who_waits_gives_up_soon_and_who_comes_waits_for_nothing(
    server: Server, patience: None
) -> None:
    ours = [driver.connect(server.url) for _ in range(4)]
    with server.frozen():
        found = all_timed(
            [
                lambda: ask(ours[0]),
                lambda: ask(ours[1]),
                lambda: ask_prepared(ours[2]),
                ours[3].commit,
                lambda: driver.connect(server.url),
            ]
        )
        assert ours[3].closed is False  # it had nothing to ask
        del found[3]
        for error, seconds in found:
            assert isinstance(error, DoesNotAnswer)
            assert seconds < SOON
        assert all(one.closed for one in ours[:3])
        with pytest.raises(DoesNotAnswer, match="a moment ago"):
            driver.connect(server.url)

    wait_until(lambda: not watch.breaker.is_open, seconds=SOON_BACK)
    with driver.connect(server.url) as again:
        assert ask(again) == (1,)
    ours[3].close()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What threads find that look whether a server is silent."""
    found: list[bool] = []
    look = silence.is_silent

    def note(conninfo: str) -> bool:
        found.append(look(conninfo))
        return found[-1]

    monkeypatch.setattr(silence, "is_silent", note)
    return found


@pytest.mark.parametrize("ask_it", [ask, ask_prepared])
def test_a_slow_statement_of_a_server_that_lives_is_waited_for(
    server: Server, patience: None, looks: list[bool], ask_it: Callable[..., Any]
) -> None:
    with driver.connect(server.url) as ours:
        found = all_timed([lambda: ask_it(ours, "SELECT 7 FROM pg_sleep(3)")])

    assert found[0][0] == (7,)
    assert looks
    assert not any(looks)
    assert not watch.breaker.is_open


def test_of_two_servers_the_one_that_lives_is_found(
    server: Server, patience: None, db: None
) -> None:
    living: dict[str, Any] = conninfo_to_dict(database_url())
    hosts = f"{server.cluster.sockets},{living['host']}"
    ports = f"5432,{living.get('port', 5432)}"
    both = make_conninfo(**living | {"host": hosts, "port": ports})

    with server.frozen():
        with driver.connect(both) as ours:
            assert ours.info.host == living["host"]
        assert not watch.breaker.is_open


def test_to_be_refused_is_to_hear_something() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        conninfo = f"host=127.0.0.1 port={nobody.getsockname()[1]}"
        assert silence.is_silent(conninfo)
    assert not silence.is_silent(conninfo)


@pytest.fixture(scope="module")
def port(server: Server, django_db_setup: None, tmp_path_factory: Any) -> Iterator[int]:
    """The port of a web server that has this PostgreSQL."""
    number = free_port()
    env = environment() | {"DATABASE_URL": server.url, "CARE_CONSENT": "not-required"}
    # As for people: Django shows developers each error as a defect.
    env |= {"DEBUG": "false", "SECRET_KEY": "of a test, and as long as one has to be"}
    env |= {"EMAIL_URL": "smtp://127.0.0.1:1"}
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(migrate, env=env, cwd=places.CHECKOUT, check=True, timeout=200)
    log: Path = tmp_path_factory.mktemp("frozen") / "web.log"
    how = Start(web_command(number, workers=1), env, places.CHECKOUT, log=log)
    with Guard() as guard:
        process = start("web", how, guard)
        try:
            await_start(process, number)
            yield number
        finally:
            end_all([process])


def sign_in(port: int) -> Answer:
    body = json.dumps({"username": "alice", "password": "not it"}).encode()
    head = (
        "POST /api/auth/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: application/json\r\n{of_length(body)}\r\n\r\n"
    )
    return answer_of(port, head.encode() + body)


def open_page(port: int) -> Answer:
    lines = ("GET /inbox/ HTTP/1.1", "Host: 127.0.0.1", f"Cookie: sessionid={'a' * 32}")
    return answer_of(port, "\r\n".join((*lines, "", "")).encode())


def test_the_web_server_says_soon_that_it_cannot_and_heals(
    server: Server, port: int
) -> None:
    def are_served() -> bool:
        return (open_page(port).status, sign_in(port).status) == (302, 401)

    calls = [lambda: open_page(port)] * 6 + [lambda: sign_in(port)] * 2
    wait_until(are_served)
    with server.frozen():
        answers = all_timed(calls)
        later = all_timed(calls)

    for answer, seconds in answers + later:
        assert answer.status == 503, answer.body
        assert int(answer.headers["Retry-After"]) > 0
        assert seconds < SOON
    assert_problem(answers[-1][0], 503, "unavailable")
    wait_until(are_served, seconds=SOON_BACK)
