"""Compressed bytes come back as they were, and never more of them at once than is bounded."""

import os
import struct
import tracemalloc

import pytest
import snappy
from hypothesis import given
from hypothesis import strategies as st

from tests.crafted_batches import CODECS, COMPRESS
from worker.compression import PART_BYTES, Undecodable, parts

COMPRESSED = [name for name in CODECS if name != "none"]
XERIAL = b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1)


def decompress(codec, compressed):
    return b"".join(parts(codec, memoryview(compressed)))


def refused(codec, compressed):
    try:
        decompress(codec, compressed)
    except Undecodable:
        return True
    return False


@pytest.mark.parametrize("name", COMPRESSED)
@given(st.binary(max_size=300), st.integers(1, 3_000))
def test_what_was_compressed_comes_back(name, some, times):
    codec = CODECS[name]
    assert decompress(codec, COMPRESS[codec](some * times)) == some * times


@pytest.mark.parametrize("name", COMPRESSED)
def test_incompressible_bytes_come_back(name):
    codec, noise = CODECS[name], os.urandom(1 << 20)
    assert decompress(codec, COMPRESS[codec](noise)) == noise


def test_a_bare_snappy_block_comes_back():
    assert decompress(2, snappy.compress(b"hello" * 1_000)) == b"hello" * 1_000


def test_gzip_members_follow_one_another():
    assert decompress(1, COMPRESS[1](b"one,") + COMPRESS[1](b"two")) == b"one,two"


@pytest.mark.parametrize("name", COMPRESSED)
def test_a_hundred_megabytes_pass_through_one(name):
    codec = CODECS[name]
    compressed = memoryview(COMPRESS[codec](bytes(100 << 20)))
    tracemalloc.start()
    try:
        sizes = [len(part) for part in parts(codec, compressed)]
        assert tracemalloc.get_traced_memory()[1] < 4 * PART_BYTES
    finally:
        tracemalloc.stop()
    assert sum(sizes) == 100 << 20
    assert max(sizes) <= PART_BYTES


@pytest.mark.parametrize("name", COMPRESSED)
@given(st.data())
def test_damaged_bytes_end_early_or_are_refused(name, data):
    codec = CODECS[name]
    compressed = bytearray(COMPRESS[codec](b"some tweets, " * 300))
    for _ in range(data.draw(st.integers(0, 3))):
        compressed[data.draw(st.integers(0, len(compressed) - 1))] = data.draw(st.integers(0, 255))
    cut = compressed[: data.draw(st.integers(0, len(compressed)))]
    # Not all of these codecs have a checksum of their own.
    assert refused(codec, cut) or len(decompress(codec, cut)) <= 1_100 * len(cut) + 65_536


@pytest.mark.parametrize("name", COMPRESSED)
@given(st.binary(max_size=100))
def test_random_bytes_are_refused_or_empty(name, raw):
    assert refused(CODECS[name], raw) or len(decompress(CODECS[name], raw)) <= 10_000


@pytest.mark.parametrize(
    "compressed",
    [
        b"\xff\xff\xff\xff\x0f" + b"a" * 100,
        XERIAL + struct.pack(">i", 105) + b"\xff\xff\xff\xff\x0f" + b"a" * 100,
        XERIAL + struct.pack(">i", 2**31 - 1) + b"a" * 100,
        XERIAL + struct.pack(">i", -1) + b"a" * 100,
        XERIAL + b"\0",
        b"",
    ],
)
def test_a_snappy_block_that_claims_too_much_is_refused_before_it_is_made(compressed):
    tracemalloc.start()
    try:
        with pytest.raises(Undecodable):
            decompress(2, compressed)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("codec", [5, 6, 7])
def test_a_codec_that_kafka_does_not_have_is_refused(codec):
    with pytest.raises(Undecodable, match=f"codec {codec} is unknown"):
        decompress(codec, b"abc")
