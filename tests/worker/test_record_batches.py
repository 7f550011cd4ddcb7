"""The head of a batch is believed where its checksum is right, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.record.default_records import DefaultRecordBatch

from tests.crafted_batches import CODECS, batch, record
from worker.record_batches import DamagedBatch, RecordBatch, batch_end

TWO = batch(record(offset=0) + record(offset=1), 2, base_offset=40)


def read(raw):
    return RecordBatch(raw, 0, len(raw))


@pytest.mark.parametrize("codec", CODECS.values())
@pytest.mark.parametrize("attributes", [0, 0x08, 0x10, 0x20, 0x38])
def test_the_head_says_what_kafka_python_reads_from_it(codec, attributes):
    times = {"base_timestamp": 1_000, "max_timestamp": 2_000}
    raw = batch(record(), 1, codec, 7, 3, attributes, **times, producer_id=12)
    ours, theirs = read(raw), DefaultRecordBatch(raw)
    assert theirs.validate_crc()
    for name in (
        *("base_offset", "last_offset", "next_offset", "leader_epoch", "producer_id"),
        *("is_transactional", "is_control_batch"),
    ):
        assert getattr(ours, name) == getattr(theirs, name)
    assert ours.count == theirs.records_count == 1
    assert ours.base_timestamp_ms == theirs.first_timestamp == 1_000
    assert ours.append_ms == (2_000 if theirs.timestamp_type else None)
    assert ours.as_it_came == raw


def test_a_batch_is_found_among_others_and_its_bytes_alone_are_checked():
    buffer = b"before" + TWO + b"after"
    assert batch_end(buffer, 6) == 6 + len(TWO)
    assert RecordBatch(buffer, 6, 6 + len(TWO)).as_it_came == TWO


@given(st.integers(0, len(TWO) - 1))
def test_a_batch_that_the_broker_cut_off_is_left_for_the_next_fetch(length):
    assert batch_end(TWO[:length], 0) is None


@given(st.integers(17, len(TWO) - 1), st.integers(1, 255))
def test_every_changed_byte_that_the_checksum_covers_is_noticed(at, flip):
    damaged = bytearray(TWO)
    damaged[at] ^= flip
    with pytest.raises(DamagedBatch, match="the checksum is wrong"):
        read(bytes(damaged))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (batch(b"", 0)[:16] + b"\x03" + batch(b"", 0)[17:], "message format 3 is unknown"),
        (batch(b"", 0)[:50], "only 50 bytes"),
        (batch(record(), 1, last_delta=-2), "a negative offset"),
        (batch(record(), -1, last_delta=0), "a negative offset or number of records"),
        (batch(record(), 1, base_offset=-5), "a negative offset"),
    ],
)
def test_a_head_that_makes_no_sense_is_told(raw, why):
    with pytest.raises(DamagedBatch, match=why):
        read(raw)


@pytest.mark.parametrize("length", [-(2**31), -12, -1, 0, 4])
def test_a_length_that_leads_nowhere_is_told(length):
    raw = TWO[:8] + length.to_bytes(4, "big", signed=True) + TWO[12:]
    with pytest.raises(DamagedBatch, match="a length of"):
        batch_end(raw, 0)
