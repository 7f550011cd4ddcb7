"""Both ports in memory: the broker of fast tests, held to the same contract as Kafka.

One `MemoryBroker` holds an input topic, an output topic, a dead-letter topic and one consumer
group. Its sources and publishers behave as the real ones do, transactions and fencing included.
"""

from collections import defaultdict
from collections.abc import Sequence

from worker.errors import Fenced, PublishAborted
from worker.messages import DeadLetter, Headers, Outcome, Publication, RawRecord
from worker.ports import Batch, Offsets


class MemoryBroker:
    """The topics and the group that memory sources and publishers share."""

    def __init__(self, partitions: int = 1, topic: str = "tweets") -> None:
        self.topic = topic
        self.partitions = partitions
        self.published: list[Publication] = []
        self.dead_letters: list[DeadLetter] = []
        self.committed: dict[int, int] = {}
        self.generation = 0
        self._records: dict[int, list[RawRecord]] = defaultdict(list)
        self._members: list[MemorySource] = []
        self._owners: dict[str, MemoryPublisher] = {}

    def append(
        self,
        value: bytes | None,
        key: bytes | None = None,
        partition: int = 0,
        timestamp_ms: int = 0,
        headers: Headers = (),
    ) -> None:
        """Put a record at the end of a partition of the input topic."""
        log = self._records[partition]
        log.append(RawRecord(self.topic, partition, len(log), timestamp_ms, key, value, headers))

    def read(self, partition: int, offset: int, limit: int) -> Sequence[RawRecord]:
        """Return at most `limit` records of a partition, from `offset` on."""
        return self._records[partition][offset : offset + limit]

    def end(self, partition: int) -> int:
        """Return the offset that the partition's next record will have."""
        return len(self._records[partition])

    def join(self, member: "MemorySource") -> None:
        """Let a source into the group; all partitions are dealt out anew."""
        self._members.append(member)
        self._rebalance()

    def leave(self, member: "MemorySource") -> None:
        """Let a source out of the group; the others take over its partitions."""
        self._members.remove(member)
        self._rebalance()

    def claim(self, worker_id: str, publisher: "MemoryPublisher") -> None:
        """Make `publisher` the only one that may publish as `worker_id`."""
        self._owners[worker_id] = publisher

    def publish(
        self, publisher: "MemoryPublisher", outcome: Outcome, offsets: Offsets, membership: object
    ) -> None:
        """Append an outcome and commit its offsets, or do neither and raise."""
        if self._owners.get(publisher.worker_id) is not publisher:
            raise Fenced(publisher.worker_id)
        if membership != self.generation:
            raise PublishAborted("the group has changed since the records were read")
        self.published += outcome.publications
        self.dead_letters += outcome.dead_letters
        self.committed |= offsets

    def _rebalance(self) -> None:
        self.generation += 1
        for index, member in enumerate(self._members):
            member.assign(frozenset(range(index, self.partitions, len(self._members))))


class MemorySource:
    """A member of the broker's group. Never waits: an empty batch comes at once."""

    def __init__(self, broker: MemoryBroker, max_batch: int = 500) -> None:
        self._broker = broker
        self._max_batch = max_batch
        self._positions: dict[int, int] = {}
        broker.join(self)

    @property
    def partitions(self) -> frozenset[int] | None:
        """The partitions that are ours now."""
        return frozenset(self._positions)

    def assign(self, partitions: frozenset[int]) -> None:
        """Take over `partitions` at their committed offsets; called by the broker."""
        self._positions = {p: self._broker.committed.get(p, 0) for p in partitions}

    def poll(self, timeout_seconds: float) -> Batch:  # noqa: ARG002 - the port's signature
        """Return the next records of our partitions."""
        records: list[RawRecord] = []
        next_offsets = {}
        for partition, position in self._positions.items():
            found = self._broker.read(partition, position, self._max_batch - len(records))
            if found:
                records += found
                next_offsets[partition] = found[-1].offset + 1
        self._positions |= next_offsets
        return Batch(records, next_offsets, self._broker.generation)

    def rewind(self) -> None:
        """Read on from the committed offsets."""
        self.assign(frozenset(self._positions))

    def lag(self) -> dict[int, int]:
        """Return the number of records after our position."""
        return {p: self._broker.end(p) - position for p, position in self._positions.items()}

    def close(self) -> None:
        """Leave the group."""
        self._broker.leave(self)


class MemoryPublisher:
    """Publishes to the broker as one worker; the latest publisher of an id fences the others."""

    def __init__(self, broker: MemoryBroker, worker_id: str = "memory") -> None:
        self.worker_id = worker_id
        self._broker = broker
        broker.claim(worker_id, self)

    def publish(self, outcome: Outcome, offsets: Offsets, membership: object) -> None:
        """Publish all of it, or raise and publish nothing."""
        self._broker.publish(self, outcome, offsets, membership)

    def close(self) -> None:
        """Nothing is held."""
