"""What other tools say of the files under deploy/."""

import subprocess
import sys
from pathlib import Path

from dev import places
from dev.console import step
from dev.deploy_test.commands import insist, told
from dev.deploy_test.stack import compose_command

DEPLOY = places.CHECKOUT / "deploy"
REQUIREMENTS = places.CHECKOUT / "dev" / "deploy_test" / "requirements.txt"
MOST_EXPOSED = 3.0  # of systemd-analyze security, from 0 to 10
KUBERNETES = "1.31"
CHECKOV = ("--quiet", "--compact", "--skip-download")


def check_files(folder: Path) -> None:
    """Install the tools beside the project's own packages, and ask each.

    :raises CannotGoOn: one of them has something to say.
    """
    tools = folder / "tools" / "bin"
    with step("Installing hadolint, kubernetes-validate and checkov"):
        told([sys.executable, "-m", "venv", folder / "tools"])
        pip = [tools / "pip", "install", "--quiet", "--disable-pip-version-check"]
        told([*pip, "--requirement", REQUIREMENTS], seconds=600)
    with step("hadolint, checkov, kubernetes-validate"):
        dockerfiles = sorted(
            places.CHECKOUT.glob("dev/deploy_test/images/*.Dockerfile")
        )
        told([tools / "hadolint", DEPLOY / "Dockerfile", *dockerfiles])
        check = [tools / "checkov", *CHECKOV]
        docker = ["--file", DEPLOY / "Dockerfile", "--framework", "dockerfile"]
        told([*check, *docker])
        cluster = ["--directory", DEPLOY / "kubernetes", "--framework", "kubernetes"]
        told([*check, *cluster])
        validate = [tools / "kubernetes-validate", "--quiet", "--strict"]
        told([*validate, "--kubernetes-version", KUBERNETES, *manifests()])
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
    make_keys = [sys.executable, places.CHECKOUT / "manage.py", "make_keys"]
    done = subprocess.run(make_keys, capture_output=True, text=True, check=True)
    (folder / "keys.env").write_text(done.stdout)
    options = ["--env-file", folder / "keys.env", "--file", DEPLOY / "compose.yaml"]
    told([*compose_command(), *options, "--profile", "demo", "config", "--quiet"])
    insist(done.stdout, "make_keys prints nothing.")
