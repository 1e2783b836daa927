"""Reading metrics: those of this process, and those that a port serves."""

from urllib.request import urlopen

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families


def value(name: str, **labels: str) -> float:
    """What this process has counted so far; 0 before the first time."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


def fetch(port: int, host: str = "127.0.0.1") -> str:
    with urlopen(f"http://{host}:{port}/metrics", timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def total(text: str, name: str, **labels: str) -> float:
    """The sum of all samples of this name with these labels, in what a port served."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )
