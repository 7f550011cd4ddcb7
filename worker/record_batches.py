"""A batch of records as Kafka stores it: its head, and whether it is what the producer wrote.

This is message format 2, which brokers have written since 2017. No I/O here.
"""

from struct import Struct

from crc32c import crc32c

from worker.compression import parts
from worker.record_window import Window

# Base offset, bytes that follow, leader epoch, format, checksum; attributes, last offset's
# distance, base timestamp, largest timestamp, producer's id, epoch and sequence, records.
HEAD = Struct(">qiibIhiqqqhii")
# Offset and length are not counted in the length.
BEFORE_LENGTH_ENDS = 12
FORMAT_AT = 16
CHECKED_FROM = 21

CODEC, LOG_APPEND_TIME, TRANSACTIONAL, CONTROL = 0x07, 0x08, 0x10, 0x20
FORMAT = 2

LENGTH = Struct(">i")


class DamagedBatch(Exception):
    """The bytes are not those of a batch that a broker took from a producer."""


def batch_end(buffer: bytes, start: int) -> int | None:
    """Return where the batch that starts at `start` ends, or None where it is not whole.

    Brokers cut their answer where it is long enough, so the last batch may be a part of one.

    Raises:
        DamagedBatch: its length cannot be that of a batch.
    """
    if len(buffer) - start <= FORMAT_AT:
        return None
    (length,) = LENGTH.unpack_from(buffer, start + 8)
    if length <= FORMAT_AT - BEFORE_LENGTH_ENDS:
        raise DamagedBatch(f"a length of {length} bytes")
    end = start + BEFORE_LENGTH_ENDS + int(length)
    return end if end <= len(buffer) else None


class RecordBatch:
    """What the head of a batch says; made only where the checksum is right."""

    __slots__ = (
        "_attributes",
        "_buffer",
        "_end",
        "_max_timestamp_ms",
        "_start",
        "base_offset",
        "base_timestamp_ms",
        "count",
        "last_offset",
        "leader_epoch",
        "producer_id",
    )

    def __init__(self, buffer: bytes, start: int, end: int) -> None:
        """Read and check the batch from `start` to `end`.

        Raises:
            DamagedBatch: it is not in format 2, or its checksum is wrong.
        """
        if end - start < HEAD.size:
            raise DamagedBatch(f"only {end - start} bytes")
        self._buffer, self._start, self._end = buffer, start, end
        (
            self.base_offset,
            _,
            self.leader_epoch,
            message_format,
            checksum,
            self._attributes,
            last_offset_delta,
            self.base_timestamp_ms,
            self._max_timestamp_ms,
            self.producer_id,
            _,
            _,
            self.count,
        ) = HEAD.unpack_from(buffer, start)
        self.last_offset: int = self.base_offset + last_offset_delta
        if message_format != FORMAT:
            raise DamagedBatch(f"message format {message_format} is unknown")
        if crc32c(memoryview(buffer)[start + CHECKED_FROM : end]) != checksum:
            raise DamagedBatch("the checksum is wrong")
        if last_offset_delta < 0 or self.count < 0 or self.base_offset < 0:
            raise DamagedBatch("a negative offset or number of records")

    @property
    def next_offset(self) -> int:
        """The first offset after this batch, whatever compaction has left of it."""
        return self.last_offset + 1

    @property
    def is_transactional(self) -> bool:
        """Whether it belongs to a transaction; the name is what kafka-python asks for."""
        return bool(self._attributes & TRANSACTIONAL)

    @property
    def is_control_batch(self) -> bool:
        """Whether it holds the end of a transaction instead of records for us."""
        return bool(self._attributes & CONTROL)

    @property
    def append_ms(self) -> int | None:
        """When the broker took the batch, if that is the time of its records."""
        return self._max_timestamp_ms if self._attributes & LOG_APPEND_TIME else None

    @property
    def as_it_came(self) -> bytes:
        """The batch with its head, still compressed."""
        return self._buffer[self._start : self._end]

    def window(self) -> Window:
        """Return a view of its records' bytes, decompressed as far as they are asked for."""
        codec, first = self._attributes & CODEC, self._start + HEAD.size
        if not codec:
            return Window(self._buffer, first, self._end, None)
        compressed = memoryview(self._buffer)[first : self._end]
        return Window(b"", 0, 0, parts(codec, compressed))
