"""Exactly once, whatever ends when: signals, kills, rebalances, a broker that goes away."""

import json
import signal
import time
from collections import Counter

import pytest
from kafka import KafkaProducer

from localkafka import LocalKafka
from tests.conftest import make_topics
from tests.reading import read_topic

TWEETS = 20_000


def publish(servers, topics, count, first=0):
    producer = KafkaProducer(bootstrap_servers=servers, linger_ms=20)
    for number in range(first, first + count):
        value = b'{"id": "%d", "text": "tweet number %d is what it is"}' % (number, number)
        producer.send(topics.input, value, b"%d" % number, partition=number % 2)
    producer.close()


def assert_exactly_once(servers, topics, count):
    """Every tweet was scored, none twice, and each partition's are in order."""
    scored = [json.loads(r.value) for r in read_topic(servers, topics.output, at_least=count)]
    seen = Counter(value["id"] for value in scored)
    assert len(scored) == count
    assert set(seen) == {str(number) for number in range(count)}
    for partition in (0, 1):
        offsets = [v["source"]["offset"] for v in scored if v["source"]["partition"] == partition]
        assert offsets == sorted(offsets)


def busy(worker):
    """Wait until the worker has committed something and is in the middle of the next batch."""
    worker.wait_until(lambda: worker.metric("scored_total") > 0, "scoring")


def test_a_worker_told_to_leave_finishes_its_batch_and_gives_its_partitions_up(
    kafka, topics, start_worker
):
    publish(kafka.bootstrap_servers, topics, TWEETS)
    worker = start_worker("--max-batch", "256", "--session-timeout-seconds", "60")
    busy(worker)
    code, seconds = worker.terminate()
    assert code == 0, worker.log()
    assert seconds < 10
    assert "finishing the batch in flight" in worker.log()
    assert "batch aborted" not in worker.log()
    started = time.monotonic()
    heir = start_worker("--worker-id", "another").wait_until_ready()
    joined = time.monotonic() - started
    assert_exactly_once(kafka.bootstrap_servers, topics, TWEETS)
    # The one that left had not to be waited for: its session would have lasted a minute more.
    assert "partitions assigned" in heir.log()
    assert joined < 45


def test_kill_9_in_mid_batch_loses_nothing_and_repeats_nothing(kafka, topics, start_worker):
    publish(kafka.bootstrap_servers, topics, TWEETS)
    for kill in range(3):
        worker = start_worker("--max-batch", str(100 + 300 * kill))
        busy(worker)
        worker.kill()
    start_worker()
    assert_exactly_once(kafka.bootstrap_servers, topics, TWEETS)


def test_a_killed_worker_that_comes_back_goes_on_at_once(kafka, topics, start_worker):
    publish(kafka.bootstrap_servers, topics, 10_000)
    worker = start_worker("--max-batch", "128", "--session-timeout-seconds", "60")
    busy(worker)
    worker.kill()
    started = time.monotonic()
    again = start_worker("--session-timeout-seconds", "60")
    again.wait_until(lambda: "partitions assigned" in again.log(), "assigned")
    # Without a stable name the group would wait a minute for the dead worker.
    assert time.monotonic() - started < 45
    assert_exactly_once(kafka.bootstrap_servers, topics, 10_000)


def test_a_second_worker_joins_and_leaves_while_tweets_flow(kafka, topics, start_worker):
    servers, published = kafka.bootstrap_servers, 0
    first = start_worker("--max-batch", "200").wait_until_ready()
    second = start_worker("--max-batch", "200")

    def more_until(condition):
        nonlocal published
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, second.log()
            publish(servers, topics, 1_000, first=published)
            published += 1_000

    more_until(lambda: second.metric("scored_total") > 0)
    assert second.terminate()[0] == 0, second.log()
    before = first.metric("scored_total")
    more_until(lambda: first.metric("scored_total") > before)
    assert_exactly_once(servers, topics, published)
    assert second.log().count("partitions assigned") == 1


@pytest.fixture
def own_kafka():
    """Give a broker that a test may stop and start."""
    with LocalKafka() as broker:
        yield broker


def test_a_broker_that_goes_and_comes_back_is_waited_for(own_kafka, start_worker):
    servers = own_kafka.bootstrap_servers
    topics = make_topics(servers)
    publish(servers, topics, 10_000)
    worker = start_worker("--max-batch", "64", servers=servers, topics=topics)
    busy(worker)
    before = len(worker.log())
    own_kafka.kill()
    worker.wait_until(lambda: "kafka." in worker.log()[before:], "told")
    assert worker.get("/healthz") == "alive\n"
    own_kafka.start()
    assert_exactly_once(servers, topics, 10_000)
    publish(servers, topics, 100, first=10_000)
    assert_exactly_once(servers, topics, 10_100)
    assert worker.process.poll() is None
    assert worker.terminate()[0] == 0


def test_a_broker_that_is_not_there_at_the_start_is_waited_for(own_kafka, start_worker):
    servers = own_kafka.bootstrap_servers
    topics = make_topics(servers)
    publish(servers, topics, 10)
    own_kafka.stop()
    worker = start_worker(servers=servers, topics=topics)
    worker.wait_until(lambda: "no broker yet" in worker.log(), "told")
    assert worker.get("/healthz") == "alive\n"
    assert worker.get("/readyz") is None
    own_kafka.start()
    assert_exactly_once(servers, topics, 10)


def test_a_worker_leaves_in_time_though_its_broker_is_gone(own_kafka, start_worker):
    servers = own_kafka.bootstrap_servers
    topics = make_topics(servers)
    publish(servers, topics, TWEETS)
    worker = start_worker("--max-batch", "64", servers=servers, topics=topics)
    busy(worker)
    own_kafka.kill()
    # With a transaction open nothing can be finished, and leaving it to the broker is exit code 1.
    code, seconds = worker.terminate()
    assert code in (0, 1)
    assert seconds < 10, worker.log()
    own_kafka.start()
    start_worker(servers=servers, topics=topics)
    assert_exactly_once(servers, topics, TWEETS)


def test_a_worker_that_was_frozen_past_its_session_goes_on_without_repeating(
    kafka, topics, start_worker
):
    publish(kafka.bootstrap_servers, topics, TWEETS)
    worker = start_worker("--max-batch", "128", "--transaction-timeout-seconds", "2")
    busy(worker)
    worker.process.send_signal(signal.SIGSTOP)
    # Once, or more often where the group had to settle first.
    assigned = worker.log().count("partitions assigned")
    heir = start_worker()
    heir.wait_until(lambda: heir.metric("scored_total") > 0, "scoring")
    worker.process.send_signal(signal.SIGCONT)
    assert_exactly_once(kafka.bootstrap_servers, topics, TWEETS)
    worker.wait_until(lambda: worker.log().count("partitions assigned") == assigned + 1, "back")
    assert worker.terminate()[0] == 0, worker.log()
