"""Both ports in memory: the broker of fast tests, held to the same contract as Kafka.

One `MemoryBroker` holds an input topic, an output topic, a dead-letter topic and one consumer
group. Its sources and publishers behave as the real ones do, transactions and fencing included.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

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
        self._awaited: set[MemorySource] = set()
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
        """Let a source into the group, in place of one that has its id; the group rebalances."""
        self._members = [other for other in self._members if other.worker_id != member.worker_id]
        self._members.append(member)
        self._awaited = set(self._members)

    def leave(self, member: "MemorySource") -> None:
        """Let a source out of the group, which then has to rebalance."""
        if self.has(member):
            self._members.remove(member)
            self._awaited = set(self._members)

    def has(self, member: "MemorySource") -> bool:
        """Return whether `member` is in the group, and no other in its place."""
        return member in self._members

    def awaits(self, member: "MemorySource") -> bool:
        """Return whether the group rebalances and waits for `member` to give its partitions up."""
        return member in self._awaited

    def rejoin(self, member: "MemorySource") -> None:
        """Note that `member` has given up; once all have, the partitions are dealt out anew."""
        self._awaited.remove(member)
        if not self._awaited:
            self.generation += 1
            for index, owner in enumerate(self._members):
                owner.assign(frozenset(range(index, self.partitions, len(self._members))))

    def claim(self, worker_id: str, publisher: "MemoryPublisher") -> None:
        """Make `publisher` the only one that may publish as `worker_id`."""
        self._owners[worker_id] = publisher

    def publish(
        self, publisher: "MemoryPublisher", outcome: Outcome, offsets: Offsets, membership: Any
    ) -> None:
        """Append an outcome and commit its offsets, or do neither and raise."""
        if self._owners.get(publisher.worker_id) is not publisher:
            raise PublishAborted("another publisher has used our id in the meantime")
        if membership != self.generation:
            raise PublishAborted("the group has changed since the records were read")
        self.published += outcome.publications
        self.dead_letters += outcome.dead_letters
        self.committed |= offsets


class MemorySource:
    """A member of the broker's group. Never waits: an empty batch comes at once."""

    def __init__(
        self, broker: MemoryBroker, max_batch: int = 500, worker_id: str | None = None
    ) -> None:
        self.worker_id = worker_id or f"memory-{id(self)}"
        self._broker = broker
        self._max_batch = max_batch
        self._positions: dict[int, int] | None = None
        broker.join(self)

    @property
    def partitions(self) -> frozenset[int] | None:
        """The partitions that are ours now; None until the group has decided."""
        return None if self._positions is None else frozenset(self._positions)

    @property
    def rebalancing(self) -> bool:
        """Whether the next poll will give partitions up."""
        return self.partitions is not None and self._broker.awaits(self)

    def assign(self, partitions: frozenset[int]) -> None:
        """Take over `partitions` at their committed offsets; called by the broker."""
        self._positions = {p: self._broker.committed.get(p, 0) for p in partitions}

    def poll(self, timeout_seconds: float) -> Batch:  # noqa: ARG002 - the port's signature
        """Return the next records of our partitions.

        Raises:
            Fenced: another source has joined under our id.
        """
        if not self._broker.has(self):
            raise Fenced(self.worker_id)
        if self._broker.awaits(self):
            self._positions = None
            self._broker.rejoin(self)
        positions = self._positions or {}
        records: list[RawRecord] = []
        first_offsets = {}
        next_offsets = {}
        for partition, position in positions.items():
            found = self._broker.read(partition, position, self._max_batch - len(records))
            if found:
                records += found
                first_offsets[partition] = position
                next_offsets[partition] = found[-1].offset + 1
        positions |= next_offsets
        return Batch(records, first_offsets, next_offsets, self._broker.generation)

    def rewind(self) -> None:
        """Read on from the committed offsets.

        Raises:
            Fenced: another source has joined under our id.
        """
        if not self._broker.has(self):
            raise Fenced(self.worker_id)
        if self._positions is not None:
            self.assign(frozenset(self._positions))

    def lag(self, in_flight: Offsets) -> dict[int, int]:
        """Return the number of records after the committed offset."""
        committed = {**(self._positions or {}), **in_flight}
        return {p: self._broker.end(p) - committed[p] for p in self.partitions or ()}

    def close(self) -> None:
        """Leave the group."""
        self._broker.leave(self)


class MemoryPublisher:
    """Publishes to the broker as one worker; taking up its id undoes what others do under it."""

    def __init__(self, broker: MemoryBroker, worker_id: str = "memory") -> None:
        self.worker_id = worker_id
        self._broker = broker
        broker.claim(worker_id, self)

    def publish(self, outcome: Outcome, offsets: Offsets, membership: Any) -> None:
        """Publish all of it, or raise and publish nothing."""
        self._broker.publish(self, outcome, offsets, membership)

    def recover(self) -> None:
        """Take our id back."""
        self._broker.claim(self.worker_id, self)

    def close(self) -> None:
        """Nothing is held."""
