"""From which offsets to read on: the committed ones, as long as they mean what they say."""

from typing import NamedTuple

import structlog
from kafka import ConsumerGroupMetadata, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError, LogTruncationError, OffsetOutOfRangeError

from worker.ports import Offsets

REQUEST_SECONDS = 2.0

# What kafka-python raises where there is nothing at our position; it repairs nothing by itself,
# for we set no `auto_offset_reset`.
OUT_OF_RANGE = (OffsetOutOfRangeError, LogTruncationError)
# A question about offsets that found no answer; kafka-python raises KeyError for a partition that
# its metadata does not know, or not yet.
NO_ANSWER = (KafkaError, KeyError)

log = structlog.get_logger()


class Membership(NamedTuple):
    """In whose name records were read, and of which topic: what must be committed with them."""

    group: ConsumerGroupMetadata
    topic_id: str

    @property
    def left(self) -> bool:
        """Whether we are no member of the group at all."""
        return bool(self.group.generation_id < 0)

    def positions(self, topic: str, offsets: Offsets) -> dict[TopicPartition, OffsetAndMetadata]:
        """Return `offsets` of `topic` as Kafka commits them."""
        return {
            TopicPartition(topic, partition): OffsetAndMetadata(offset, self.topic_id)
            for partition, offset in offsets.items()
        }


class Positions:
    """The positions of one consumer in its topic.

    A topic that is deleted and made anew starts over at offset 0, and offsets of the old one would
    hide records of the new. So `topic_id`, the id that the cluster gave the topic when our
    positions were last sought, is committed as the metadata of every offset, and an offset that
    was committed under another id is not gone by.
    """

    def __init__(self, consumer: KafkaConsumer, topic: str) -> None:
        self._consumer = consumer
        self._cluster = consumer._cluster  # noqa: SLF001 - ids of topics have no public way
        self._topic = topic
        self.topic_id = ""
        self._superseded: set[str] = set()

    @property
    def stale(self) -> bool:
        """Whether the topic is known to have been made anew since positions were sought."""
        return self._current_id() != self.topic_id

    def _current_id(self) -> str:
        """Return the topic's id as far as it is known; a broker that lags may still tell an old."""
        told = self._cluster.topic_id(self._topic)
        current = self.topic_id if told is None else str(told)
        return self.topic_id if current in self._superseded else current

    def seek_to_committed(self) -> None:
        """Seek every partition to its committed offset, or its beginning where there is none.

        Raises:
            KafkaError: the broker does not answer, or a transaction with offsets of ours is open.
        """
        if self._cluster.topic_id(self._topic) is None:
            self._refresh()
        current = self._current_id()
        if current != self.topic_id:
            self._superseded.add(self.topic_id)
            self.topic_id = current
        assigned = self._consumer.assignment()
        # One request for all, where `committed` makes one each.
        offsets = self._consumer._coordinator.fetch_committed_offsets(  # noqa: SLF001
            assigned, timeout_ms=int(REQUEST_SECONDS * 1000)
        )
        for where in assigned:
            committed = offsets.get(where)
            if committed is None or self._of_another_topic(committed.metadata):
                self._consumer.seek_to_beginning(where)
            else:
                self._consumer.seek(where, committed.offset)

    def repair(self, error: KafkaError) -> None:
        """Seek to where records are again, after a poll that raised one of `OUT_OF_RANGE`.

        Raises:
            One of NO_ANSWER: the broker does not answer.
        """
        self._refresh()
        if self.stale:
            return  # All positions will be sought anew.
        truncated = isinstance(error, LogTruncationError)
        missing = error.divergent_offsets if truncated else error.args[0]
        timeout_ms = int(REQUEST_SECONDS * 1000)
        first = self._consumer.beginning_offsets(list(missing), timeout_ms=timeout_ms)
        ends = self._consumer.end_offsets(list(missing), timeout_ms=timeout_ms)
        for where, found in missing.items():
            if not truncated and found < first[where]:
                self._consumer.seek(where, first[where])
                log.warning(
                    "records were deleted by the topic's retention before they were read",
                    partition=where.partition,
                    records=first[where] - found,
                )
            elif truncated and not self._is_doubted(where):
                # It was found out in the background, about a position that we have left since: the
                # topic was made anew, say, and we have sought its beginning.
                log.debug("a truncation behind us", partition=where.partition)
            elif truncated or found > ends[where]:
                # Where the logs part, if the broker knows; else never ahead of where we are.
                position = self._consumer.position(where) if truncated else found
                offset = found.offset if truncated and found else min(position, ends[where])
                self._consumer.seek(where, offset)
                log.warning(
                    "the broker has lost records that were read already; reading on behind them",
                    partition=where.partition,
                    offset=offset,
                )
                self._commit(where, offset)
            else:
                # Brokers also say so of a leader epoch that they cannot place; a seek forgets it.
                self._consumer.seek(where, found)
                log.warning("a position is read anew", partition=where.partition, offset=found)

    def _is_doubted(self, where: TopicPartition) -> bool:
        """Whether the client reads no further from where we are, which the broker's log lacks."""
        subscription = self._consumer._subscription  # noqa: SLF001 - position() would wait for it
        return bool(subscription.is_offset_validation_needed(where))

    def _commit(self, where: TopicPartition, offset: int) -> None:
        """Commit an offset that is behind the committed one.

        That one is beyond the end, which whoever sought it again, after a rebalance, would take for
        a new loss: by then the log may have grown, and what was added would be passed over.
        """
        position = {where: OffsetAndMetadata(offset, self.topic_id)}
        try:
            self._consumer.commit(position, timeout_ms=int(REQUEST_SECONDS * 1000))
        except KafkaError as error:
            log.warning("cannot commit where to read on", reason=str(error))

    def _of_another_topic(self, topic_id: str) -> bool:
        """Whether an offset's metadata names another topic; tools of operators leave it empty."""
        if not topic_id or not self.topic_id or topic_id == self.topic_id:
            return False
        log.warning("the input topic was made anew: reading it from its beginning")
        return True

    def _refresh(self) -> None:
        manager = self._consumer._manager  # noqa: SLF001
        self._consumer._net.run(  # noqa: SLF001
            manager.wait_for, self._cluster.request_update(), int(REQUEST_SECONDS * 1000)
        )
