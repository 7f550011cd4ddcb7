"""The source on a real Kafka: one static member of a consumer group."""

import time
from collections.abc import Mapping, Sequence

import structlog
from kafka import TopicPartition
from kafka.errors import (
    FencedInstanceIdError,
    KafkaError,
    NoOffsetForPartitionError,
    RetriableError,
    UnknownError,
)

from configuration.kafka_client import refusal_of
from worker.errors import CannotGoOn, Fenced, SourceLost
from worker.kafka_group import GroupMember
from worker.kafka_heir import end_orphaned_transactions
from worker.kafka_positions import NO_ANSWER, OUT_OF_RANGE, Membership, Positions
from worker.kafka_raw_consumer import RawConsumer
from worker.kafka_refusals import REFUSED, refused
from worker.messages import RawRecord
from worker.ports import Batch, Offsets
from worker.record_limits import RecordLimits
from worker.settings import WorkerSettings

REQUEST_SECONDS = 5.0
LAG_SECONDS = 1.0
CLOSE_SECONDS = 2.0
# How soon new partitions are seen; the default is five minutes.
METADATA_MS = 10_000

log = structlog.get_logger()


class KafkaTweetSource:
    """Reads the input topic as member `worker_id` of the group, with manual commits.

    The member is static (KIP-345): a worker that is killed and started again under its id gets
    its partitions back at once, where an unknown newcomer would wait until the session of the
    dead member ends. Offsets are read with `isolation_level=read_committed`, because only then
    does the client ask for stable ones (KIP-447): those of a dead worker's open transaction are
    waited for, never skipped.

    Raises:
        KafkaError: no broker answers.
    """

    def __init__(self, settings: WorkerSettings, worker_id: str) -> None:
        self._settings = settings
        self._worker_id = worker_id
        self._must_seek = False
        self._ends: dict[int, int] = {}
        self._positions: dict[int, int | None] = {}
        self._ends_asked_seconds = -LAG_SECONDS
        self._consumer = RawConsumer(
            RecordLimits(settings.record_limit_bytes, settings.max_output_bytes),
            **settings.client_options(),
            client_id=worker_id,
            group_id=settings.group_id,
            group_instance_id=worker_id,
            enable_auto_commit=False,
            auto_offset_reset="none",  # See kafka_positions.
            isolation_level="read_committed",
            allow_auto_create_topics=False,
            max_poll_records=settings.max_batch,
            metadata_max_age_ms=METADATA_MS,
            session_timeout_ms=int(settings.session_timeout_seconds * 1000),
            heartbeat_interval_ms=int(min(settings.session_timeout_seconds / 3, 3) * 1000),
        )
        self._group = GroupMember(self._consumer, settings.input_topic, worker_id)
        self._place = Positions(self._consumer, settings.input_topic)
        # The group's leader deals out the partitions that it knows of, and kafka-python lets it do
        # so before it knows of any: then nobody gets one until the metadata is refreshed.
        try:
            self._consumer.partitions_for_topic(settings.input_topic)
            self._consumer.subscribe([settings.input_topic], listener=self._group)
        except BaseException:
            self._consumer.close(autocommit=False, timeout_ms=int(CLOSE_SECONDS * 1000))
            raise

    @property
    def partitions(self) -> frozenset[int] | None:
        """The partitions that are ours now; None until the group has decided."""
        return self._group.partitions

    @property
    def rebalancing(self) -> bool:
        """Whether the next poll will give partitions up: finish first what was read of them."""
        return self._group.rebalancing

    def poll(self, timeout_seconds: float) -> Batch:
        """Return the next records, waiting at most `timeout_seconds` for the first.

        Raises:
            CannotGoOn: another worker uses our id, or the broker refuses us.
        """
        polled = self._poll(timeout_seconds)
        if self._group.changed:
            self._group.changed = False
            self._must_seek = True
            self._inherit()
        membership = Membership(self._consumer.group_metadata(), self._place.topic_id)
        # Thrown out since the fetch? A commit without a generation is not checked by the broker at
        # all, so these records must not be published by us.
        self._must_seek |= self._place.stale or (bool(polled) and membership.left)
        if self._must_seek or not polled:
            return Batch((), {}, {}, None)
        next_offsets = {where.partition: some[-1].offset + 1 for where, some in polled.items()}
        self._positions |= next_offsets
        return Batch(
            [record for records in polled.values() for record in records],
            {where.partition: records[0].offset for where, records in polled.items()},
            next_offsets,
            membership,
        )

    def rewind(self) -> None:
        """Let the next poll read on from the group's committed offsets.

        The group is asked at once whether we still are who we are: the next heartbeat may be
        seconds away, in which we and a rival would take our transactional id from one another.

        Raises:
            Fenced: another worker has joined the group under our id.
        """
        self._must_seek = True
        self._group.ask()

    def lag(self, in_flight: Offsets) -> dict[int, int]:
        """Return the number of records after the committed offset, for each partition where known.

        The ends are asked for at most once a second. What the client knows by itself is the end
        at its last fetch, which under load is thousands of records ago.
        """
        now = time.monotonic()
        if now - self._ends_asked_seconds >= LAG_SECONDS:
            self._ends_asked_seconds = now
            self._look_around()
        lag = {}
        for partition in (self.partitions or frozenset()) & self._ends.keys():
            position = self._positions.get(partition)
            if position is not None:
                committed = min(position, in_flight.get(partition, position))
                lag[partition] = max(0, self._ends[partition] - committed)
        return lag

    def commit(self, offsets: Offsets, membership: Membership) -> None:
        """Commit offsets outside of any transaction, while another thread may be polling.

        kafka-python 3 runs every request on a thread of its own, which makes this one call safe.

        Raises:
            SourceLost: the partitions are no longer ours, or the broker did not answer.
        """
        if self._consumer.group_metadata() != membership.group:
            raise SourceLost("the group has changed since the records were read")
        try:
            self._consumer.commit(
                membership.positions(self._settings.input_topic, offsets),
                timeout_ms=int(REQUEST_SECONDS * 1000),
            )
        except KafkaError as error:
            raise SourceLost(f"offsets not committed: {error}") from error

    def close(self) -> None:
        """Leave the group so that the others take our partitions over at once."""
        member = self._consumer.group_metadata()
        started = time.monotonic()
        self._consumer.close(autocommit=False, timeout_ms=int(CLOSE_SECONDS * 1000))
        if member.generation_id >= 0 and time.monotonic() - started < CLOSE_SECONDS:
            self._group.say_goodbye(self._settings, member.member_id)

    def _poll(self, timeout_seconds: float) -> Mapping[TopicPartition, Sequence[RawRecord]]:
        """Return what kafka-python polls; nothing where there is no way to read now.

        Raises:
            CannotGoOn: another worker uses our id, or the broker refuses us.
        """
        # While connections are refused the client polls on, and returns nothing.
        if refusal := refusal_of(self._consumer):
            raise refused(refusal, self._settings, self._worker_id)
        try:
            self._group.look_after()
            # While the group decides, first join it: offsets are not told as long as a transaction
            # with any of them is open, which whoever is given the partitions may have to end.
            if self._must_seek and self.partitions and not self.rebalancing:
                self._place.seek_to_committed()
                self._must_seek = False
            polled: dict[TopicPartition, Sequence[RawRecord]] = self._consumer.poll(
                timeout_ms=int(timeout_seconds * 1000)
            )
        except FencedInstanceIdError as error:
            raise Fenced(self._worker_id) from error
        except REFUSED as error:
            raise refused(error, self._settings, self._worker_id) from error
        except NoOffsetForPartitionError:
            self._must_seek = True  # The group gave us partitions of which nothing was committed.
        except OUT_OF_RANGE as error:
            self._repair(error)
        except (RetriableError, UnknownError) as error:
            log.warning("cannot read now, trying again", reason=str(error))
        except KafkaError as error:
            raise CannotGoOn(f"cannot read {self._settings.input_topic}: {error}") from error
        else:
            return polled
        return {}

    def _repair(self, error: KafkaError) -> None:
        if self._must_seek or self._group.changed:
            # Not a position that we sought: the client takes whatever is committed for partitions
            # that it has just been given, also what is left of a topic that was made anew.
            return
        try:
            self._place.repair(error)
        except NO_ANSWER as unanswered:
            log.warning("cannot read now, trying again", reason=str(unanswered))
            self._must_seek = True

    def _inherit(self) -> None:
        """End what the former owners of our partitions have left open, if they are gone."""
        if not self.partitions or self._settings.guarantee != "exactly-once":
            return
        try:
            end_orphaned_transactions(self._settings)
        except KafkaError as error:
            log.warning(
                "cannot end the transactions of workers that are gone: the broker will",
                after_seconds=self._settings.transaction_timeout_seconds,
                reason=str(error),
            )

    def _look_around(self) -> None:
        """Learn the ends of our partitions, and our positions where nothing was polled."""
        self._ends = {}
        try:
            # While the group decides, the client still names the partitions that we had.
            ours = [self._at(partition) for partition in self.partitions or ()]
            ends = self._consumer.end_offsets(ours, timeout_ms=int(LAG_SECONDS * 1000))
            # Each position is asked for on the client's own thread: too slow for every batch.
            self._positions = {w.partition: self._consumer.position(w, timeout_ms=0) for w in ours}
            self._ends = {where.partition: end for where, end in ends.items()}
        except OUT_OF_RANGE as error:
            self._repair(error)  # It is told once, to whoever asks first.
        except NO_ANSWER as error:
            log.debug("lag not known now", reason=str(error))

    def _at(self, partition: int) -> TopicPartition:
        return TopicPartition(self._settings.input_topic, partition)
