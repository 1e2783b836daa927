"""What other tools say of the files under deploy/."""

import sys
from collections.abc import Sequence
from pathlib import Path

from dev import places
from dev.console import step
from dev.deploy_test.commands import insist, install, told
from dev.deploy_test.stack import PROFILES, compose_command

DEPLOY = places.CHECKOUT / "deploy"
OURS = tuple(DEPLOY / folder / "Dockerfile" for folder in (".", "backup", "pgbackrest"))
REQUIREMENTS = places.CHECKOUT / "dev" / "deploy_test" / "requirements.txt"
MOST_EXPOSED = 3.0  # of systemd-analyze security, from 0 to 10
KUBERNETES = "1.31"
# Beside compose.yaml, each alone and all together.
MORE = ("compose.traces.yaml", "compose.continuous-backup.yaml")
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
    install({"systemd-analyze": "systemd"})
    with step("systemd-analyze security"):
        for unit in sorted(DEPLOY.glob("systemd/*.service")):
            bound = f"--threshold={MOST_EXPOSED * 10:.0f}"
            told(["systemd-analyze", "security", "--offline=true", bound, unit])
    with step("systemd-analyze verify"):
        verify_units(sorted(DEPLOY.glob("systemd/*.*")), folder)


def verify_units(units: Sequence[Path], folder: Path) -> None:
    """See that systemd understands each line of units, times included.

    :param folder: for copies in which the programs are those of this checkout.
    :raises CannotGoOn: it says anything at all.
    """
    here = {
        "/opt/health-record-api/.venv/bin/python": sys.executable,
        "/opt/health-record-api/deploy": str(DEPLOY),
    }
    copies = [folder / unit.name for unit in units]
    for unit, copy in zip(units, copies, strict=True):
        text = unit.read_text()
        for there, program in here.items():
            text = text.replace(there, program)
        copy.write_text(text)
    command = 'systemd-analyze verify "$@" 2>&1'
    said = told(["sh", "-c", command, "sh", *copies])
    insist(not said.strip(), f"systemd-analyze verify says:\n{said}")


def manifests() -> list[Path]:
    found = sorted(DEPLOY.glob("kubernetes/**/*.yaml"))
    return [path for path in found if path.name != "kustomization.yaml"]


def check_compose(folder: Path) -> None:
    keys = folder / "keys.env"
    keys.write_text(told([sys.executable, "manage.py", "make_keys"]))
    profiles = [f"--profile={name}" for name in PROFILES]
    for more in ((), *((name,) for name in MORE), MORE):
        files = [f"--file={DEPLOY}/{name}" for name in ("compose.yaml", *more)]
        command = [*compose_command(), f"--env-file={keys}", *files, *profiles]
        told([*command, "config", "--quiet"])
