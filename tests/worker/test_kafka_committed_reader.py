"""A whole topic, or any part of it, as a read_committed reader sees it."""

from contextlib import closing

import pytest
from kafka import KafkaProducer

from configuration.errors import MissingTopics
from configuration.kafka_connection import KafkaConnection
from worker import kafka_committed_reader
from worker.errors import CannotGoOn
from worker.kafka_committed_reader import CommittedReader


@pytest.fixture
def connection(kafka):
    return KafkaConnection(bootstrap_servers=kafka.bootstrap_servers)


@pytest.fixture
def transactions(kafka, topics):
    """Give a transactional producer."""
    producer = KafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, transactional_id=topics.name
    )
    with closing(producer):
        producer.init_transactions()
        yield producer


@pytest.fixture
def reader(connection, topics, transactions):
    """Give a reader of `0:0` aborted, `0:1` Kafka's mark, `0:2` and `0:3` committed, `0:4` mark."""
    for values, end in (
        ([b"never"], transactions.abort_transaction),
        ([b"one", b"two"], transactions.commit_transaction),
    ):
        transactions.begin_transaction()
        for value in values:
            transactions.send(topics.dead, value, partition=0)
        transactions.flush()
        end()
    with closing(CommittedReader(connection, topics.dead)) as reader:
        yield reader


def values(records):
    return [record and record.value for record in records]


def test_everything_is_read_as_often_as_it_is_asked_for(reader):
    assert reader.spans() == {0: range(5), 1: range(0)}
    assert values(reader.read()) == [b"one", b"two"]
    assert values(reader.read()) == [b"one", b"two"]


def test_a_part_is_read(reader):
    assert values(reader.read({0: range(3, 4)})) == [b"two"]
    assert values(reader.read({0: range(3), 1: range(0)})) == [b"one"]


def test_places_without_a_committed_record_hold_nothing(reader):
    places = [(0, 3), (0, 0), (0, 1), (0, 2), (0, 5), (1, 0), (7, 0)]
    assert values(reader.read_at(places)) == [b"two", None, None, b"one", None, None, None]


def test_what_is_written_behind_an_open_transaction_is_waited_for_only_when_included(
    connection, kafka, topics, transactions, monkeypatch
):
    transactions.begin_transaction()
    transactions.send(topics.dead, b"open", partition=0).get(10)
    with closing(KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)) as plain:
        plain.send(topics.dead, b"behind", partition=0).get(10)
    with closing(CommittedReader(connection, topics.dead)) as reader:
        assert values(reader.read()) == []
        reader.include_what_is_open()
        monkeypatch.setattr(kafka_committed_reader, "STALL_SECONDS", 1.0)
        with pytest.raises(CannotGoOn, match="a transaction is open"):
            list(reader.read())
        transactions.commit_transaction()
        assert values(reader.read()) == [b"open", b"behind"]


def test_a_missing_topic_is_told(connection):
    with pytest.raises(MissingTopics, match="nowhere"):
        CommittedReader(connection, "nowhere")
