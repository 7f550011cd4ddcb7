"""Batches made by hand: what no client library would write, but anybody may send."""

import struct
import time
import zlib
from contextlib import closing

import lz4.frame
import zstandard
from crc32c import crc32c
from kafka import KafkaAdminClient
from kafka.codec import gzip_encode, lz4_encode, snappy_encode, zstd_encode
from kafka.errors import NotLeaderForPartitionError, UnknownTopicOrPartitionError
from kafka.protocol.producer import ProduceRequest

# A topic that was just made.
NOT_YET = {NotLeaderForPartitionError.errno, UnknownTopicOrPartitionError.errno}
CODECS = {"none": 0, "gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}
STREAMS = {
    1: lambda: zlib.compressobj(9, wbits=31),
    3: lambda: lz4.frame.LZ4FrameCompressor(block_linked=False),
    4: lambda: zstandard.ZstdCompressor().compressobj(),
}
COMPRESS = {0: bytes, 1: gzip_encode, 2: snappy_encode, 3: lz4_encode, 4: zstd_encode}


def varint(number):
    """Return a signed number as Kafka writes it."""
    number = (number << 1) ^ (number >> 63)
    written = bytearray()
    while number > 127:
        written.append(number & 127 | 128)
        number >>= 7
    written.append(number)
    return bytes(written)


def content(raw):
    return varint(-1) if raw is None else varint(len(raw)) + raw


def body(value=b"v", key=b"k", headers=(), offset=0, timestamp=0, header_count=None):
    """Return a record without its length; names and values of headers are bytes or None."""
    count = len(headers) if header_count is None else header_count
    pairs = b"".join(content(name) + content(told) for name, told in headers)
    numbers = b"\0" + varint(timestamp) + varint(offset)
    return numbers + content(key) + content(value) + varint(count) + pairs


def record(value=b"v", **more):
    raw = body(value, **more)
    return varint(len(raw)) + raw


def batch(
    records,
    count,
    codec=0,
    base_offset=0,
    last_delta=None,
    attributes=0,
    *,
    base_timestamp=1_700_000_000_000,
    max_timestamp=1_700_000_000_999,
    producer_id=-1,
    compressed=None,
):
    """Return a batch of the records' bytes, whatever they are, with the right checksum."""
    payload = COMPRESS[codec](records) if compressed is None else compressed
    last_delta = max(0, count - 1) if last_delta is None else last_delta
    checked = struct.pack(
        ">hiqqqhii",
        *(attributes | codec, last_delta, base_timestamp, max_timestamp),
        *(producer_id, -1, -1, count),
    )
    checked += payload
    length = struct.pack(">qiib", base_offset, len(checked) + 9, 0, 2)
    return length + struct.pack(">I", crc32c(checked)) + checked


def zeros_compressed(codec, head, megabytes, tail):
    """Return `head`, zeros and `tail` compressed, without ever holding all of it."""
    if codec == CODECS["snappy"]:
        million = snappy_encode(bytes(1 << 20))
        blocks = million[16:] * megabytes
        return snappy_encode(head) + blocks + snappy_encode(tail)[16:]
    stream = STREAMS[codec]()
    written = [stream.begin() if codec == CODECS["lz4"] else b"", stream.compress(head)]
    written += [stream.compress(bytes(1 << 20)) for _ in range(megabytes)]
    return b"".join([*written, stream.compress(tail), stream.flush()])


def put_batch(servers, topic, raw, partition=0):
    """Send a batch as it is to a broker that is alone; return its error code, 0 for none."""
    topic_data = ProduceRequest.TopicProduceData
    data = topic_data.PartitionProduceData(index=partition, records=raw)
    request = ProduceRequest(
        acks=-1,
        timeout_ms=30_000,
        topic_data=[topic_data(name=topic, partition_data=[data])],
        min_version=3,
        max_version=9,
    )
    with closing(KafkaAdminClient(bootstrap_servers=servers)) as admin:
        manager = admin._manager
        leader = manager.cluster.brokers()[0].node_id

        async def send():
            return await manager.send(request, node_id=leader)

        deadline = time.monotonic() + 30
        while True:
            code = manager.run(send).responses[0].partition_responses[0].error_code
            if code not in NOT_YET or time.monotonic() > deadline:
                return code
