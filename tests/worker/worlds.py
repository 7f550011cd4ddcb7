"""The two worlds that the ports are tested in, and what workers do there."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

from kafka import KafkaProducer

from tests.reading import read_topic
from worker.kafka_publisher import AtLeastOncePublisher, TransactionalPublisher
from worker.kafka_source import KafkaTweetSource
from worker.memory_broker import MemoryBroker, MemoryPublisher, MemorySource
from worker.messages import Outcome, Publication
from worker.settings import WorkerSettings

PATIENCE_SECONDS = 60


class InMemory:
    """The memory broker as the contract sees it."""

    def __init__(self):
        self._broker = MemoryBroker(partitions=2)
        self.append = self._broker.append

    def source(self, worker_id, max_batch=500):
        return MemorySource(self._broker, max_batch, worker_id)

    def publisher(self, worker_id, source):
        return MemoryPublisher(self._broker, worker_id)

    def published(self, count):
        assert len(self._broker.published) == count
        return self._broker.published

    def dead_letters(self, count):
        return self._broker.dead_letters[:count]


class OnKafka:
    """A real Kafka as the contract sees it."""

    publisher_class = TransactionalPublisher

    def __init__(self, servers, topics):
        self._servers = servers
        self._topics = topics
        self._producer = KafkaProducer(bootstrap_servers=servers)

    def close(self):
        self._producer.close()

    def settings(self, **more):
        settings = {
            "bootstrap_servers": self._servers,
            "input_topic": self._topics.input,
            "output_topic": self._topics.output,
            "dead_letter_topic": self._topics.dead,
            "group_id": self._topics.name,
            "session_timeout_seconds": 6,
        }
        return WorkerSettings(**settings | more)

    def append(self, value, key=None, partition=0, timestamp_ms=0, headers=()):
        self._producer.send(
            self._topics.input, value, key, list(headers), partition, timestamp_ms
        ).get(10)

    def source(self, worker_id, max_batch=500):
        return KafkaTweetSource(self.settings(max_batch=max_batch), worker_id)

    def publisher(self, worker_id, source):
        return TransactionalPublisher(self.settings(), worker_id, lambda seconds: None)

    def published(self, count):
        return read_topic(self._servers, self._topics.output, count)

    def dead_letters(self, count):
        return read_topic(self._servers, self._topics.dead, count)


@contextmanager
def worker(world, name="w1", max_batch=500):
    """Give a source and a publisher that act for one worker."""
    with ExitStack() as cleanup:
        source = cleanup.enter_context(closing(world.source(name, max_batch)))
        publisher = cleanup.enter_context(closing(world.publisher(name, source)))
        yield source, publisher


@contextmanager
def at_least_once_worker(world):
    """Give a source and a publisher on Kafka that act for one worker without transactions."""
    settings = world.settings(guarantee="at-least-once")
    with ExitStack() as cleanup:
        source = cleanup.enter_context(closing(KafkaTweetSource(settings, "w1")))
        publisher = AtLeastOncePublisher(settings, source, lambda seconds: None)
        yield source, cleanup.enter_context(closing(publisher))


def poll_together(*sources):
    """Poll all sources at the same time, as workers do; return their batches.

    A group rebalances when all members join at once: polled in turn they would keep one another
    waiting.
    """
    with ThreadPoolExecutor(len(sources)) as threads:
        return list(threads.map(lambda source: source.poll(0.2), sources))


def next_batch(*sources):
    """Poll the sources until one has records; return its batch."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for batch in poll_together(*sources):
            if batch.records:
                return batch
    raise AssertionError(f"no records within {PATIENCE_SECONDS} s")


def share_out(*sources):
    """Poll until both partitions are dealt out among the sources, each knowing its share."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert not any(batch.records for batch in poll_together(*sources))
        shares = [source.partitions or frozenset() for source in sources]
        if sorted(p for share in shares for p in share) == [0, 1] and all(shares):
            return
    raise AssertionError(f"the group did not settle within {PATIENCE_SECONDS} s")


def poll_until_assigned(source):
    """Poll until the group gives `source` a partition."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not source.partitions:
        assert time.monotonic() < deadline
        source.poll(0.2)


def poll_for_ever(source):
    """Poll until the source raises."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        source.poll(0.2)


def echo(batch):
    """Return the outcome that publishes every record as it came."""
    publications = [Publication.of(record, record.value) for record in batch.records]
    return Outcome(publications, [], [], [], None)


def later_generation(membership, generations):
    """Return the membership that a group has which has rebalanced so many times since."""
    if isinstance(membership, int):
        return membership + generations
    group = membership.group
    return membership._replace(
        group=group._replace(generation_id=group.generation_id + generations)
    )


def publish(publisher, batch):
    publisher.publish(echo(batch), batch.next_offsets, batch.membership)
