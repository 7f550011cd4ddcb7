"""What a `read_committed` reader sees of the output topic, while it grows and after."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from kafka import KafkaConsumer

from benchmarks.scores import decode
from benchmarks.topics import Topics


class CommittedOutput:
    """The output topic from its beginning.

    Attributes:
        records: Scores read so far.
        sources: The input partition and offset of each, every one of them once.
    """

    def __init__(self, topics: Topics, consumer: KafkaConsumer) -> None:
        self._consumer = consumer
        self._places = topics.places(topics.output)
        consumer.assign(self._places)
        consumer.seek_to_beginning()
        self.records = 0
        self.sources: set[tuple[int, int]] = set()

    def end(self) -> int:
        """Return the sum of the partitions' last stable offsets.

        It grows with every score that becomes readable, and by one for the end of every
        transaction in a partition. One request, no records: it leaves the processors to those
        who are measured.
        """
        ends: dict[Any, int] = self._consumer.end_offsets(self._places)
        return sum(ends.values())

    def read(self) -> None:
        """Read all that became readable since the last call."""
        ends = self._consumer.end_offsets(self._places)
        while any(self._consumer.position(place) < end for place, end in ends.items()):
            for records in self._consumer.poll(timeout_ms=1000).values():
                self.records += len(records)
                for record in records:
                    source = decode(record.value).source
                    self.sources.add((source.partition, source.offset))


@contextmanager
def committed_output(topics: Topics) -> Iterator[CommittedOutput]:
    """Give the run's output topic to read.

    Raises:
        KafkaError: the broker does not answer.
    """
    consumer = KafkaConsumer(
        **topics.connection.client_options(),
        group_id=None,
        enable_auto_commit=False,
        isolation_level="read_committed",
        max_poll_records=10_000,
    )
    with closing(consumer):
        yield CommittedOutput(topics, consumer)
