"""What every part of a benchmark is told, and what it says while it works."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from configuration.kafka_connection import KafkaConnection

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Scenario:
    """The same for all contestants.

    Attributes:
        texts: What is scored, over and over.
        texts_file: Where they are from.
        model: The bundle that scores.
        tweets: How many the fastest contestants score in one run.
        runs: How often everything is measured.
        only: Names of the contestants or engines to measure; all of them when empty.
        say: Receives a line when something has been measured.
    """

    texts: Sequence[str]
    texts_file: Path
    model: Path
    tweets: int
    runs: int
    only: frozenset[str]
    say: Say

    def wanted(self, name: str) -> bool:
        """Whether `name` is to be measured."""
        return not self.only or name in self.only


@dataclass(frozen=True, slots=True)
class KafkaScenario:
    """A scenario with the Kafka that all its contestants share."""

    scenario: Scenario
    connection: KafkaConnection
    broker_pid: int
