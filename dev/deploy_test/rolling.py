"""deploy/roll under load: no request may be lost."""

import threading
import time
from dataclasses import dataclass, field

import requests

from dev.console import say, step
from dev.deploy_test.commands import insist, told
from dev.deploy_test.stack import URL, Stack
from dev.deploy_test.visitors import visitor

CLIENTS = 4
PAUSE = 0.05  # seconds between two requests of one client
READS_PER_WRITE = 10  # an account may write 1,000 times a day
ROLL = 300  # seconds
RECORD = {
    "record_type": "CHECKUP",
    "title": "Written while web was replaced",
    "visit_date": "2026-05-04T09:30:00Z",
}


@dataclass
class Load:
    """Clients that read and write until they are told to stop."""

    stack: Stack
    token: str
    sent: int = 0
    lost: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def client(self) -> None:
        session = visitor(self.stack)
        session.headers["Authorization"] = f"Bearer {self.token}"
        while not self.stopped.wait(PAUSE):
            self.ask(session)

    def ask(self, session: requests.Session) -> None:
        self.sent += 1
        url = f"{URL}/api/health-records/"
        try:
            if self.sent % READS_PER_WRITE:
                answer = session.get(url, params={"page_size": "2"}, timeout=30)
            else:
                answer = session.post(url, json=RECORD, timeout=30)
        except requests.RequestException as error:
            self.lost.append(type(error).__name__)
            return
        if answer.status_code not in (200, 201):
            self.lost.append(f"{answer.status_code} {answer.text[:200]}")


def roll_under_load(stack: Stack, token: str) -> None:
    """Replace both web containers while people work."""
    before = containers(stack)
    load = Load(stack, token)
    clients = [threading.Thread(target=load.client) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        with step("Both web containers are replaced under load"):
            time.sleep(2)
            how = {"COMPOSE": " ".join(stack.compose), "SECONDS_TO_NOTICE": "4"}
            told([stack.folder / "roll"], env={**stack.env, **how}, seconds=ROLL)
            time.sleep(2)
    finally:
        load.stopped.set()
        for client in clients:
            client.join()
    say(f"  {load.sent} requests, {len(load.lost)} lost")
    insist(load.sent > 100, "There was no load.")
    insist(not load.lost, f"Lost: {load.lost[:3]}")
    insist(not set(before) & set(containers(stack)), "No container was replaced.")


def containers(stack: Stack) -> list[str]:
    return stack.run("ps", "-q", "web", "web2").split()
