"""kafka-python's consumer with a reader of record batches that hostile ones cannot hurt."""

from collections.abc import Iterator
from struct import Struct
from typing import Any

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import Fetcher, IsolationLevel
from kafka.errors import KafkaError

from worker.messages import RawRecord
from worker.old_messages import read_message
from worker.record_batches import FORMAT, FORMAT_AT, DamagedBatch, RecordBatch, batch_end
from worker.record_limits import RecordLimits
from worker.record_reader import RecordReader

# A poll ends when it has read so many plain bytes: thousands of tweets, or a few large records.
POLL_BYTES = 16 << 20
# What is damaged on its way is whole when it is sent again.
FETCHES = 3

MARKER = Struct(">hh")
ABORT = 0

log = structlog.get_logger()


class UnreadableBatch(KafkaError):  # type: ignore[misc] # kafka-python has no types
    """A batch is damaged where the broker keeps it, or of a format that we do not know."""

    def __str__(self) -> str:
        """Return the message; kafka-python would put the name of the class before it."""
        return str(self.args[0])


class RawConsumer(KafkaConsumer):  # type: ignore[misc] # kafka-python has no types
    """A `KafkaConsumer` whose polls give `RawRecord` values, and whose memory is bounded.

    kafka-python decompresses a batch as a whole, refuses headers whose names are not UTF-8, turns
    without end after a batch whose checksum is wrong, and takes 4.6 us of CPU for a tweet. Of it,
    only the part is replaced that turns the bytes of a fetched partition into records. What
    is fetched when, and what a rebalance, a seek or a pause does to it, stays with the library.
    The fetcher is a private field, which is why pyproject.toml bounds the library's version.

    Takes the options of `KafkaConsumer`, without deserialisers. `poll` raises `UnreadableBatch`.
    """

    def __init__(self, limits: RecordLimits, **options: Any) -> None:
        super().__init__(**options)
        # The library makes its fetcher by itself; no fetch is under way before the first poll.
        self._fetcher.__class__ = _RawFetcher
        self._fetcher.prepare(limits)


class _RawFetcher(Fetcher):  # type: ignore[misc] # kafka-python has no types
    """A fetcher that makes `RawRecord` values, and no more of them at once than fit."""

    def prepare(self, limits: RecordLimits) -> None:
        """Do what a constructor would."""
        self.limits = limits
        self.left_bytes = POLL_BYTES
        self._damaged: dict[TopicPartition, tuple[int, int]] = {}

    def fetched_records(
        self, max_records: int | None = None, update_offsets: bool = True
    ) -> tuple[dict[TopicPartition, list[RawRecord]], bool]:
        """Start to count the bytes of a poll."""
        self.left_bytes = POLL_BYTES
        found: tuple[dict[TopicPartition, list[RawRecord]], bool] = super().fetched_records(
            max_records, update_offsets
        )
        return found

    def _append(self, drained: Any, part: Any, max_records: int, update_offsets: bool) -> int:
        """Let no other partition have its turn once the poll has read enough."""
        taken: int = super()._append(drained, part, max_records, update_offsets)
        # To the caller it is as if there had been as many records as it wants.
        return taken if self.left_bytes > 0 else max_records

    def PartitionRecords(self, *arguments: Any, **options: Any) -> "_RawPartition":  # noqa: N802
        """Stands where the library has a class."""
        return _RawPartition(self, *arguments, **options)

    def damaged_batch(self, where: TopicPartition, offset: int, why: str) -> None:
        """Let the batch at `offset` be fetched again, unless that has not helped.

        Raises:
            UnreadableBatch: it has not.
        """
        at, fetches = self._damaged.get(where, (offset, 0))
        fetches = fetches + 1 if at == offset else 1
        self._damaged[where] = offset, fetches
        what = f"the batch at offset {offset} of partition {where.partition}"
        if fetches < FETCHES:
            log.warning("fetching a damaged batch again", batch=what, reason=why)
            return
        raise UnreadableBatch(
            f"{what} is damaged ({why}), also when it is fetched again: make a broker with a whole "
            "copy the leader, or move the group past it (kafka-consumer-groups.sh --reset-offsets)"
        )

    def ends_in_abort(self, where: TopicPartition, batch: RecordBatch) -> bool:
        """Return whether a control batch ends a transaction by undoing it.

        Raises:
            DamagedBatch: it does not say so.
        """
        markers = RecordReader(batch, where.topic, where.partition, self.limits).take(1, 1)
        key = b"" if not markers or markers[0].flaw else markers[0].key or b""
        if len(key) < MARKER.size:
            raise DamagedBatch("it does not tell how a transaction ended")
        _, kind = MARKER.unpack_from(key)
        return bool(kind == ABORT)


class _RawPartition(Fetcher.PartitionRecords):  # type: ignore[misc] # kafka-python has no types
    """What was fetched of one partition, as lists of raw records."""

    next_fetch_offset: int

    def __init__(self, fetcher: _RawFetcher, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._fetcher = fetcher
        self._wanted = 0

    def take(self, n: int | None = None) -> list[RawRecord]:
        """Return at most `n` records, and fewer where the poll has read enough bytes."""
        taken: list[RawRecord] = []
        most = self._wanted if n is None else n
        while self and len(taken) < most and (self._fetcher.left_bytes > 0 or not taken):
            self._wanted = most - len(taken)
            try:
                taken += next(self.record_iterator, ())
            except Exception:
                # The library asks one that has failed for more, without end. Given up, it is
                # fetched again from where we are, and fails there again.
                self.drain()
                if not taken:
                    raise
        if taken:
            self.next_fetch_offset = max(self.next_fetch_offset, taken[-1].offset + 1)
            self.records_read += len(taken)
        return taken

    def _maybe_skip_record(self, record: list[RawRecord]) -> bool:  # noqa: ARG002
        """Leave the records before the offset asked for to those who read them."""
        return False

    def _unpack_records(
        self, tp: TopicPartition, records: Any, *_deserialisers: object
    ) -> Iterator[list[RawRecord]]:
        """Yield at most as many records as are wanted then, perhaps none.

        Raises:
            UnreadableBatch: a batch was damaged each time that it was fetched.
        """
        buffer = bytes(records._buffer)  # noqa: SLF001 - which is bytes already
        start = 0
        try:
            while (end := batch_end(buffer, start)) is not None:
                if buffer[start + FORMAT_AT] < FORMAT:
                    yield from self._old_message(tp, buffer, start, end)
                else:
                    yield from self._batch(tp, RecordBatch(buffer, start, end))
                start = end
                self.bytes_read = end
        except DamagedBatch as error:
            self._fetcher.damaged_batch(tp, self.next_fetch_offset, str(error))
        self.drain()

    def _batch(self, tp: TopicPartition, batch: RecordBatch) -> Iterator[list[RawRecord]]:
        self.leader_epoch = batch.leader_epoch
        if self._is_for_us(tp, batch):
            fetcher = self._fetcher
            reader = RecordReader(batch, tp.topic, tp.partition, fetcher.limits, self.fetch_offset)
            while not reader.done:
                before = reader.bytes_read
                found = reader.take(self._wanted, max(1, fetcher.left_bytes))
                fetcher.left_bytes -= reader.bytes_read - before
                yield found
        # Also where the last records are gone by compaction, or none is for us.
        self.next_fetch_offset = batch.next_offset

    def _is_for_us(self, tp: TopicPartition, batch: RecordBatch) -> bool:
        """Whether the batch holds records that a reader at our isolation level sees.

        Raises:
            DamagedBatch: it ends a transaction, nobody knows how.
        """
        if self.isolation_level == IsolationLevel.READ_COMMITTED and batch.producer_id >= 0:
            self._consume_aborted_transactions_up_to(batch.last_offset)
            if batch.is_control_batch:
                if self._fetcher.ends_in_abort(tp, batch):
                    self.aborted_producer_ids.discard(batch.producer_id)
            elif self._is_batch_aborted(batch):
                return False
        return not batch.is_control_batch

    def _old_message(
        self, tp: TopicPartition, buffer: bytes, start: int, end: int
    ) -> Iterator[list[RawRecord]]:
        fetcher = self._fetcher
        found = read_message(buffer, start, end, tuple(tp), fetcher.limits)
        found = [record for record in found if record.offset >= self.fetch_offset]
        while found:
            wanted, found = found[: self._wanted], found[self._wanted :]
            fetcher.left_bytes -= sum(record.size_bytes for record in wanted)
            yield wanted
