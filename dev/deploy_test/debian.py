"""docs/debian.md, typed in a Debian container, up to a signed-in administrator."""

import contextlib
import re
import time

from dev import places
from dev.console import CannotGoOn, step
from dev.deploy_test.commands import insist, told
from dev.deploy_test.images import BASE, HERE, SECRETS, Builder, local_image
from dev.deploy_test.stack import ADMIN, PASSWORD

NAME = "deploytest-debian"
BLOCK = re.compile(r"^```bash\n(.*?)^```", re.DOTALL | re.MULTILINE)
PART = re.compile(r"<!-- debian:start -->(.*?)<!-- debian:end -->", re.DOTALL)
AT = "/opt/health-record-api"
# A container starts no services; and where the steps before have led to.
SERVICES = ("postgresql", "redis-server", "nginx")
FOLDERS = {"ALTER ROLE postgres": "/etc/health-record-api", "deploy/": AT}


def try_page(builder: Builder) -> None:
    """Type the page, and see that the server answers through nginx."""
    builder.build(
        local_image("debian"),
        HERE / "debian.Dockerfile",
        HERE,
        f"--build-arg=BASE={BASE}",
    )
    mounts = [
        f"--volume={path}:{path}:ro" for path in SECRETS.values() if path.exists()
    ]
    machine = ["run", "--detach", "--name", NAME, *mounts, local_image("debian")]
    builder.run(*machine)
    try:
        for number, commands in enumerate(blocks(), start=1):
            with step(f"docs/debian.md, step {number}"):
                type_in(builder, commands)
        with step("The Debian machine serves, and an administrator signs in"):
            look(builder)
    finally:
        with contextlib.suppress(CannotGoOn):
            builder.run("rm", "--force", "--volumes", NAME)


def blocks() -> list[str]:
    page = (places.CHECKOUT / "docs" / "debian.md").read_text(encoding="utf-8")
    part = PART.search(page)
    found = BLOCK.findall(part[1]) if part else []
    insist(len(found) == 7, "docs/debian.md has other steps than it had.")
    return found


def type_in(builder: Builder, commands: str) -> None:
    """Type the lines of a step where the steps before have led to."""
    if "useradd" in commands:
        copy_checkout(builder)
    if "apt-get install" in commands:
        commands += "".join(f"service {name} start\n" for name in SERVICES)
    script = commands.replace("createsuperuser", "createsuperuser --no-input")
    variables = {
        "DEBIAN_FRONTEND": "noninteractive",
        "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
    }
    if SECRETS["certificates"].exists():
        variables["PIP_CERT"] = str(SECRETS["certificates"])
    given = [f"--env={name}={value}" for name, value in variables.items()]
    folder = next((FOLDERS[word] for word in FOLDERS if word in commands), "/root")
    where = f"--workdir={folder}"
    builder.run("exec", *given, where, NAME, "bash", "-euc", script, seconds=600)


def copy_checkout(builder: Builder) -> None:
    """What a clone would have: the files that git knows."""
    unpack = f"{builder.docker} exec --interactive {NAME} tar -x -C {AT}"
    builder.run("exec", NAME, "mkdir", "-p", AT)
    told(["sh", "-c", f"git archive HEAD | {unpack}"])


def look(builder: Builder) -> None:
    deadline = time.monotonic() + 90
    script = (HERE.parent / "debian_visitor.py").read_text(encoding="utf-8")
    look = ["exec", NAME, "python3", "-c", script, ADMIN, PASSWORD]
    while True:
        try:
            builder.run(*look)
        except CannotGoOn:
            if time.monotonic() > deadline:
                raise
            time.sleep(2)
        else:
            return
