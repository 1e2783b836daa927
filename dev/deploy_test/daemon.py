"""The Docker that the test uses: the one that runs here, or one of its own."""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from dev.console import CannotGoOn, step
from dev.deploy_test.commands import install, told

OWN = Path("/var/lib/health-record-api-deploy-test")
START = 60  # seconds
PACKAGES = {"dockerd": "docker.io", "debootstrap": "debootstrap"}


def docker_command() -> str:
    """A client that can hand secrets to a build.

    :raises CannotGoOn: there is none.
    """
    for folder in os.get_exec_path():
        docker = shutil.which("docker", path=folder)
        if docker and can_build(docker):
            return docker
    raise CannotGoOn("No docker here can build with secrets (BuildKit).")


def can_build(docker: str) -> bool:
    done = subprocess.run(
        [docker, "build", "--help"],
        env={**os.environ, "DOCKER_BUILDKIT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0 and "--secret" in done.stdout


@contextlib.contextmanager
def running_docker() -> Iterator[None]:
    """Let `docker` and Compose work in this block, and leave nothing behind.

    :raises CannotGoOn: Docker cannot run here; says why in a sentence.
    """
    if "DOCKER_HOST" in os.environ or responds():
        yield
        return
    if os.geteuid() != 0:
        raise CannotGoOn("Docker does not respond, and only root can start it.")
    install(PACKAGES)
    with own_daemon():
        yield


def responds() -> bool:
    docker = shutil.which("docker")
    command = [docker or "docker", "info", "--format", "{{.ServerVersion}}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and bool(done.stdout.strip())


@contextlib.contextmanager
def own_daemon() -> Iterator[None]:
    """A dockerd whose files, rules and sockets go with it."""
    shutil.rmtree(OWN, ignore_errors=True)
    OWN.mkdir(mode=0o700, parents=True)
    rules = {tool: saved_rules(tool) for tool in ("iptables", "ip6tables")}
    command = [
        *("dockerd", f"--data-root={OWN}/data", f"--exec-root={OWN}/exec"),
        *(f"--host=unix://{OWN}/docker.sock", f"--pidfile={OWN}/pid"),
    ]
    with (OWN / "log").open("wb") as log:
        daemon = subprocess.Popen(
            command, stdout=log, stderr=log, start_new_session=True
        )
    os.environ["DOCKER_HOST"] = f"unix://{OWN}/docker.sock"
    try:
        with step("Starting Docker"):
            await_daemon(daemon)
        yield
    finally:
        daemon.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            daemon.wait(60)
        daemon.kill()
        daemon.wait()
        del os.environ["DOCKER_HOST"]
        for tool, saved in rules.items():
            restore_rules(tool, saved)
        unmount_and_remove()


def await_daemon(daemon: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START
    while not responds():
        if daemon.poll() is not None or time.monotonic() > deadline:
            last = (OWN / "log").read_text(errors="replace").strip().splitlines()[-1:]
            why = last[0][-300:] if last else "it says nothing"
            raise CannotGoOn(f"Docker cannot run on this machine: {why}")
        time.sleep(0.5)


def saved_rules(tool: str) -> str:
    with contextlib.suppress(CannotGoOn):
        return told([f"{tool}-save"])
    return ""


def restore_rules(tool: str, saved: str) -> None:
    with contextlib.suppress(CannotGoOn):
        told([f"{tool}-restore"], stdin=saved)


def unmount_and_remove() -> None:
    mounts = Path("/proc/mounts").read_text().splitlines()
    for mount in sorted((line.split()[1] for line in mounts), reverse=True):
        if mount.startswith(f"{OWN}/"):
            subprocess.run(["umount", "--lazy", mount], check=False)
    shutil.rmtree(OWN, ignore_errors=True)
    links = subprocess.run(
        ["ip", "-o", "link", "show", "docker0"], capture_output=True, check=False
    )
    if links.returncode == 0:
        subprocess.run(["ip", "link", "delete", "docker0"], check=False)
