"""Records handed over in bulk arrive as kafka-python's `send` would have brought them."""

import os
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from tests.reading import read_topic
from tests.worker.worlds import OnKafka, next_batch, publish, worker
from worker.errors import PublishAborted, RecordsRefused
from worker.kafka_bulk_producer import BulkProducer
from worker.messages import Publication

RECORDS = [
    Publication(0, 0, 1_700_000_000_123, b"k", b"one", (("trace", b"abc"), ("more", b""))),
    Publication(0, 0, 1_600_000_000_000, None, b"older", ()),
    Publication(0, 0, 1_700_000_000_456, b"k", None, ()),
    Publication(0, 0, 1_700_000_999_999, "schlüssel".encode(), b"x" * 100_000, ()),
]


@pytest.fixture
def producer(kafka):
    with closing(
        BulkProducer(
            bootstrap_servers=kafka.bootstrap_servers, linger_ms=0, delivery_timeout_ms=40_000
        )
    ) as producer:
        yield producer


def deliver(producer, topic, records, batch_bytes=900_000):
    deliveries = producer.send_all({TopicPartition(topic, 0): records}, batch_bytes)
    for delivery in deliveries:
        delivery.wait()
    return len(deliveries)


def limited_topic(kafka, name, **configs):
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    with closing(admin):
        options = {"num_partitions": 2, "configs": configs}
        admin.create_topics({name: options}, wait_for_metadata=True)
    return name


def test_records_arrive_as_send_brings_them(kafka, topics, producer):
    assert deliver(producer, topics.output, RECORDS) == 1
    with closing(KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)) as one_by_one:
        for record in RECORDS:
            headers = list(record.headers)
            one_by_one.send(
                topics.dead, record.value, record.key, headers, 0, record.timestamp_ms
            ).get(10)
    in_bulk = read_topic(kafka.bootstrap_servers, topics.output, len(RECORDS))
    by_send = read_topic(kafka.bootstrap_servers, topics.dead, len(RECORDS))
    assert in_bulk == by_send


def test_a_batch_ends_before_it_is_too_large_and_a_larger_record_stands_alone(
    kafka, topics, producer
):
    sizes = [400, 400, 400, 5_000, 400]
    records = [Publication(0, 0, -1, None, os.urandom(size), ()) for size in sizes]
    assert deliver(producer, topics.output, records, batch_bytes=1_000) == 4
    read = read_topic(kafka.bootstrap_servers, topics.output, len(records))
    assert [record.value for record in read] == [record.value for record in records]


def test_nothing_is_sent_where_there_is_nothing(producer, topics):
    assert producer.send_all({}, 1_000) == []
    assert deliver(producer, topics.output, []) == 0


def test_the_records_that_are_refused_are_told_not_the_company_they_were_in(
    kafka, topics, producer
):
    compacted = limited_topic(kafka, f"{topics.name}.c", **{"cleanup.policy": "compact"})
    records = [
        Publication(0, 10, -1, b"k", b"fine", ()),
        Publication(0, 11, -1, None, b"no key", ()),
        Publication(0, 12, -1, b"k", b"fine", ()),
    ]
    with pytest.raises(RecordsRefused, match=compacted) as refused:
        deliver(producer, compacted, records)
    assert refused.value.reasons.keys() == {(0, 11)}


def test_a_record_too_large_for_its_topic_is_refused(kafka, topics, producer):
    small = limited_topic(kafka, f"{topics.name}.s", **{"max.message.bytes": "2000"})
    with pytest.raises(RecordsRefused, match=r"max\.message\.bytes"):
        deliver(producer, small, [Publication(0, 0, -1, None, os.urandom(5_000), ())])


def test_a_closed_producer_takes_nothing(kafka, topics):
    producer = BulkProducer(bootstrap_servers=kafka.bootstrap_servers, linger_ms=0)
    deliver(producer, topics.output, RECORDS)
    producer.close()
    with pytest.raises(KafkaError, match="closed"):
        deliver(producer, topics.output, RECORDS)


def test_batches_shrink_until_the_output_topic_takes_them(kafka, topics):
    topics.output = limited_topic(kafka, f"{topics.name}.s", **{"max.message.bytes": "20000"})
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        values = [os.urandom(1_000) for _ in range(60)]
        for value in values:
            world.append(value)
        with worker(world) as (source, publisher):
            published = 0
            while published < len(values):
                batch = next_batch(source)
                try:
                    publish(publisher, batch)
                    published += len(batch.records)
                except PublishAborted:
                    source.rewind()
                    publisher.recover()
        assert [record.value for record in world.published(len(values))] == values


def test_a_record_that_no_batch_is_small_enough_for_is_refused_alone(kafka, topics):
    topics.output = limited_topic(kafka, f"{topics.name}.s", **{"max.message.bytes": "2000"})
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        for size in (100, 5_000, 100):
            world.append(os.urandom(size))
        with worker(world) as (source, publisher):
            refused = None
            while refused is None:
                batch = next_batch(source)
                try:
                    publish(publisher, batch)
                except RecordsRefused as error:
                    refused = error.reasons.keys()
                except PublishAborted:
                    source.rewind()
                    publisher.recover()
        assert refused == {(0, 1)}
