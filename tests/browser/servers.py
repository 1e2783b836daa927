"""The web server and the workers that a browser meets, on the test database."""

import os
import subprocess
import sys
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
    :param static: where static files were collected; else they are served as they lie.
    """

    folder: Path
    mailbox: Mailbox
    guard: Guard
    static: Path | None = None
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def environment(self) -> dict[str, str]:
        collected = {"STATIC_ROOT": str(self.static)} if self.static else {}
        return (
            os.environ
            | collected
            | {
                "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
                "DATABASE_URL": database_url(),
                "REDIS_URL": settings.REDIS_URL,
                "PUBLIC_URL": self.url,
                "EMAIL_URL": self.mailbox.url,
                "PYTHONPATH": str(places.CHECKOUT),
            }
        )

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
def serving(
    folder: Path, mailbox: Mailbox, static: Path | None = None
) -> Iterator[Servers]:
    """Servers that are up until the end of the block."""
    with ExitStack() as stack:
        guard = stack.enter_context(Guard())
        servers = Servers(folder, mailbox, guard, static)
        if static:
            collect_static_files(servers)
        stack.enter_context(servers.web())
        yield servers


def collect_static_files(servers: Servers) -> None:
    """Collect and compress what pages of the portal load, as the image does."""
    command = [sys.executable, "manage.py", "collectstatic", "--no-input"]
    command += ["--verbosity", "0"]
    for others in ("admin", "drf_spectacular_sidecar", "rest_framework"):
        command += ["--ignore", others]
    subprocess.run(
        command, env=servers.environment(), cwd=places.CHECKOUT, check=True, timeout=120
    )
