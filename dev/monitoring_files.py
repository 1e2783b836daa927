"""The files of deploy/monitoring: what they ask, and their copy for a short test."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from dev import places

FILES = places.CHECKOUT / "deploy" / "monitoring"
CONFIGURATIONS = ("prometheus.yml", "compose.yml")
METRIC = re.compile(r"\bphr_[a-z_]+")
# Told where there is a replica, which a test of monitoring has not.
OF_REPLICAS = {"phr_replica_lag_seconds"}


def alert_rules() -> dict[str, str]:
    """The expression of each alert, by its name."""
    groups = read_yaml("alerts.yml")["groups"]
    return {rule["alert"]: rule["expr"] for each in groups for rule in each["rules"]}


def dashboard_queries() -> list[str]:
    """The expressions of all panels of the dashboard."""
    panels = json.loads((FILES / "dashboard.json").read_text(encoding="utf-8"))[
        "panels"
    ]
    targets = [target for panel in panels for target in panel.get("targets", ())]
    return [target["expr"] for target in targets]


def metric_names() -> list[str]:
    """Every metric of ours that an alert or a panel asks for."""
    queries = [*alert_rules().values(), *dashboard_queries()]
    return sorted({name for query in queries for name in METRIC.findall(query)})


def read_yaml(name: str) -> Any:
    return yaml.safe_load((FILES / name).read_text(encoding="utf-8"))


def for_a_test(folder: Path, port: int) -> Path:
    """Write a copy that scrapes this port each second, with alerts that do not wait.

    :returns: where Prometheus's own file is.
    """
    config, rules = read_yaml("prometheus.yml"), read_yaml("alerts.yml")
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    (job,) = config["scrape_configs"]
    job["scrape_timeout"] = "1s"
    job["static_configs"] = [{"targets": [f"127.0.0.1:{port}"]}]
    for group in rules["groups"]:
        for rule in group["rules"]:
            rule["for"] = "0s"
    (folder / "alerts.yml").write_text(yaml.safe_dump(rules), encoding="utf-8")
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    return file
