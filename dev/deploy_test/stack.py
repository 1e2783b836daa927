"""The real compose file, brought up by the commands that docs/deployment.md tells."""

import contextlib
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

from dev import places
from dev.console import CannotGoOn, say, step
from dev.deploy_test.commands import insist, install, told
from dev.deploy_test.images import OTHERS, TAG, local_image

BLOCK = re.compile(r"<!-- compose:start -->\s*```bash\n(.*?)```", re.DOTALL)
URL = "https://localhost"
PORTS = (80, 443, 9090)
UP, READY, DOWN = 600, 120, 180  # seconds
FILES = "compose.yaml:compose.local-images.yaml"
PROFILES = ("demo", "flower", "monitoring", "backup")
ADMIN, PASSWORD = "admin", f"only-for-this-test-{secrets.token_urlsafe(12)}"
CERTIFICATE = "/data/caddy/pki/authorities/local/root.crt"


def compose_command() -> list[str]:
    """Compose 2 where it is, docker-compose 1.29 otherwise."""
    with contextlib.suppress(CannotGoOn):
        told(["docker", "compose", "version"])
        return ["docker", "compose"]
    install({"docker-compose": "docker-compose"})
    return ["docker-compose"]


def commands_of_the_page() -> list[str]:
    """What docs/deployment.md tells people to type, without building the image."""
    page = (places.CHECKOUT / "docs" / "deployment.md").read_text(encoding="utf-8")
    block = BLOCK.search(page)
    lines = block[1].splitlines() if block else []
    kept = [line for line in lines if not line.startswith("docker build")]
    insist(any(" up " in line for line in kept), "The page brings nothing up.")
    return kept


@dataclass(frozen=True)
class Stack:
    """An installation in a folder of its own.

    :param checkout: where `deploy/` lies, as if it were a clone.
    :param files: of Compose, as COMPOSE_FILE has them.
    """

    compose: list[str]
    checkout: Path
    files: str = FILES

    @property
    def folder(self) -> Path:
        return self.checkout / "deploy"

    @property
    def env(self) -> dict[str, str]:
        images = {f"{name.upper()}_IMAGE": local_image(name) for name in OTHERS}
        return {
            **images,
            "IMAGE": TAG,
            "BACKUP_IMAGE": local_image("backup"),
            "CONTINUOUS_BACKUP_IMAGE": local_image("continuous-backup"),
            "COMPOSE_FILE": self.files,
            "COMPOSE_PROJECT_NAME": "deploytest",
        }

    def run(self, *arguments: str, seconds: float = 120) -> str:
        command: Sequence[str] = [*self.compose, *arguments]
        return told(command, env=self.env, folder=self.folder, seconds=seconds)

    def manage(self, *arguments: str) -> str:
        return self.run("exec", "-T", "web", "manage", *arguments)

    def type_in(self, commands: Sequence[str]) -> None:
        """Run lines of the page in one shell, with the images and programs here."""
        script = "\n".join(commands).replace(
            "health-record-api manage", f"{TAG} manage"
        )
        script = script.replace(
            "exec web manage createsuperuser",
            f"exec -T -e DJANGO_SUPERUSER_PASSWORD={PASSWORD}"
            " web manage createsuperuser --no-input",
        ).replace("docker compose", " ".join(self.compose))
        script = f"set -eu\n{script}"
        told(["bash", "-c", script], env=self.env, folder=self.checkout, seconds=UP)

    def settings(self) -> dict[str, str]:
        lines = (self.folder / ".env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if re.match("[A-Z]", line))

    @property
    def authority(self) -> Path:
        """The certificate by which this installation's are signed."""
        file = self.checkout / "root.crt"
        if not file.exists():
            file.write_text(self.run("exec", "-T", "proxy", "cat", CERTIFICATE))
        return file


@contextlib.contextmanager
def new_stack(folder: Path) -> Iterator[Stack]:
    """A stack, of which nothing is left at the end; logs are shown if this fails."""
    for port in PORTS:
        insist(is_free(port), f"Port {port} is in use here, and this test needs it.")
    shutil.copytree(places.CHECKOUT / "deploy", folder / "deploy")
    stack = Stack(compose_command(), folder)
    try:
        yield stack
    except BaseException:
        with contextlib.suppress(CannotGoOn):
            say(stack.run("ps"))
            say(stack.run("logs", "--tail=12", "--no-color")[-9_000:])
        raise
    finally:
        if (stack.folder / ".env").exists():
            with step("Taking it all down"):
                everything = [f"--profile={name}" for name in PROFILES]
                down = ("down", "--volumes", "--remove-orphans", "--timeout=5")
                stack.run(*everything, *down, seconds=DOWN)


def is_free(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("0.0.0.0", port))
        except OSError as error:
            return isinstance(error, PermissionError)
    return True


def await_ready(stack: Stack, url: str = URL) -> None:
    """:raises CannotGoOn: it is not ready in time."""
    deadline = time.monotonic() + READY
    while time.monotonic() < deadline:
        with contextlib.suppress(requests.RequestException, CannotGoOn):
            got = requests.get(
                f"{url}/health/ready/", verify=str(stack.authority), timeout=10
            )
            if got.status_code == 200 and got.json()["status"] == "ok":
                return
        time.sleep(0.5)
    raise CannotGoOn(f"{url} is not ready after {READY} s.")


def check_ports(stack: Stack) -> None:
    """See that nothing but the proxy can be reached from outside."""
    for service in ("web", "database", "valkey", "worker"):
        published = stack.run("ps", "-q", service).split()
        insist(published, f"{service} does not run.")
        told_ports = told(["docker", "port", published[0]])
        insist(not told_ports.strip(), f"{service} has an open port: {told_ports}")


def check_metrics(stack: Stack) -> None:
    """Scrape each process from the inner network, as Prometheus would."""
    for service in ("web", "web2", "worker", "mail", "long", "beat"):
        url = f"http://{service}:9464/metrics"
        ask = f"import urllib.request as u; print(u.urlopen({url!r}).read().decode())"
        got = stack.run("exec", "-T", "web", "python3", "-ISc", ask)
        insist("\nphr_" in got, f"{service} tells nothing of itself.")
