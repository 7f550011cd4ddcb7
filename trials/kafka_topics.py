"""A trial's topics, its group and its transactions, as the cluster tells of them."""

import uuid
from collections.abc import Callable
from typing import TypeVar

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError
from kafka.protocol.consumer import IsolationLevel

from worker.identity import transactional_id

Told = TypeVar("Told")


class Topics:
    """Three new topics and what may be asked about them.

    Attributes:
        input: Where the records are sent.
        output: Where their scores go.
        dead_letters: Where what cannot be scored goes.
        group: The workers' consumer group.

    Raises:
        KafkaError: the broker does not answer.
    """

    def __init__(self, servers: str, partitions: int) -> None:
        name = f"trial-{uuid.uuid4().hex[:8]}"
        self.group = name
        self.input, self.output, self.dead_letters = name, f"{name}.scored", f"{name}.dead"
        self._partitions = self._outputs = partitions
        self._admin = KafkaAdminClient(
            bootstrap_servers=servers.split(","), reconnect_backoff_max_ms=1_000
        )
        self._create([self.input, self.output, self.dead_letters])

    @property
    def partitions(self) -> range:
        """The numbers of the input topic's partitions."""
        return range(self._partitions)

    def close(self) -> None:
        """Let go of the broker."""
        self._admin.close()

    def transaction_state(self, worker_id: str) -> str:
        """Return how the broker sees a worker's transaction: `Ongoing`, `CompleteCommit`, ….

        `not told` while no broker answers, and for one that never had a transaction.
        """
        name = transactional_id(self.group, worker_id)
        self._forget_coordinators()
        try:
            return str(self._admin.describe_transactions([name])[name].state.value)
        except KafkaError:
            return "not told"

    def members(self) -> set[str]:
        """Return the ids of the group's members that have partitions; none while it rebalances.

        Raises:
            KafkaError: the broker does not answer.
        """
        self._forget_coordinators()
        group = self._admin.describe_groups([self.group])[self.group]
        if group["group_state"] != "Stable":
            return set()
        return {
            member["group_instance_id"]
            for member in group["members"]
            if member["member_assignment"]
            and any(
                topic["partitions"] for topic in member["member_assignment"]["assigned_partitions"]
            )
        }

    def committed(self) -> dict[int, int]:
        """Return the group's committed offset of each input partition that has one.

        Raises:
            KafkaError: the broker does not answer.
        """
        self._forget_coordinators()
        offsets = self._admin.list_group_offsets({self.group: None})[self.group]
        return {
            place.partition: told.offset
            for place, told in offsets.items()
            if place.topic == self.input and told.offset >= 0
        }

    def ends(self) -> dict[int, int]:
        """Return the end of each input partition.

        Raises:
            KafkaError: the broker does not answer.
        """
        return dict(enumerate(self._ends(self.input, self._partitions)))

    def backlog(self) -> int | None:
        """Return how many records are not committed or not readable; None while nobody tells.

        Those of the output topics are not readable behind a transaction that is still open.
        """
        try:
            committed, ends = self.committed(), self.ends()
            waiting = sum(end - committed.get(partition, 0) for partition, end in ends.items())
            for topic in (self.output, self.dead_letters):
                written = self._ends(topic, self._outputs, IsolationLevel.READ_UNCOMMITTED)
                waiting += sum(written) - sum(self._ends(topic, self._outputs))
        except KafkaError:
            return None
        return waiting

    def add_partition(self) -> None:
        """Give the input topic one partition more.

        Raises:
            KafkaError: the broker does not answer, or refuses.
        """
        self._partitions += 1
        self._admin.create_partitions({self.input: self._partitions})

    def delete_before(self, offsets: dict[int, int]) -> None:
        """Delete the input records before these offsets, as retention does.

        Raises:
            KafkaError: the broker does not answer, or refuses.
        """
        self._admin.delete_records(
            {TopicPartition(self.input, partition): end for partition, end in offsets.items()}
        )

    def remake(self, wait_until: Callable[[Callable[[], bool], str], None]) -> None:
        """Delete the input topic and make it anew.

        Args:
            wait_until: returns when its first argument does so with true; else it raises.

        Raises:
            KafkaError: the broker does not answer, or refuses.
        """
        self._admin.delete_topics([self.input])
        wait_until(lambda: self.input not in self._admin.list_topics(), "rid of the input topic")
        self._create([self.input])

    def _forget_coordinators(self) -> None:
        """Let the client ask who coordinates: it never asks twice (3.0.12), whoever that was."""
        self._admin._manager.cluster._coordinators.clear()  # noqa: SLF001 - no public way

    def _ends(
        self,
        topic: str,
        partitions: int,
        isolation: IsolationLevel = IsolationLevel.READ_COMMITTED,
    ) -> list[int]:
        places = [TopicPartition(topic, partition) for partition in range(partitions)]
        told = self._admin.list_partition_offsets(
            dict.fromkeys(places, OffsetSpec.LATEST), isolation_level=isolation
        )
        return [told[place].offset for place in places]

    def _create(self, topics: list[str]) -> None:
        self._admin.create_topics(
            {topic: {"num_partitions": self._partitions} for topic in topics},
            wait_for_metadata=True,
        )
