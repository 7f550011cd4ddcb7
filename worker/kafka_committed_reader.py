"""What a downstream reader with `isolation_level=read_committed` sees of a topic."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager

from kafka import TopicPartition
from kafka.errors import AuthorizationError, KafkaError

from configuration.errors import AccessRefused, BrokerUnavailable
from configuration.kafka_client import refusal_of
from configuration.kafka_connection import KafkaConnection
from configuration.kafka_refusals import Right, missing_rights, turned_away
from configuration.kafka_topics import ensure_topics
from worker.errors import CannotGoOn
from worker.kafka_raw_consumer import RawConsumer
from worker.messages import RawRecord
from worker.record_limits import RecordLimits

POLL_SECONDS = 0.25
# Longer than a broker's restart, and than the sweep that ends the transaction of a dead producer
# after its own timeout.
STALL_SECONDS = 60.0
# What a topic holds was let in by its limits; what is shown or replayed must be all of it.
WHOLE = RecordLimits(record_bytes=1 << 30, kept_bytes=1 << 30, headers=1_000_000)


class CommittedReader:
    """Reads a whole topic, or any part of it, without a consumer group.

    Raises:
        ConfigurationError: no broker answers or lets us read, or the topic does not exist.
    """

    def __init__(
        self, connection: KafkaConnection, topic: str, *, from_now_on: bool = False
    ) -> None:
        ensure_topics(connection, {topic: "Read"})
        self._connection = connection
        self._topic = topic
        with self._told_plainly():
            self._consumer = self._connect("read_committed")
            partitions = self._consumer.partitions_for_topic(topic) or ()
            self._places = [TopicPartition(topic, partition) for partition in sorted(partitions)]
            self._consumer.assign(self._places)
            self._ends: dict[TopicPartition, int] = self._consumer.end_offsets(self._places)
            if from_now_on:
                for place, end in self._ends.items():
                    self._consumer.seek(place, end)

    @property
    def at_end(self) -> bool:
        """Whether everything has been read that was there when reading began."""
        with self._told_plainly():
            return all(self._consumer.position(place) >= end for place, end in self._ends.items())

    def poll(self, timeout_seconds: float) -> list[RawRecord]:
        """Return the next records, waiting at most `timeout_seconds` for the first.

        Raises:
            ConfigurationError: the broker went away, or no longer lets us read.
        """
        with self._told_plainly():
            polled = self._consumer.poll(timeout_ms=int(timeout_seconds * 1000))
            # While connections are refused the client polls on, and returns nothing.
            if not polled and (refusal := refusal_of(self._consumer)):
                raise refusal
        return [record for records in polled.values() for record in records]

    def include_what_is_open(self) -> None:
        """Let the end be that of all that was written until now, committed or not.

        By itself a partition ends where its oldest open transaction begins, and a transaction
        that is committed already may stand behind that. With this, `read` waits for the open one.
        """
        with self._told_plainly(), closing(self._connect("read_uncommitted")) as consumer:
            self._ends = consumer.end_offsets(self._places)

    def spans(self) -> Mapping[int, range]:
        """Return the offsets that each partition holds, up to the end."""
        with self._told_plainly():
            beginnings = self._consumer.beginning_offsets(self._places)
        return {place.partition: range(beginnings[place], end) for place, end in self._ends.items()}

    def read(self, parts: Mapping[int, range] | None = None) -> Iterator[RawRecord]:
        """Yield the records at the offsets `parts` of each partition, or all there are to the end.

        Raises:
            CannotGoOn: nothing comes any more.
        """
        for partition, offsets in (self.spans() if parts is None else parts).items():
            place = TopicPartition(self._topic, partition)
            if offsets:
                yield from self._read_part(place, offsets)

    def read_at(self, places: Iterable[tuple[int, int]]) -> Iterator[RawRecord | None]:
        """Yield the record at each partition and offset, and None where there is none."""
        spans = self.spans()
        for partition, offset in places:
            there = offset in spans.get(partition, ())
            one = {partition: range(offset, offset + 1)}
            yield next(self.read(one), None) if there else None

    def close(self) -> None:
        """Let go of the broker."""
        self._consumer.close()

    def _read_part(self, place: TopicPartition, offsets: range) -> Iterator[RawRecord]:
        with self._told_plainly():
            self._consumer.assign([place])
            self._consumer.seek(place, offsets.start)
        position, moved_seconds = offsets.start, time.monotonic()
        while position < offsets.stop:
            for record in self.poll(POLL_SECONDS):
                if record.offset < offsets.stop:
                    yield record
            with self._told_plainly():
                reached = self._consumer.position(place)
            if reached != position:
                position, moved_seconds = reached, time.monotonic()
            elif time.monotonic() - moved_seconds > STALL_SECONDS:
                raise CannotGoOn(
                    f"nothing more of {self._topic}, partition {place.partition}, can be read for "
                    f"{STALL_SECONDS:.0f} s after offset {position}: is the broker up? Or else a "
                    "transaction is open there: try again when it has ended"
                )

    def _connect(self, isolation_level: str) -> RawConsumer:
        return RawConsumer(
            WHOLE,
            **self._connection.client_options(),
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            isolation_level=isolation_level,
        )

    @contextmanager
    def _told_plainly(self) -> Iterator[None]:
        """Raise the client's errors as ours."""
        servers = self._connection.bootstrap_servers
        try:
            yield
        except AuthorizationError as error:
            right = Right("Read", "topic", self._topic)
            raise AccessRefused(missing_rights([right], self._connection)) from error
        except KafkaError as error:
            if refusal := turned_away(error, servers, self._connection):
                raise AccessRefused(str(refusal)) from error
            raise BrokerUnavailable(f"cannot read {self._topic} at {servers}: {error}") from error
