"""A worker lives through whatever batches a broker takes, and accounts for each record of them."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, TopicPartition

from localkafka import LocalKafka
from tests.conftest import make_topics
from tests.crafted_batches import CODECS, batch, put_batch, record, varint, zeros_compressed
from worker.kafka_raw_consumer import RawConsumer
from worker.record_limits import RecordLimits

TWEET = b'{"text": "what a lovely day"}'
NINE_THOUSAND_MS = 253_370_764_800_000
LARGE = {"max.message.bytes": "20000000"}
ANY_TIME = {"message.timestamp.after.max.ms": str(2**63 - 1)}


def topics_with(servers, **configs):
    """Make three topics, of which the input topic has these configs."""
    topics = make_topics(servers)
    with closing(KafkaAdminClient(bootstrap_servers=servers)) as admin:
        name = f"{topics.input}-own"
        options = {"num_partitions": 1, "configs": configs}
        admin.create_topics({name: options}, wait_for_metadata=True)
    topics.input = name
    return topics


def read_all(servers, topic, count):
    """Return a topic's records as they are, names of headers included, once there are `count`."""
    options = {"group_id": None, "isolation_level": "read_committed"}
    limits = RecordLimits(10_000_000, 10_000_000, 10_000)
    with closing(RawConsumer(limits, bootstrap_servers=servers, **options)) as consumer:
        consumer.assign([TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic)])
        consumer.seek_to_beginning()
        found = []
        for _ in range(120):
            for records in consumer.poll(timeout_ms=500).values():
                found += records
            if len(found) >= count:
                break
        assert len(found) == count
        return found


def reasons(dead):
    """Return what each dead letter says of itself, by the offset that it had."""
    told = [dict(r.headers) for r in dead]
    return {
        int(headers["sentiment.error.offset"]): headers["sentiment.error.reason"].decode()
        for headers in told
    }


def test_what_is_odd_is_scored_or_a_dead_letter_and_the_stream_goes_on(kafka, start_worker):
    servers = kafka.bootstrap_servers
    topics = topics_with(servers, **LARGE, **ANY_TIME)
    odd_names = [(b"\xff\xfe", b"x"), (b"", None), (b"twice", b"1"), (b"twice", b"2")]
    sent = [
        batch(record(TWEET, headers=odd_names), 1),
        batch(record(TWEET, headers=[(b"h%d" % n, b"abc") for n in range(10_000)]), 1, 3),
        batch(record(TWEET), 1, base_timestamp=-1, max_timestamp=-1),
        batch(record(TWEET), 1, base_timestamp=NINE_THOUSAND_MS, max_timestamp=NINE_THOUSAND_MS),
        batch(record(TWEET, offset=7), 1),
        batch(record(None, key=None), 1),
        batch(record(None), 1),
        batch(record(TWEET, headers=[(b"h", b"x" * 1_000_000)]), 1),
        batch(record(b"x" * 10_000_000), 1),
        batch(record(b"\xff\xfe"), 1, 4),
        batch(record(TWEET, key=b"k" * 2_000_000), 1, 4),
        batch(record(TWEET), 1, 2),
    ]
    for raw in sent:
        assert put_batch(servers, topics.input, raw) == 0
    worker = start_worker(servers=servers, topics=topics)
    scored = read_all(servers, topics.output, 4)
    dead = read_all(servers, topics.dead, 8)
    assert reasons(dead) == {
        1: "too-many-headers",
        3: "refused",
        4: "corrupt-batch",
        5: "missing-text",
        7: "too-large",
        8: "too-large",
        9: "invalid-utf8",
        10: "too-large",
    }
    odd, untimed, deletion, last = scored
    assert [(name.encode("utf-8"), value) for name, value in odd.headers] == odd_names
    assert [json.loads(r.value)["source"]["offset"] for r in (odd, untimed, last)] == [0, 2, 11]
    assert (deletion.key, deletion.value) == (b"k", None)
    by_offset = dict(zip(reasons(dead), dead, strict=True))
    assert b"what a lovely day" in by_offset[4].value
    assert len(by_offset[1].headers) == 1_000 + 7
    assert by_offset[8].value == b"x" * len(by_offset[8].value)
    assert dict(by_offset[8].headers)["sentiment.error.cut"] == b"of 10000001 bytes"
    assert by_offset[10].key is None
    assert worker.terminate()[0] == 0, worker.log()


def peak_rss_bytes(worker):
    """Return the most that a worker's memory ever took."""
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


@pytest.mark.parametrize(
    ("codec", "megabytes"),
    [
        pytest.param("gzip", 400, marks=pytest.mark.long),
        ("snappy", 100),
        pytest.param("lz4", 400, marks=pytest.mark.long),
        ("zstd", 1_000),
    ],
)
def test_a_bomb_becomes_a_dead_letter_and_memory_stays_where_it_was(
    kafka, start_worker, codec, megabytes
):
    servers, number = kafka.bootstrap_servers, CODECS[codec]
    topics = topics_with(servers, **LARGE)
    assert put_batch(servers, topics.input, batch(record(TWEET), 1)) == 0
    worker = start_worker(servers=servers, topics=topics)
    read_all(servers, topics.output, 1)
    before = peak_rss_bytes(worker)
    # A record of zeros: no attributes, no timestamp, no key, its value, no headers.
    size = megabytes << 20
    head = b"\0\0\0" + varint(-1) + varint(size)
    tail = varint(0) + record(TWEET, offset=1)
    bomb = zeros_compressed(number, varint(len(head) + size + 1) + head, megabytes, tail)
    assert len(bomb) < 6_000_000
    assert put_batch(servers, topics.input, batch(b"", 2, number, compressed=bomb)) == 0
    assert len(read_all(servers, topics.output, 2)) == 2
    (dead,) = read_all(servers, topics.dead, 1)
    assert reasons([dead]) == {1: "too-large"}
    assert dict(dead.headers)["sentiment.error.cut"] == b"of %d bytes" % size
    assert 890_000 < len(dead.value) < 900_000
    assert not dead.value.strip(b"\0")
    # The batch itself, its compressed form in the library's buffers, and the dead letter's copies.
    grown = peak_rss_bytes(worker) - before
    assert grown < 60_000_000


def test_a_worker_whose_input_is_damaged_on_the_broker_leaves_with_one_line(tmp_path, start_worker):
    with LocalKafka(tmp_path / "kafka") as own:
        servers = own.bootstrap_servers
        topics = topics_with(servers)
        for text in (TWEET, b'{"text": "to be damaged"}', TWEET):
            assert put_batch(servers, topics.input, batch(record(text), 1)) == 0
        (segment,) = (tmp_path / "kafka").rglob(f"{topics.input}-0/*.log")
        with segment.open("r+b") as file:
            file.seek(segment.read_bytes().index(b"to be damaged"))
            file.write(b"T")
        worker = start_worker(servers=servers, topics=topics)
        assert worker.process.wait(timeout=90) == 1, worker.log()
        (line,) = [x for x in worker.log().splitlines() if x.startswith("python -m worker")]
        assert (
            f"cannot read {topics.input}: the batch at offset 1 of partition 0 is damaged" in line
        )
        assert "make a broker with a whole copy the leader" in line
        assert "Traceback" not in worker.log()
        # What stood before it is not lost.
        assert len(read_all(servers, topics.output, 1)) == 1
