"""Records come out of a batch as kafka-python reads them, and nothing hostile comes with them."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.record import MemoryRecords
from kafka.record.memory_records import MemoryRecordsBuilder

from tests.crafted_batches import CODECS, batch, body, record, varint
from worker.messages import RawRecord, Reason
from worker.record_batches import RecordBatch
from worker.record_limits import RecordLimits
from worker.record_reader import RecordReader

EVERY = 1 << 60
LIMITS = RecordLimits(record_bytes=524_288, kept_bytes=900_000)
CUT_AT_TEN_KB = RecordLimits(record_bytes=5_000, kept_bytes=10_000)

# Lengths of one byte, two and three, without drawing every byte.
optional_bytes = st.none() | st.builds(bytes.__mul__, st.binary(max_size=9), st.integers(0, 2_000))
names = st.builds(str.__mul__, st.text(max_size=9), st.integers(0, 40))
headers = st.lists(st.tuples(names, optional_bytes), max_size=3)
timestamps = st.integers(0, 2**62)
records = st.lists(
    st.tuples(timestamps, optional_bytes, optional_bytes, headers), min_size=1, max_size=9
)


def reader(raw, limits=LIMITS, first_offset=0):
    return RecordReader(RecordBatch(raw, 0, len(raw)), "tweets", 3, limits, first_offset)


def read(raw, limits=LIMITS, first_offset=0):
    """Return all records of a batch, having taken them in one go where that is possible."""
    reading, found = reader(raw, limits, first_offset), []
    while not reading.done:
        found += reading.take(1 << 30, EVERY)
    return found


def as_kafka_python_reads(raw):
    (one,) = MemoryRecords(raw)
    return [
        RawRecord("tweets", 3, r.offset, r.timestamp, r.key, r.value, tuple(r.headers)) for r in one
    ]


def built(some, codec, first=0):
    builder = MemoryRecordsBuilder(2, codec, 1 << 30)
    builder.skip(first)
    for timestamp_ms, key, value, with_headers in some:
        builder.append(timestamp_ms, key, value, with_headers)
    builder.close()
    return bytes(builder.buffer())


@given(records, st.integers(1, 30), st.integers(0, 300), st.sampled_from(sorted(CODECS)))
def test_what_kafka_python_writes_is_read_as_kafka_python_reads_it(some, times, gap, codec):
    raw = built(some * times, CODECS[codec], gap)
    assert read(raw) == as_kafka_python_reads(raw)


@given(records, st.sampled_from([0, 4]), st.integers(1, 9), st.integers(1, 5_000))
def test_records_taken_in_pieces_are_those_taken_at_once(some, codec, most, most_bytes):
    raw = built(some * 5, codec)
    reading, found = reader(raw), []
    while not reading.done:
        taken = reading.take(most, most_bytes)
        assert len(taken) <= most
        found += taken
    assert found == as_kafka_python_reads(raw)


@pytest.mark.parametrize("codec", CODECS.values())
@pytest.mark.parametrize("size", [120_000, 262_144, 262_150, 700_000])
def test_a_record_that_spans_parts_of_the_batch_is_whole(codec, size):
    values = [bytes([number]) * (size + number) for number in range(4)]
    raw = batch(b"".join(record(v, offset=n) for n, v in enumerate(values)), 4, codec)
    found = read(raw)
    assert [(r.offset, r.value, r.flaw) for r in found] == [
        (number, value, None) for number, value in enumerate(values)
    ]


def test_reading_begins_in_the_middle_of_a_batch():
    raw = batch(b"".join(record(offset=number) for number in range(10)), 10, 4, base_offset=100)
    assert [r.offset for r in read(raw, first_offset=107)] == [107, 108, 109]


def test_offsets_that_compaction_left_out_stay_left_out():
    raw = batch(record(offset=2) + record(offset=5), 2, base_offset=100, last_delta=9)
    assert [(r.offset, r.flaw) for r in read(raw)] == [(102, None), (105, None)]
    assert read(batch(b"", 0, last_delta=9)) == []


def test_with_log_append_time_every_record_has_the_time_of_the_broker():
    raw = batch(record(timestamp=5) + record(offset=1, timestamp=9), 2, attributes=0x08)
    assert {r.timestamp_ms for r in read(raw)} == {1_700_000_000_999}


@pytest.mark.parametrize(
    ("base", "delta", "timestamp_ms"),
    [
        (-1, 0, -1),
        (0, -1, -1),
        (253_402_300_799_999, 0, 253_402_300_799_999),
        (2**63 - 1, 0, 2**63 - 1),
        (2**63 - 1, 1, -(2**63)),
        (-(2**63), -1, 2**63 - 1),
        (0, 2**63 - 1, 2**63 - 1),
        (1_700_000_000_000, 2**63 - 1, 1_700_000_000_000 - 2**63 - 1),
    ],
)
def test_any_timestamp_is_one_of_64_bits(base, delta, timestamp_ms):
    (found,) = read(batch(record(timestamp=delta), 1, base_timestamp=base))
    assert found.timestamp_ms == timestamp_ms


def test_headers_come_as_they_are_whatever_they_are():
    pairs = [(b"\xff\xfe", b"x"), (b"", b"empty name"), (b"twice", b"1"), (b"twice", None)]
    pairs += [("schlüssel".encode(), b""), (b"\xed\xa0\x80", b"half a surrogate pair")]
    (found,) = read(batch(record(headers=pairs), 1))
    assert [(name.encode("utf-8"), value) for name, value in found.headers] == pairs
    assert found.flaw is None
    assert found.size_bytes == 2 + sum(len(n) + len(v or b"") for n, v in pairs)
    # Written by kafka-python they are the same bytes again.
    again = built([(1_700_000_000_000, b"k", b"v", found.headers)], 0)
    assert again[61:] == batch(record(headers=pairs), 1)[61:]


@pytest.mark.parametrize("codec", [0, 4])
def test_too_many_headers_are_a_flaw_and_the_first_are_kept(codec):
    pairs = [(b"%d" % number, b"abc") for number in range(100_000)]
    raw = batch(record(headers=pairs) + record(b"next", offset=1), 2, codec)
    flawed, following = read(raw, RecordLimits(524_288, 2_000_000))
    assert flawed.flaw.reason == Reason.TOO_MANY_HEADERS
    assert flawed.flaw.message == "100000 headers, more than the 1000 allowed"
    assert flawed.size_bytes > 700_000
    assert len(flawed.headers) == 1_000
    assert (flawed.key, flawed.value, flawed.headers[999]) == (b"k", b"v", ("999", b"abc"))
    assert (following.value, following.flaw) == (b"next", None)
    assert read(batch(record(headers=pairs[:1_000]), 1, codec))[0].flaw is None


@pytest.mark.parametrize("codec", [1, 2, 3, 4])
def test_of_a_compressed_record_that_is_too_large_the_beginning_and_the_size_are_kept(codec):
    value = bytes(range(256)) * 8_000
    large = record(
        value, key=b"key", headers=[(b"trace", b"abc"), (b"\xff", None)], offset=1, timestamp=7
    )
    raw = batch(record() + large + record(b"next", offset=2), 3, codec)
    first, cut, following = read(raw, CUT_AT_TEN_KB)
    assert (first.offset, first.flaw, following.offset, following.value) == (0, None, 2, b"next")
    assert (cut.key, cut.value) == (b"key", value[:10_000])
    assert cut.headers[0] == ("trace", b"abc")
    assert cut.timestamp_ms == 1_700_000_000_007
    assert cut.size_bytes == 3 + len(value) + 9


@pytest.mark.parametrize("codec", [1, 3, 4])
@pytest.mark.parametrize(
    ("large", "kept"),
    [
        ({"value": b"v", "key": b"k" * 30_000}, (None, b"v", 0)),
        ({"value": None, "key": b"k" * 30_000}, (None, None, 0)),
        ({"value": b"v" * 30_000, "key": None}, (None, b"v" * 10_000, 0)),
        ({"value": b"v" * 30_000, "headers": [(b"h", b"x" * 30_000)]}, (b"k", b"v" * 10_000, 0)),
        ({"headers": [(b"h", b"x" * 2_000_000)]}, (b"k", b"v", 0)),
        ({"value": b"v" * 30_000, "headers": [(b"", None)] * 5_000}, (b"k", b"v" * 10_000, 1_000)),
    ],
)
def test_whatever_is_too_large_in_it_a_record_is_cut_and_the_next_is_whole(codec, large, kept):
    raw = batch(record(**large) + record(b"next", offset=1), 2, codec)
    cut, following = read(raw, CUT_AT_TEN_KB)
    assert cut.flaw.reason == Reason.TOO_LARGE
    assert cut.flaw.message == f"{cut.size_bytes} bytes, more than the 5000 allowed"
    assert (cut.key, cut.value, len(cut.headers)) == kept
    assert (following.offset, following.value, following.flaw) == (1, b"next", None)


LONG = b"\x80" * 10 + b"\x01"
BROKEN = {
    "a record of -3 bytes": (varint(-3) + body(), 1),
    "a record's length that does not end": (LONG + body(), 1),
    "a record longer than its batch": (varint(100) + body(), 1),
    "a record of no bytes": (varint(0), 1),
    "a key longer than its record": (varint(8) + b"\0\0\0" + varint(2**31 - 1) + b"abc", 1),
    "a value longer than its record": (varint(8) + b"\0\0\0\x01" + varint(60) + b"abc", 1),
    "a value that ends before its record": (varint(40) + body() + b"\0" * 20, 1),
    "a number that does not end": (varint(20) + b"\0" + LONG + b"\0" * 20, 1),
    "a negative offset": (record(offset=-1), 1),
    "an offset after the batch": (record(offset=7), 1),
    "an offset of 64 bits": (record(offset=2**62), 1),
    "an offset twice": (record() + record(), 2),
    "offsets that fall": (record(offset=1) + record(offset=0), 2),
    "a negative number of headers": (record(header_count=-1), 1),
    "fewer headers than it says": (record(header_count=3), 1),
    "a header without a name": (record(headers=[(None, b"x")]), 1),
    "fewer records than it says": (record(), 5),
    "more bytes than records": (record() + b"abc", 1),
}


@pytest.mark.parametrize("codec", [0, 3, 4])
@pytest.mark.parametrize("name", BROKEN)
def test_from_what_is_no_record_on_a_batch_is_one_flaw_that_holds_it(name, codec):
    records, count = BROKEN[name]
    raw = batch(records, count, codec, base_offset=40)
    *before, flawed = read(raw)
    assert flawed.flaw.reason == Reason.CORRUPT_BATCH
    assert (flawed.key, flawed.value, flawed.size_bytes) == (None, raw, len(raw))
    told = f"offsets {flawed.offset} to {39 + count} cannot be read, here is their batch: "
    assert flawed.flaw.message.startswith(told)
    # Nothing is told of twice but a last record that is followed by more.
    assert flawed.offset == (40 if name == "more bytes than records" else 40 + len(before))
    assert all(found.flaw is None for found in before)


def test_good_records_before_one_that_is_none_are_read():
    records = record(b"good") + record(b"better", offset=1) + varint(-3)
    good, better, flawed = read(batch(records, 9, 4))
    assert (good.value, better.value, flawed.flaw.reason) == (
        b"good",
        b"better",
        Reason.CORRUPT_BATCH,
    )
    assert flawed.offset == 2


def test_a_batch_that_cannot_be_decompressed_is_one_flaw_that_holds_it():
    raw = batch(b"", 3, 4, base_offset=40, compressed=b"no zstd at all")
    (flawed,) = read(raw)
    assert (flawed.offset, flawed.value) == (40, raw)
    assert flawed.flaw.message.startswith("offsets 40 to 42 cannot be read, here is their batch")
    assert flawed.timestamp_ms == 1_700_000_000_000
    # Whoever begins behind its offset has had it.
    assert read(raw, first_offset=41) == []


def test_of_a_batch_that_holds_no_records_no_more_than_the_limit_is_kept():
    raw = batch(b"\0" * 50_000, 1)
    (flawed,) = read(raw, CUT_AT_TEN_KB)
    assert flawed.value == raw[:10_000]
    assert flawed.size_bytes == len(raw)


@pytest.mark.parametrize("codec", [0, 1, 2, 3, 4])
@given(st.data())
def test_no_bytes_do_more_than_become_a_flaw(codec, data):
    draw = data.draw
    records = bytearray(b"".join(record(b"v" * 40, offset=number) for number in range(5)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(records) - 1))
        records[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=3))
    count = draw(st.sampled_from([5, 5, 5, 0, 1, 7, 2**31 - 1]))
    raw = batch(bytes(records), count, codec, last_delta=draw(st.integers(0, 7)))
    found = read(raw, draw(st.sampled_from([LIMITS, RecordLimits(10, 20, 2)])))
    *before, last = [r.offset for r in found] or [0]
    assert before == sorted(set(before))
    assert last <= 7
    assert all(r.flaw is None or r.flaw.reason in Reason for r in found)


@pytest.mark.parametrize("codec", [0, 1, 2, 3, 4])
@given(st.binary(max_size=200), st.integers(0, 20))
def test_random_bytes_are_no_records(codec, noise, count):
    for found in read(batch(b"", count, codec, compressed=noise)):
        assert 0 <= found.offset <= max(0, count - 1)


@pytest.mark.parametrize("codec", [1, 3, 4])
def test_a_record_of_a_hundred_megabytes_is_never_held(codec):
    raw = batch(record(bytes(100 << 20)) + record(b"next", offset=1), 2, codec)
    tracemalloc.start()
    try:
        cut, following = read(raw)
        assert tracemalloc.get_traced_memory()[1] < len(raw) + 6_000_000
    finally:
        tracemalloc.stop()
    assert cut.value == bytes(900_000)
    assert cut.size_bytes == 1 + (100 << 20)
    assert cut.flaw.message == "104857601 bytes, more than the 524288 allowed"
    assert following.value == b"next"


def test_fifty_thousand_records_of_a_few_bytes_are_taken_a_few_at_a_time():
    records = b"".join(record(b"x", key=None, offset=number) for number in range(50_000))
    raw = batch(records, 50_000, 4)
    reading, count = reader(raw), 0
    tracemalloc.start()
    try:
        while not reading.done:
            taken = reading.take(4_096, 1 << 20)
            count += len(taken)
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()
    assert count == 50_000
    assert taken[-1].offset == 49_999
