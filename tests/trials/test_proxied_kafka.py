"""The proxy in front of a real broker, with kafka-python as the client."""

import uuid

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from localkafka import LocalKafka
from trials.proxy import Proxy

PRODUCE, METADATA = 0, 3


@pytest.fixture(scope="module")
def proxy():
    with Proxy() as proxy, LocalKafka(advertised_port=proxy.port, heap_megabytes=256) as kafka:
        proxy.broker_port = kafka.port
        assert kafka.bootstrap_servers == proxy.bootstrap_servers
        admin = KafkaAdminClient(bootstrap_servers=proxy.bootstrap_servers)
        admin.create_topics({"tweets": {"num_partitions": 1}}, wait_for_metadata=True)
        admin.close()
        yield proxy


@pytest.fixture
def producer(proxy):
    producer = KafkaProducer(
        bootstrap_servers=proxy.bootstrap_servers,
        transactional_id=uuid.uuid4().hex,
        retry_backoff_ms=10,
    )
    producer.init_transactions()
    yield producer
    producer.close()


def publish(producer):
    """Publish a tweet in a transaction and return its offset."""
    producer.begin_transaction()
    future = producer.send("tweets", "@bob loves http://x.y 😀".encode())
    producer.commit_transaction()
    return future.get(timeout=30).offset


def test_clients_find_the_broker_behind_the_proxy(producer, proxy):
    publish(producer)
    assert proxy.open_connections >= 1


def test_a_client_whose_connections_are_reset_publishes_each_tweet_once(producer, proxy):
    first = publish(producer)
    assert proxy.reset() >= 1
    # Each transaction ends with a marker, which takes an offset too.
    assert publish(producer) == first + 2


def test_a_produce_request_that_waits_in_the_network_waits_in_the_transaction(producer, proxy):
    first = publish(producer)
    held = proxy.hold(PRODUCE)
    producer.begin_transaction()
    future = producer.send("tweets", b"late")
    assert held.wait(30).api_key == PRODUCE
    assert not future.is_done
    held.release()
    assert future.get(timeout=30).offset == first + 2
    producer.commit_transaction()
