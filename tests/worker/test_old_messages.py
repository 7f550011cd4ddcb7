"""Messages of formats 0 and 1, which brokers may still hold, as kafka-python reads them."""

import struct
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.codec import gzip_encode as gzip
from kafka.record import MemoryRecords
from kafka.record.memory_records import MemoryRecordsBuilder

from worker.messages import RawRecord, Reason
from worker.old_messages import MOST_BYTES, read_message
from worker.record_batches import DamagedBatch, batch_end
from worker.record_limits import RecordLimits

LIMITS = RecordLimits(524_288, 900_000)
some_bytes = st.none() | st.binary(max_size=100)
messages = st.lists(st.tuples(st.integers(0, 2**62), some_bytes, some_bytes), min_size=1)


def read(raw):
    found, start = [], 0
    while (end := batch_end(raw, start)) is not None:
        found += read_message(raw, start, end, ("tweets", 3), LIMITS)
        start = end
    return found


def built(some, message_format, codec, first=0):
    builder = MemoryRecordsBuilder(message_format, codec, 1 << 30)
    builder.skip(first)
    for timestamp_ms, key, value in some:
        builder.append(timestamp_ms, key, value)
    builder.close()
    raw = bytearray(builder.buffer())
    if codec:
        # As the broker numbers a compressed message: by its last one.
        raw[:8] = struct.pack(">q", first + len(some) - 1)
    return bytes(raw)


def as_kafka_python_reads(raw):
    return [
        RawRecord("tweets", 3, r.offset, -1 if r.timestamp is None else r.timestamp, *content, ())
        for one in MemoryRecords(raw)
        for r in one
        for content in [(r.key, r.value)]
    ]


def message(offset, value, message_format=1, attributes=0, timestamp_ms=7, key=None):
    """Return a message by hand."""
    body = struct.pack(">bb", message_format, attributes)
    body += struct.pack(">q", timestamp_ms) if message_format else b""
    for content in (key, value):
        body += struct.pack(">i", -1) if content is None else struct.pack(">i", len(content))
        body += content or b""
    checked = struct.pack(">I", crc32(body)) + body
    return struct.pack(">qi", offset, len(checked)) + checked


# kafka-python cannot write lz4 into format 0.
@pytest.mark.parametrize(
    ("message_format", "codec"), [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (1, 3)]
)
@given(messages, st.integers(0, 50))
def test_what_kafka_python_writes_is_read_as_kafka_python_reads_it(
    message_format, codec, some, first
):
    raw = built(some, message_format, codec, first)
    assert read(raw) == as_kafka_python_reads(raw)


def test_compressed_messages_are_numbered_back_from_the_offset_around_them():
    inner = message(0, b"a") + message(1, b"b") + message(5, b"c", timestamp_ms=9)
    raw = message(105, gzip(inner), attributes=1)
    assert [(r.offset, r.value, r.timestamp_ms) for r in read(raw)] == [
        (100, b"a", 7),
        (101, b"b", 7),
        (105, b"c", 9),
    ]
    assert read(raw) == as_kafka_python_reads(raw)


def test_the_time_at_which_the_broker_took_them_is_that_of_the_message_around_them():
    raw = message(1, gzip(message(0, b"a") + message(1, b"b")), attributes=9, timestamp_ms=44)
    assert {r.timestamp_ms for r in read(raw)} == {44}


def test_a_wrong_checksum_is_told():
    raw = bytearray(message(0, b"value"))
    raw[-1] ^= 1
    with pytest.raises(DamagedBatch, match="the checksum is wrong"):
        read(bytes(raw))


@pytest.mark.parametrize(
    "inner",
    [
        b"",
        b"\0",
        message(0, b"a")[:-1],
        struct.pack(">qi", 0, -12) + b"\0" * 30,
        struct.pack(">qi", 0, 2**31 - 1) + b"\0" * 30,
        message(0, b"a")[:-1] + b"b",
        message(1, b"a") + message(0, b"b"),
        message(0, b"a") + message(0, b"b"),
        message(0, b"", attributes=1),
    ],
)
def test_what_is_no_message_in_a_compressed_one_is_a_flaw_that_holds_it(inner):
    raw = message(105, gzip(inner), attributes=1)
    (flawed,) = read(raw)
    assert (flawed.offset, flawed.value, flawed.flaw.reason) == (105, raw, Reason.CORRUPT_BATCH)


def test_no_more_is_decompressed_than_is_allowed():
    (flawed,) = read(message(105, gzip(bytes(MOST_BYTES + 1)), attributes=1))
    assert flawed.flaw.message.endswith("more than 67108864 bytes are compressed in it")


@given(st.data())
def test_no_bytes_do_more_than_become_a_flaw(data):
    inner = bytearray(message(0, b"a" * 20) + message(1, b"b" * 20))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(inner) - 1))
        inner[at : at + 1] = data.draw(st.binary(max_size=3))
    found = read(message(9, gzip(bytes(inner)), attributes=1))
    assert found[-1].offset == 9
