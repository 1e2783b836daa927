"""The image of this checkout, and Debian's packages in place of a registry's images."""

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev import places
from dev.console import say, step
from dev.deploy_test.commands import Command, insist, told
from dev.deploy_test.daemon import docker_command

TAG = "health-record-api:deploy-test"
BASE = "local/python:deploy-test"
OTHERS = ("postgres", "valkey", "caddy", "flower", "prometheus")
HERE = Path(__file__).parent / "images"
LARGEST = 250_000_000  # bytes
# What a closed network needs to install packages; handed over where they exist.
SECRETS = {
    "pip": Path("/etc/pip.conf"),
    "certificates": Path("/etc/ssl/certs/ca-certificates.crt"),
}
NOT_NEEDED = (
    *("var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc"),
    *("usr/share/locale", "usr/share/man", "var/log"),
)


@dataclass(frozen=True)
class Builder:
    """Builds with the secrets and the epoch of this checkout."""

    docker: str

    def run(self, *arguments: str | Path, seconds: float = 300) -> str:
        command: Command = [self.docker, *arguments]
        return told(command, env={"DOCKER_BUILDKIT": "1"}, seconds=seconds)

    def build(self, tag: str, dockerfile: Path, context: Path, *options: str) -> None:
        secrets = [
            f"--secret=id={name},src={path}"
            for name, path in SECRETS.items()
            if path.exists()
        ]
        self.run(
            *("build", "--quiet", "--network=host", "--tag", tag, *secrets, *options),
            *("--file", dockerfile, context),
            seconds=600,
        )


def local_image(name: str) -> str:
    return f"local/{name}:deploy-test"


def build_all() -> Builder:
    """Build the base, the image and what stands beside it."""
    builder = Builder(docker_command())
    with step("A Debian with Python"):
        build_base(builder)
    with step("The image"):
        build_ours(builder)
    for name in OTHERS:
        with step(f"A {name} of Debian's packages"):
            base = f"--build-arg=BASE={BASE}"
            builder.build(local_image(name), HERE / f"{name}.Dockerfile", HERE, base)
    with step("The image with the programs that dump and restore"):
        build_backup(builder)
    with step("PostgreSQL with pgBackRest"):
        build_continuous_backup(builder)
    return builder


def build_backup(builder: Builder) -> None:
    folder = places.CHECKOUT / "deploy" / "backup"
    images = {"APP": TAG, "POSTGRES": local_image("postgres")}
    options = [f"--build-arg={name}={image}" for name, image in images.items()]
    builder.build(local_image("backup"), folder / "Dockerfile", folder, *options)


def build_continuous_backup(builder: Builder) -> None:
    folder = places.CHECKOUT / "deploy" / "pgbackrest"
    postgres = f"--build-arg=POSTGRES={local_image('postgres')}"
    tag = local_image("continuous-backup")
    builder.build(tag, folder / "Dockerfile", folder, postgres)


def build_base(builder: Builder) -> None:
    with tempfile.TemporaryDirectory(prefix="deploy-test-") as folder:
        root, packed = Path(folder) / "root", Path(folder) / "root.tar"
        include = "--include=python3,python3-venv,ca-certificates"
        how = ["debootstrap", "--variant=minbase", include, "bookworm"]
        told([*how, root], seconds=600)
        for name in NOT_NEEDED:
            shutil.rmtree(root / name, ignore_errors=True)
            (root / name).mkdir(parents=True)
        told(["tar", "-C", root, "-cf", packed, "."])
        builder.run("import", packed, BASE)


def build_ours(builder: Builder, *more: str, tag: str = TAG) -> None:
    git = ["git", "log", "-1", "--format=%ct %H"]
    epoch, revision = told(git).split()
    arguments = {
        "PYTHON_IMAGE": BASE,
        "SOURCE_DATE_EPOCH": epoch,
        "REVISION": revision,
    }
    options = [f"--build-arg={name}={value}" for name, value in arguments.items()]
    dockerfile = places.CHECKOUT / "deploy" / "Dockerfile"
    builder.build(tag, dockerfile, places.CHECKOUT, *options, *more)


def described(builder: Builder, tag: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = json.loads(builder.run("image", "inspect", tag))
    return found[0]


def examine(builder: Builder) -> None:
    """See what the image promises, and print its size."""
    image = described(builder, TAG)
    layers = image["RootFS"]["Layers"]
    base = described(builder, BASE)
    own = (image["Size"] - base["Size"]) / 1e6
    size = f"{image['Size'] / 1e6:.0f} MB, {own:.0f} of them ours"
    say(f"  The image: {size}; {len(layers)} layers")
    insist(image["Size"] < LARGEST, "The image is too large.")
    insist(image["Config"]["User"] == "10001:10001", "The image runs as somebody else.")
    insist(image["Config"]["Healthcheck"], "The image has no health check.")
    labels = image["Config"]["Labels"]
    insist(labels["org.opencontainers.image.revision"] != "unknown", "No revision.")
    leaves_nothing_behind(builder)
    with step("The image again: the same layers"):
        again = f"{TAG}-again"
        build_ours(builder, "--no-cache", tag=again)
        insist(described(builder, again)["RootFS"]["Layers"] == layers, "It differs.")


def leaves_nothing_behind(builder: Builder) -> None:
    """See that no compiler, installer or secret of the build is in the image."""
    look = (
        "for name in cc gcc c++ make strip pip pip3; do"
        " if command -v $name; then exit 1; fi; done;"
        " if python3 -c 'import pip' 2>/dev/null; then exit 1; fi;"
        " if test -s /etc/pip.conf || ls /run/secrets/* 2>/dev/null; then exit 1; fi;"
        " if touch /app/x 2>/dev/null; then exit 1; fi; touch /tmp/x"
    )
    confined = ("--rm", "--network=none", "--read-only", "--tmpfs=/tmp")
    builder.run("run", *confined, TAG, "sh", "-euc", look)
    history = builder.run("history", "--no-trunc", "--format={{.CreatedBy}}", TAG)
    insist("PIP_CERT" not in history, "The build's secrets show in the history.")
    first, second = (
        builder.run("run", *confined, TAG, "manage", "make_keys") for _ in range(2)
    )
    insist("SECRET_KEY=" in first and first != second, "make_keys is of no use.")
