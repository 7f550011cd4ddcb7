"""Compressed bytes in, plain bytes out, a part at a time. No I/O here.

A batch of 1 MB may hold tens of gigabytes: a broker bounds what it stores, not what comes of it.
So nothing here is ever decompressed further than somebody asks for it.
"""

import struct
import zlib
from collections.abc import Callable, Iterator

import cramjam
import lz4.frame
import zstandard

# What is held beyond the batch itself: two parts while a record spans them.
PART_BYTES = 262_144
# Of the compressed bytes, at a time: zlib and lz4 copy what they have not used yet.
FEED_BYTES = 16_384
# gzip's own header and trailer around it.
GZIP = 31
# The most that zstd writes with its highest levels; those up to 19 need an eighth of it.
ZSTD_WINDOW_BYTES = 128 << 20
# Snappy's densest instruction copies 64 bytes and takes 3; the length may be claimed beyond it.
SNAPPY_MOST_TIMES = 22

XERIAL_MAGIC = b"\x82SNAPPY\x00"
XERIAL_HEADER_BYTES = 16
BLOCK_LENGTH = struct.Struct(">i")


class Undecodable(Exception):
    """The compressed bytes are not what their codec writes."""


def parts(codec: int, compressed: memoryview) -> Iterator[bytes]:
    """Yield the plain bytes, in parts of at most `PART_BYTES`; one may be empty.

    Snappy has no streams, only blocks: a part is a block there, at most 22 times as long as it
    was compressed. Where the compressed bytes end too soon, so do the parts.

    Args:
        codec: as Kafka numbers them: 1 gzip, 2 snappy, 3 lz4, 4 zstd.
        compressed: what they are to be made of.

    Raises:
        Undecodable: the codec is none of Kafka's, or did not write these bytes.
    """
    decode = DECODERS.get(codec)
    if decode is None:
        raise Undecodable(f"compression codec {codec} is unknown")
    try:
        yield from decode(compressed)
    except ERRORS as why:
        raise Undecodable(f"cannot be decompressed: {why}") from why


def _gzip(compressed: memoryview) -> Iterator[bytes]:
    """One member after the other, as gzip files may have."""
    stream = zlib.decompressobj(wbits=GZIP)
    for start in range(0, len(compressed), FEED_BYTES):
        waiting = bytes(compressed[start : start + FEED_BYTES])
        while waiting:
            if stream.eof:
                stream = zlib.decompressobj(wbits=GZIP)
            yield stream.decompress(waiting, PART_BYTES)
            waiting = stream.unused_data if stream.eof else stream.unconsumed_tail


def _lz4(compressed: memoryview) -> Iterator[bytes]:
    stream = lz4.frame.LZ4FrameDecompressor()
    for start in range(0, len(compressed), FEED_BYTES):
        yield stream.decompress(bytes(compressed[start : start + FEED_BYTES]), PART_BYTES)
        while not (stream.needs_input or stream.eof):
            yield stream.decompress(b"", PART_BYTES)
        if stream.eof:
            return


def _zstd(compressed: memoryview) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_WINDOW_BYTES)
    with decompressor.stream_reader(compressed, read_across_frames=True) as stream:
        while part := stream.read(PART_BYTES):
            yield part


def _snappy(compressed: memoryview) -> Iterator[bytes]:
    """Blocks as Java and kafka-python frame them, or a single bare one as librdkafka writes it."""
    if compressed[: len(XERIAL_MAGIC)] != XERIAL_MAGIC:
        yield _snappy_block(compressed)
        return
    position = XERIAL_HEADER_BYTES
    while position < len(compressed):
        (length,) = BLOCK_LENGTH.unpack_from(compressed, position)
        position += BLOCK_LENGTH.size
        if not 0 < length <= len(compressed) - position:
            raise Undecodable(f"cannot be decompressed: a snappy block of {length} bytes")
        yield _snappy_block(compressed[position : position + length])
        position += length


def _snappy_block(block: memoryview) -> bytes:
    claimed = cramjam.snappy.decompress_raw_len(block)
    if claimed > SNAPPY_MOST_TIMES * len(block):
        raise Undecodable(
            f"cannot be decompressed: a snappy block of {len(block)} bytes claims {claimed}"
        )
    return bytes(cramjam.snappy.decompress_raw(block))


DECODERS: dict[int, Callable[[memoryview], Iterator[bytes]]] = {
    1: _gzip,
    2: _snappy,
    3: _lz4,
    4: _zstd,
}
ERRORS = (struct.error, zlib.error, zstandard.ZstdError, cramjam.DecompressionError, RuntimeError)
