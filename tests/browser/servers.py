"""The web server and the workers that a browser meets, on the test database."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from dev import places
from dev.application import CELERY_WORKERS, web_command, worker_command
from dev.processes import Guard, Process, Start, end_all, start
from dev.valkey import free_port
from tests.mailbox import Mailbox
from tests.running.conftest import await_start, database_url

# A name, not a number: passkeys are bound to names.
HOST = "localhost"


@dataclass
class Servers:
    """One web process, and workers for the tests that want some.

    :param folder: for what they print.
    :param mailbox: where their mails go.
    """

    folder: Path
    mailbox: Mailbox
    guard: Guard
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "PUBLIC_URL": self.url,
            "EMAIL_URL": self.mailbox.url,
            "PYTHONPATH": str(places.CHECKOUT),
        }

    def start(self, name: str, command: list[str]) -> Process:
        how = Start(
            command, self.environment(), places.CHECKOUT, log=self.folder / name
        )
        return start(name, how, self.guard)

    @contextmanager
    def web(self) -> Iterator[None]:
        """Have the web server up until the end of the block."""
        process = self.start("web", web_command(self.port, workers=1))
        try:
            await_start(process, self.port)
            yield
        finally:
            end_all([process])

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Have the workers up, which deliver news, mails and exports."""
        running = [self.start(name, worker_command(name)) for name in CELERY_WORKERS]
        try:
            yield
        finally:
            end_all(running)


@contextmanager
def serving(folder: Path, mailbox: Mailbox) -> Iterator[Servers]:
    with ExitStack() as stack:
        servers = Servers(folder, mailbox, stack.enter_context(Guard()))
        stack.enter_context(servers.web())
        yield servers
