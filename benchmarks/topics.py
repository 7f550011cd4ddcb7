"""New topics for every run, deleted after it."""

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import RetriableError

from configuration.kafka_connection import KafkaConnection


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one run, each with as many partitions, and the consumer group's name."""

    connection: KafkaConnection
    group: str
    partitions: int

    @property
    def input(self) -> str:
        """Where the tweets are."""
        return f"{self.group}.in"

    @property
    def output(self) -> str:
        """Where their scores go."""
        return f"{self.group}.out"

    @property
    def dead_letters(self) -> str:
        """Where none should go."""
        return f"{self.group}.dead"

    def places(self, topic: str) -> list[TopicPartition]:
        """Return every partition of `topic`."""
        return [TopicPartition(topic, partition) for partition in range(self.partitions)]


@contextmanager
def new_topics(connection: KafkaConnection, partitions: int) -> Iterator[Topics]:
    """Make three topics of a new name; delete them, and all that was made beside them, after use.

    Input records are stamped when the broker appends them, so that a latency can be told from
    then on too.

    Raises:
        KafkaError: the broker does not answer.
    """
    topics = Topics(connection, f"bench-{uuid.uuid4().hex[:8]}", partitions)
    with closing(KafkaAdminClient(**connection.client_options())) as admin:
        stamped = {"message.timestamp.type": "LogAppendTime"}
        admin.create_topics(
            {
                topics.input: {"num_partitions": partitions, "configs": stamped},
                topics.output: {"num_partitions": partitions},
                topics.dead_letters: {"num_partitions": partitions},
            },
            wait_for_metadata=True,
        )
        try:
            yield topics
        finally:
            admin.delete_topics([name for name in admin.list_topics() if topics.group in name])


def joined(topics: Topics, admin: KafkaAdminClient) -> int:
    """Return how many members the run's consumer group has; 0 while it still decides."""
    try:
        group = admin.describe_groups([topics.group])[topics.group]
    except RetriableError:  # A new broker makes the topic for groups when the first one asks.
        return 0
    return len(group["members"]) if group["group_state"] == "Stable" else 0
