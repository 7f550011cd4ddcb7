"""What these tests share: a small scenario on the suite's Kafka, and little patience."""

import os

import pytest

from benchmarks import throughput
from benchmarks.scenario import KafkaScenario, Scenario
from benchmarks.texts import SAMPLE, read_texts
from configuration.kafka_connection import KafkaConnection
from tests.conftest import ROOT


@pytest.fixture
def scenario(monkeypatch):
    """Give a scenario of few tweets, scored by the shipped model."""
    # A worker that is idle for so long is done with the few tweets of a test.
    monkeypatch.setattr(throughput, "QUIET_SECONDS", 0.3)
    return Scenario(
        texts=read_texts(SAMPLE),
        texts_file=SAMPLE,
        model=ROOT / "models" / "default",
        tweets=200,
        runs=1,
        only=frozenset(),
        say=lambda _line: None,
    )


@pytest.fixture
def on_kafka(scenario, kafka):
    """Give that scenario with the suite's Kafka; where it is not ours, our own process for it."""
    connection = KafkaConnection(bootstrap_servers=kafka.bootstrap_servers)
    return KafkaScenario(scenario, connection, getattr(kafka, "pid", None) or os.getpid())
