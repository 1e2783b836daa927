"""The web server of the Procfile listens where `HOST` says, else on this machine."""

import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from dev import places
from dev.valkey import free_port
from phr.accounts.models import LoginSession
from phr.care.models import PatientProfile
from tests.factories import PASSWORD
from tests.running.conftest import Run, await_start

pytestmark = pytest.mark.django_db(transaction=True)
HERE = "127.0.0.1"
# Another address of this machine, as far as who listens on the first can tell.
ELSEWHERE = "127.0.0.2"


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


EVERYWHERE = "::" if has_ipv6() else "0.0.0.0"  # noqa: S104 - so it is asked for
BOTH = [HERE, "[::1]"] if has_ipv6() else [HERE]


@contextmanager
def web_of_procfile(run: Run, *variables: str) -> Iterator[int]:
    """The port of the Procfile's web server, started as a shell would."""
    line = (places.CHECKOUT / "Procfile").read_text().split("web: ")[1].split("\n")[0]
    port = free_port()
    path = Path(sys.executable).parent
    more = f"PATH={path}:/usr/bin:/bin", f"PORT={port}", "WEB_CONCURRENCY=1"
    with run(
        "listening", ["env", *variables, *more, "sh", "-c", f"exec {line}"]
    ) as web:
        await_start(web, port)
        yield port


def answers(host: str, port: int) -> bool:
    try:
        health = f"http://{host}:{port}/health/"
        return requests.get(health, headers={"Host": HERE}, timeout=10).ok
    except requests.ConnectionError:
        return False


def test_it_listens_for_a_proxy_on_the_same_machine_only(run: Run) -> None:
    with web_of_procfile(run, "--unset=HOST") as port:
        assert answers(HERE, port)
        assert not answers(ELSEWHERE, port)


def test_it_listens_everywhere_by_ipv6_and_ipv4_if_told_to(
    run: Run, alice: PatientProfile
) -> None:
    with web_of_procfile(run, f"HOST={EVERYWHERE}") as port:
        for host in BOTH:
            body = {"username": "alice", "password": PASSWORD}
            url = f"http://{host}:{port}/api/auth/login/"
            answer = requests.post(url, json=body, headers={"Host": HERE}, timeout=30)
            assert answer.status_code == 200

    noted = LoginSession.objects.order_by("created_at").values_list(
        "address", flat=True
    )
    assert list(noted) == [re.sub(r"[\[\]]", "", host) for host in BOTH]
