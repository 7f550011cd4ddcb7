"""What is on trial: broker, topics, load, workers and a reader, and whether the stream flows."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from localkafka import LocalCluster
from trials.errors import Stuck
from trials.fleet import Fleet
from trials.kafka_load import Load
from trials.kafka_topics import Topics
from trials.ledger import Ledger
from trials.proxy import Proxy
from trials.workers import Worker

LOOK_EVERY_SECONDS = 0.02
# A fault is survived or it is not: nothing that recovers by itself takes this long.
PATIENCE_SECONDS = 120.0


@dataclass
class System:
    """Everything that a fault may lay hands on.

    Attributes:
        networks: What stands between clients and each broker.
        frozen_seconds: How long a frozen broker stays so.
        notes: What the fault under way has found worth telling.
    """

    cluster: LocalCluster
    networks: Sequence[Proxy]
    topics: Topics
    ledger: Ledger
    load: Load
    fleet: Fleet
    folder: Path
    frozen_seconds: float
    notes: list[str] = field(default_factory=list)

    def wait_until(
        self, condition: Callable[[], bool], what: str, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Return as soon as `condition` holds.

        Raises:
            Stuck: it does not in time.
        """
        deadline = time.monotonic() + patience_seconds
        while not condition():
            if time.monotonic() > deadline:
                raise Stuck(f"not {what} after {patience_seconds:.0f} s")
            time.sleep(LOOK_EVERY_SECONDS)

    def wait_until_flowing(self, since_seconds: float) -> float:
        """Return in which monotonic second the stream flowed again in full after `since_seconds`.

        Raises:
            Stuck: it does not.
        """
        found: list[float] = []

        def flows() -> bool:
            flowing = self.ledger.flows_since(since_seconds, self.topics.partitions)
            if flowing is not None:
                found.append(flowing)
            return bool(found)

        self.wait_until(flows, "flowing again")
        return found[0]

    def wait_until_whole(self) -> float:
        """Return the monotonic second by which every worker has partitions.

        Raises:
            Stuck: one does not get any.
        """
        self.wait_until(
            lambda: (
                all(worker.has_partitions for worker in self.fleet.wanted)
                and {worker.worker_id for worker in self.fleet.wanted} <= self.topics.members()
            ),
            "a group of all workers",
        )
        return time.monotonic()

    def expect_exit(self, worker: Worker, codes: set[int], what: str) -> None:
        """Wait until a process that the fleet no longer wants has ended, and note its end.

        Raises:
            Stuck: it does not end, or not as it should.
        """
        self.wait_until(lambda: worker.exit_code() is not None, f"at an end: {what}")
        code = worker.exit_code()
        self.notes.append(f"{what}: exit code {code}")
        if code not in codes:
            raise Stuck(f"{what} ended with {code} instead of {codes}: {worker.log()[-300:]}")
