"""Read from a real broker: what kafka-python reads, and what it cannot."""

import time
from contextlib import closing

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from localkafka import LocalKafka
from tests.conftest import make_topics
from tests.crafted_batches import CODECS, batch, put_batch, record
from worker.kafka_raw_consumer import POLL_BYTES, RawConsumer, UnreadableBatch
from worker.messages import RawRecord, Reason
from worker.record_limits import RecordLimits

PATIENCE_SECONDS = 60
LIMITS = RecordLimits(524_288, 900_000)
OPTIONS = {"group_id": None, "auto_offset_reset": "earliest", "isolation_level": "read_committed"}


def raw_consumer(servers, **more):
    return RawConsumer(LIMITS, bootstrap_servers=servers, **(OPTIONS | more))


def poll_to_the_end(consumer, topic, polls=None, partition=0):
    """Return all records of a partition; append the number of each poll's to `polls`."""
    where = TopicPartition(topic, partition)
    consumer.assign([where])
    (end,) = consumer.end_offsets([where]).values()
    found, deadline = [], time.monotonic() + PATIENCE_SECONDS
    while consumer.position(where) < end:
        assert time.monotonic() < deadline, f"at {consumer.position(where)} of {end}"
        some = consumer.poll(timeout_ms=500).get(where, [])
        found += some
        if polls is not None and some:
            polls.append(len(some))
    return found


def read(kafka, topic, **more):
    with closing(raw_consumer(kafka.bootstrap_servers, **more)) as consumer:
        return poll_to_the_end(consumer, topic)


def as_kafka_python_reads(kafka, topic, **more):
    with closing(
        KafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, **(OPTIONS | more))
    ) as consumer:
        return [
            RawRecord(topic, 0, r.offset, r.timestamp, r.key, r.value, tuple(r.headers))
            for r in poll_to_the_end(consumer, topic)
        ]


@pytest.mark.parametrize("compression", [None, "gzip", "snappy", "lz4", "zstd"])
def test_transactions_of_several_producers_are_seen_as_kafka_python_sees_them(
    kafka, topics, compression
):
    servers = kafka.bootstrap_servers
    options = {"bootstrap_servers": servers, "compression_type": compression, "linger_ms": 5}
    producers = [
        KafkaProducer(**options, transactional_id=f"{topics.name}-{number}") for number in range(2)
    ]
    producers.append(KafkaProducer(**options))

    def put(which, label):
        for number in range(50):
            value, headers = b"%s %d" % (label, number) * 9, [("label", label), ("", b"")]
            producers[which].send(topics.input, value, b"%d" % number, headers, partition=0)
        producers[which].flush()

    for producer in producers[:2]:
        producer.init_transactions()
        producer.begin_transaction()
    put(0, b"committed")
    put(1, b"aborted")
    put(2, b"alone")
    put(0, b"committed later")
    producers[1].abort_transaction()
    producers[1].begin_transaction()
    put(1, b"committed after an abort")
    producers[0].commit_transaction()
    producers[1].commit_transaction()
    for producer in producers:
        producer.close()
    found = read(kafka, topics.input)
    assert found == as_kafka_python_reads(kafka, topics.input)
    assert len(found) == 200
    assert not any(r.value.startswith(b"aborted") for r in found)
    uncommitted = {"isolation_level": "read_uncommitted"}
    everything = read(kafka, topics.input, **uncommitted)
    assert everything == as_kafka_python_reads(kafka, topics.input, **uncommitted)
    assert len(everything) == 250


def test_small_polls_go_through_a_batch_and_a_seek_goes_into_one(kafka, topics):
    records = b"".join(record(b"%d" % number, offset=number) for number in range(100))
    for codec in CODECS.values():
        assert put_batch(kafka.bootstrap_servers, topics.input, batch(records, 100, codec)) == 0
    with closing(raw_consumer(kafka.bootstrap_servers, max_poll_records=7)) as consumer:
        polls = []
        found = poll_to_the_end(consumer, topics.input, polls)
        assert [r.offset for r in found] == list(range(500))
        assert [int(r.value) for r in found] == [number % 100 for number in range(500)]
        assert max(polls) == 7
        where = TopicPartition(topics.input, 0)
        for offset in (450, 399, 1):
            consumer.seek(where, offset)
            assert consumer.poll(timeout_ms=10_000)[where][0].offset == offset
        consumer.pause(where)
        assert consumer.poll(timeout_ms=200) == {}
        consumer.resume(where)
        assert consumer.poll(timeout_ms=10_000)[where][0].offset == 8


def test_what_the_broker_takes_and_no_reader_should_becomes_flaws_and_the_stream_goes_on(
    kafka, topics
):
    """Kafka 4.1 does not look at the offsets within a batch that is not compressed."""

    def put(raw):
        assert put_batch(kafka.bootstrap_servers, topics.input, raw) == 0

    put(batch(record(b"first"), 1))
    put(batch(record(b"seven further on", offset=7), 1))
    put(batch(record(b"twice") + record(b"twice"), 2))
    put(batch(record(b"no UTF-8", headers=[(b"\xff", b"x")]), 1))
    put(batch(record(b"many headers", headers=[(b"h", None)] * 100_000), 1, 4))
    for number in range(8):
        put(batch(record(b"%d" % number), 1))
    found = read(kafka, topics.input)
    assert [r.offset for r in found] == list(range(14))
    assert [r.flaw.reason if r.flaw else None for r in found[:6]] == [
        *(None, Reason.CORRUPT_BATCH, None),
        *(Reason.CORRUPT_BATCH, None, Reason.TOO_MANY_HEADERS),
    ]
    assert b"seven further on" in found[1].value
    assert [r.value for r in found[6:]] == [b"%d" % number for number in range(8)]


@pytest.mark.parametrize("codec", ["gzip", "lz4", "zstd"])
def test_a_poll_ends_when_it_has_read_enough(kafka, topics, codec):
    # Each batch of at most 80 KB holds 17 MB.
    megabyte = b"".join(record(bytes(499_000), offset=number) for number in range(34))
    for _ in range(3):
        raw = batch(megabyte, 34, CODECS[codec])
        assert put_batch(kafka.bootstrap_servers, topics.input, raw) == 0
    polls = []
    with closing(raw_consumer(kafka.bootstrap_servers, max_poll_records=4_096)) as consumer:
        found = poll_to_the_end(consumer, topics.input, polls)
    assert [r.offset for r in found] == list(range(102))
    assert all(r.value == bytes(499_000) for r in found)
    assert max(polls) * 499_000 < POLL_BYTES + 500_000


def test_a_batch_that_is_damaged_on_the_broker_is_fetched_again_and_then_told(tmp_path, caplog):
    with LocalKafka(tmp_path / "kafka") as own:
        servers = own.bootstrap_servers
        topic = make_topics(servers).input
        for value in (b"good one", b"to be damaged", b"good two"):
            assert put_batch(servers, topic, batch(record(value), 1)) == 0
        (segment,) = (tmp_path / "kafka").rglob(f"{topic}-0/*.log")
        raw = segment.read_bytes()
        with segment.open("r+b") as file:
            file.seek(raw.index(b"to be damaged"))
            file.write(b"T")
        where = TopicPartition(topic, 0)
        with closing(raw_consumer(servers)) as consumer:
            consumer.assign([where])
            found = consumer.poll(timeout_ms=10_000)[where]
            with pytest.raises(UnreadableBatch, match="offset 1 of partition 0 is damaged"):
                consumer.poll(timeout_ms=30_000)
            assert [r.value for r in found] == [b"good one"]
            assert consumer.position(where) == 1
            # An operator who gives it up goes on behind it.
            consumer.seek(where, 2)
            assert [r.value for r in consumer.poll(timeout_ms=10_000)[where]] == [b"good two"]


def test_the_parts_of_kafka_python_that_are_replaced_are_there():
    """Fails first, and tells why, when a new version of the library has moved them."""
    from kafka.consumer.fetcher import Fetcher  # noqa: PLC0415

    part = Fetcher.PartitionRecords
    names = {name for kind in (Fetcher, part) for name in vars(kind)}
    assert {
        *("fetched_records", "_append", "PartitionRecords", "take", "drain", "_unpack_records"),
        *("_maybe_skip_record", "_consume_aborted_transactions_up_to", "_is_batch_aborted"),
    } <= names
