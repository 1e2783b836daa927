"""The rules and the dashboard ask for what is told, and say what to do.

`make monitoring-test` asks a real Prometheus.
"""

import re

import pytest
import yaml
from prometheus_client import REGISTRY

from dev.monitoring_files import (
    FILES,
    OF_REPLICAS,
    alert_rules,
    metric_names,
    read_yaml,
)
from phr.core.asked_metrics import questions
from server import lane_metrics
from server.asked_gauges import up
from tests.production import ROOT

RUNBOOKS = (ROOT / "docs" / "runbooks.md").read_text(encoding="utf-8")
MONITORING = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
assert lane_metrics  # has its metrics known


def told() -> dict[str, set[str]]:
    """Each metric that is told, and its samples' names."""
    asks = [ask for source in ("database", "redis") for ask in questions[source]]
    asked = [metric for ask in asks for metric in ask()]
    families = [*REGISTRY.collect(), *asked, up({})]
    return {
        family.name: {f"{family.name}{end}" for end in ENDINGS[family.type]}
        for family in families
        if family.name.startswith("phr_")
    }


ENDINGS = {
    "counter": ("_total",),
    "gauge": ("",),
    "histogram": ("_bucket", "_count", "_sum"),
}


@pytest.mark.django_db
def test_every_metric_of_rules_and_dashboard_is_told():
    # Of beat, as of replicas, it is only told where there is one.
    of_beat = {"phr_beat_last_tick_seconds", "phr_beat_leads"}
    names = set().union(*told().values()) | of_beat | OF_REPLICAS

    assert len(metric_names()) > 40
    assert set(metric_names()) - names == set()


@pytest.mark.django_db
def test_every_metric_that_is_told_is_in_the_document():
    told_of = set(re.findall(r"`(phr_[a-z_]+)`", MONITORING))
    names = {
        name: {name, *samples}
        for name, samples in told().items()
        if name not in told_of
    }

    assert [name for name, ways in names.items() if not ways & told_of] == []


def test_every_alert_has_its_runbook():
    groups = read_yaml("alerts.yml")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]

    assert len(rules) > 20
    for rule in rules:
        name = rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/runbooks.md#{name.lower()}"
        assert f"\n## {name}\n" in RUNBOOKS
        assert rule["labels"]["severity"] in ("critical", "warning", "info")


def test_no_runbook_is_for_an_alert_that_is_gone():
    named = re.findall(r"^## (Phr\w+)$", RUNBOOKS, re.MULTILINE)

    assert set(named) == set(alert_rules())


def test_prometheus_reads_the_rules_that_lie_beside_its_file():
    config = yaml.safe_load((FILES / "prometheus.yml").read_text(encoding="utf-8"))

    assert config["rule_files"] == ["alerts.yml"]
    assert (FILES / "alerts.yml").exists()
