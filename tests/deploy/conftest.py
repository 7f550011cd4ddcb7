"""The compose file and what the worker really exposes."""

from collections import defaultdict

import pytest
from prometheus_client import CollectorRegistry

from tests.deploy.compose_file import read_compose
from worker.messages import DeadLetter, Outcome, RawRecord, Reason
from worker.metrics import WorkerMetrics


@pytest.fixture(scope="session")
def services():
    """Give the services as `docker compose up` runs them where no variable is set."""
    return read_compose()["services"]


@pytest.fixture(scope="session")
def exposed():
    """Give, by sample name and label, the values that a worker at work exposes."""
    registry = CollectorRegistry()
    metrics = WorkerMetrics(registry, ("negative", "neutral", "positive"))
    metrics.model("default", "3f9c2a1b", "keras")
    metrics.assign(frozenset({0}))
    metrics.lag({0: 7})
    record = RawRecord("tweets", 0, 0, 1_000, b"1", b"{}", ())
    letter = DeadLetter(record, Reason.MISSING_TEXT, "no text")
    metrics.committed([record], Outcome((), (letter,), ("positive",), (0.9,), 0.25))

    values = defaultdict(dict)
    for family in registry.collect():
        for sample in family.samples:
            labels = values[sample.name]
            for label, value in sample.labels.items():
                labels.setdefault(label, set()).add(value)
    return values
