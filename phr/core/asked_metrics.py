"""Questions that are asked when metrics are fetched: what all `gauges.py` share."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from prometheus_client.core import GaugeMetricFamily, Metric

Source = Literal["database", "redis", "replica"]
Question = Callable[[], Iterable[Metric]]

questions: defaultdict[Source, list[Question]] = defaultdict(list)

# What is counted row by row is counted so far only: the alarm has long been given.
MOST_COUNTED = 10_000


def asked_of(source: Source) -> Callable[[Question], Question]:
    """Have a question asked of one of these whenever metrics are fetched."""

    def register(question: Question) -> Question:
        questions[source].append(question)
        return question

    return register


def gauge(
    name: str, text: str, label: str, values: Mapping[str, float]
) -> GaugeMetricFamily:
    """A gauge with one label."""
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        family.add_metric([value], number)
    return family
