"""What is deployed, against the settings and processes that there are."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.environment import Environment
from config.make_keys import main
from dev.servers import read_env_file

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
PROCESSES = {
    line.partition(":")[0]
    for line in (DEPLOY.parent / "Procfile").read_text().splitlines()
}
# Of `manage.py prepare_database` alone; and those that a container has no use for.
ELSEWHERE = {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"}
NOT_IN_A_CONTAINER = {"DEBUG", "DATABASE_POOLER", "METRICS_DIRECTORY"}


def test_compose_hands_on_every_setting() -> None:
    handed_on = set(COMPOSE["x-settings"]) - {"WEB_CONCURRENCY"}

    settings = {name.upper() for name in Environment.model_fields}
    assert handed_on == settings - ELSEWHERE - NOT_IN_A_CONTAINER


def test_only_the_job_before_the_start_has_the_owners_password() -> None:
    def has(service: dict[str, Any]) -> bool:
        return bool(ELSEWHERE & set(service.get("environment") or {}))

    assert [name for name in SERVICES if has(SERVICES[name])] == ["prepare"]


def test_make_keys_writes_whatever_compose_asks_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    main([])
    (tmp_path / ".env").write_text(capsys.readouterr().out)

    text = (DEPLOY / "compose.yaml").read_text()
    needed = set(re.findall(r"(?<!\$)\$\{([A-Z_]+):\?", text))
    assert needed <= set(read_env_file(tmp_path / ".env"))


def test_each_process_of_the_procfile_runs_in_compose() -> None:
    commands = [service.get("command") or [] for service in SERVICES.values()]
    started = [command[1] for command in commands if command[:1] == ["process"]]

    assert set(started) == PROCESSES
    assert sum("demo" not in name for name in SERVICES if "web" in name) == 2


def test_only_the_proxy_has_an_open_port() -> None:
    open_to_all = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}

    assert open_to_all == {"proxy": ["${HTTP_PORT:-80}:80", "${HTTPS_PORT:-443}:443"]}


def test_only_what_must_talks_to_the_database() -> None:
    assert COMPOSE["networks"]["data"]["internal"] is True
    near = {name for name, s in SERVICES.items() if "data" in s["networks"]}

    ours = {"web", "web2", "worker", "mail", "long", "beat", "prepare"}
    assert near == {"database", "valkey", "flower"} | ours


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_is_confined_bounded_and_watched(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"]
    watched_by_the_image = service["image"].startswith("${IMAGE")
    assert watched_by_the_image or service["healthcheck"]["test"]
    assert "privileged" not in service
    assert not any("docker.sock" in mount for mount in service.get("volumes", []))


def test_each_process_has_a_unit_and_runs_on_kubernetes() -> None:
    units = [path.read_text() for path in DEPLOY.glob("systemd/*.service")]
    pods = "".join(path.read_text() for path in DEPLOY.glob("kubernetes/base/*.yaml"))

    started = re.findall(
        r"^ExecStart=.*/deploy/process (\w+)$", "\n".join(units), re.MULTILINE
    )
    assert sorted(started) == sorted(PROCESSES)
    assert set(re.findall(r"args: \[process, (\w+)\]", pods)) == PROCESSES


@pytest.mark.parametrize("where", ["base", "overlays/example"])
def test_kubernetes_hands_on_settings_that_there_are(where: str) -> None:
    text = (DEPLOY / "kubernetes" / where / "settings.yaml").read_text()
    data: dict[str, str] = yaml.safe_load(text)["data"]

    settings = {name.upper() for name in Environment.model_fields}
    assert {name.removesuffix("_FILE") for name in data} <= settings
