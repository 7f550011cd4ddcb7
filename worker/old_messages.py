"""Message formats 0 and 1, which brokers wrote before 2017 and may still hold. No I/O here."""

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple
from zlib import crc32

from worker.compression import Undecodable, parts
from worker.messages import Flaw, RawRecord, Reason
from worker.record_batches import BEFORE_LENGTH_ENDS, CODEC, LOG_APPEND_TIME, DamagedBatch
from worker.record_limits import RecordLimits
from worker.record_window import Broken

# Offset, bytes that follow, checksum, format, attributes; format 1 has a timestamp then.
HEAD = Struct(">qiIbb")
CHECKED_FROM = 16
TIMESTAMP = Struct(">q")
LENGTH = Struct(">i")
# Compressed messages are numbered from their last one back, so all are held at once.
MOST_BYTES = 64 << 20


class _Message(NamedTuple):
    offset: int
    message_format: int
    attributes: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    end: int


def read_message(
    buffer: bytes, start: int, end: int, where: tuple[str, int], limits: RecordLimits
) -> list[RawRecord]:
    """Return the record in the message from `start` to `end`, or those compressed in it.

    Args:
        buffer: what was fetched.
        start: where the message begins.
        end: where it ends.
        where: topic and partition.
        limits: how much of a message that cannot be decompressed is kept.

    Raises:
        DamagedBatch: its checksum is wrong.
    """
    try:
        outer = _message(buffer, start, end)
    except Broken as error:
        raise DamagedBatch(str(error)) from error
    try:
        found = _inner(outer)
    except (Broken, Undecodable) as error:
        raw = buffer[start:end]
        flaw = Flaw(
            Reason.CORRUPT_BATCH, f"cannot be read, here it is as it came: {error}", len(raw)
        )
        kept = raw[: limits.kept_bytes]
        return [RawRecord(*where, outer.offset, outer.timestamp_ms, None, kept, (), flaw)]
    return [RawRecord(*where, m.offset, m.timestamp_ms, m.key, m.value, ()) for m in found]


def _inner(outer: _Message) -> list[_Message]:
    """Return the messages in a compressed one, or that one itself.

    Raises:
        Broken: there are none.
        Undecodable: they cannot be decompressed.
    """
    codec = outer.attributes & CODEC
    if not codec:
        return [outer]
    found = list(_messages(_plain(codec, outer.value or b"")))
    if not found or any(one.attributes & CODEC for one in found):
        raise Broken("no messages are compressed in it")
    # Format 0 numbers them as they are; format 1 from zero, and the last has the number of all.
    shift = outer.offset - found[-1].offset if outer.message_format else 0
    append_ms = outer.timestamp_ms if outer.attributes & LOG_APPEND_TIME else None
    found = [
        one._replace(
            offset=one.offset + shift,
            timestamp_ms=one.timestamp_ms if append_ms is None else append_ms,
        )
        for one in found
    ]
    offsets = [one.offset for one in found]
    if offsets != sorted(set(offsets)) or offsets[0] < 0 or offsets[-1] != outer.offset:
        raise Broken("the offsets of its messages are not in order")
    return found


def _plain(codec: int, compressed: bytes) -> bytes:
    """Decompress all of it, unless that is too much.

    Raises:
        Broken: it is.
        Undecodable: it cannot be decompressed.
    """
    held, size = [], 0
    for part in parts(codec, memoryview(compressed)):
        held.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise Broken(f"more than {MOST_BYTES} bytes are compressed in it")
    return b"".join(held)


def _messages(data: bytes) -> Iterator[_Message]:
    """Yield one message after the other.

    Raises:
        Broken: what should be one is none.
    """
    start = 0
    while start < len(data):
        message = _message(data, start, len(data))
        yield message
        start = message.end


def _message(data: bytes, start: int, most_end: int) -> _Message:
    """Return the message at `start`.

    Raises:
        Broken: it is none, or its checksum is wrong.
    """
    if most_end - start < HEAD.size:
        raise Broken("a message is cut off")
    offset, length, checksum, message_format, attributes = HEAD.unpack_from(data, start)
    end = start + BEFORE_LENGTH_ENDS + length
    at = start + HEAD.size
    if not at + message_format * TIMESTAMP.size <= end <= most_end:
        raise Broken(f"a message of {length} bytes")
    if crc32(memoryview(data)[start + CHECKED_FROM : end]) != checksum:
        raise Broken("the checksum is wrong")
    timestamp_ms = -1
    if message_format:
        (timestamp_ms,) = TIMESTAMP.unpack_from(data, at)
        at += TIMESTAMP.size
    key, at = _content(data, at, end)
    value, at = _content(data, at, end)
    return _Message(offset, message_format, attributes, timestamp_ms, key, value, end)


def _content(data: bytes, at: int, end: int) -> tuple[bytes | None, int]:
    if end - at < LENGTH.size:
        raise Broken("a message ends before its content")
    (length,) = LENGTH.unpack_from(data, at)
    at += LENGTH.size
    if length > end - at:
        raise Broken(f"{length} bytes are to fit into {end - at}")
    return (None, at) if length < 0 else (data[at : at + length], at + length)
