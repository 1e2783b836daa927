"""What other tools say of the files under deploy/."""

import sys
from pathlib import Path

from dev import places
from dev.console import step
from dev.deploy_test.commands import told
from dev.deploy_test.stack import PROFILES, compose_command

DEPLOY = places.CHECKOUT / "deploy"
OURS = (DEPLOY / "Dockerfile", DEPLOY / "backup" / "Dockerfile")
REQUIREMENTS = places.CHECKOUT / "dev" / "deploy_test" / "requirements.txt"
MOST_EXPOSED = 3.0  # of systemd-analyze security, from 0 to 10
KUBERNETES = "1.31"
TRACES = "compose.traces.yaml"
CHECKOV = ("--quiet", "--compact", "--skip-download")


def check_files(folder: Path) -> None:
    """Install the tools beside the project's own packages, and ask each.

    :raises CannotGoOn: one of them has something to say.
    """
    tools = folder / "tools" / "bin"
    with step("Installing hadolint, kubernetes-validate and checkov"):
        uv = (sys.executable, "-m", "uv")
        told([*uv, "venv", "--quiet", "--python", sys.executable, folder / "tools"])
        pip = (*uv, "pip", "install", "--quiet", "--system-certs")
        python = f"--python={tools}/python"
        told([*pip, python, f"--requirement={REQUIREMENTS}"], seconds=600)
    with step("hadolint"):
        dockerfiles = sorted(
            places.CHECKOUT.glob("dev/deploy_test/images/*.Dockerfile")
        )
        told([tools / "hadolint", *OURS, *dockerfiles])
    with step("checkov"):
        check = (f"{tools}/checkov", *CHECKOV)
        for dockerfile in OURS:
            told([*check, "--framework=dockerfile", f"--file={dockerfile}"])
        told([*check, "--framework=kubernetes", f"--directory={DEPLOY}/kubernetes"])
    with step("kubernetes-validate"):
        validate = (f"{tools}/kubernetes-validate", "--quiet", "--strict")
        version = f"--kubernetes-version={KUBERNETES}"
        told([*validate, version, *manifests()])
    with step("docker-compose config"):
        check_compose(folder)
    with step("systemd-analyze security"):
        for unit in sorted(DEPLOY.glob("systemd/*.service")):
            bound = f"--threshold={MOST_EXPOSED * 10:.0f}"
            told(["systemd-analyze", "security", "--offline=true", bound, unit])


def manifests() -> list[Path]:
    found = sorted(DEPLOY.glob("kubernetes/**/*.yaml"))
    return [path for path in found if path.name != "kustomization.yaml"]


def check_compose(folder: Path) -> None:
    keys = folder / "keys.env"
    keys.write_text(told([sys.executable, "manage.py", "make_keys"]))
    profiles = [f"--profile={name}" for name in PROFILES]
    files = [f"--file={DEPLOY}/{name}" for name in ("compose.yaml", TRACES)]
    for given in (files[:1], files):
        command = [*compose_command(), f"--env-file={keys}", *given, *profiles]
        told([*command, "config", "--quiet"])
