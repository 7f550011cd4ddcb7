"""The contract of the two ports, held to by the memory broker and by a real Kafka alike."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from tests.reading import read_topic
from worker.errors import Fenced, PublishAborted, RecordsRefused
from worker.kafka_heir import end_orphaned_transactions
from worker.kafka_publisher import AtLeastOncePublisher, TransactionalPublisher
from worker.kafka_source import KafkaTweetSource
from worker.memory_broker import MemoryBroker, MemoryPublisher, MemorySource
from worker.messages import DeadLetter, Outcome, Publication, Reason
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


@pytest.fixture(params=["memory", "kafka"])
def world(request):
    """Give a broker with an empty input topic of two partitions."""
    if request.param == "memory":
        yield InMemory()
        return
    kafka = request.getfixturevalue("kafka")
    with closing(OnKafka(kafka.bootstrap_servers, request.getfixturevalue("topics"))) as world:
        yield world


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


def test_records_come_in_order_with_everything_that_they_carry(world):
    world.append(b"one", b"k", 1, 1_700_000_000_123, (("trace", b"abc"),))
    world.append(b"two", None, 1, 1_700_000_000_456)
    with worker(world) as (source, _):
        batch = next_batch(source)
        one, two = batch.records
        assert (one.partition, one.offset, one.timestamp_ms) == (1, 0, 1_700_000_000_123)
        assert (one.key, one.value, one.headers) == (b"k", b"one", (("trace", b"abc"),))
        assert (two.key, two.value, two.offset) == (None, b"two", 1)
        assert batch.next_offsets == {1: 2}


def test_a_batch_is_never_larger_than_allowed(world):
    for number in range(5):
        world.append(b"%d" % number)
    with worker(world, max_batch=2) as (source, _):
        assert len(next_batch(source).records) <= 2


def test_what_is_published_keeps_key_timestamp_headers_and_partition(world):
    world.append(b"one", b"k", 1, 1_700_000_000_123, (("trace", b"abc"),))
    with worker(world) as (source, publisher):
        publish(publisher, next_batch(source))
    (record,) = world.published(1)
    assert (record.key, record.value, record.partition) == (b"k", b"one", 1)
    assert record.timestamp_ms == 1_700_000_000_123
    assert tuple(record.headers) == (("trace", b"abc"),)


def test_a_deletion_is_published_as_a_null_value(world):
    world.append(None, b"k")
    with worker(world) as (source, publisher):
        publish(publisher, next_batch(source))
    (record,) = world.published(1)
    assert (record.key, record.value) == (b"k", None)


def test_dead_letters_go_where_they_belong(world):
    world.append(b"broken", b"k", 1)
    with worker(world) as (source, publisher):
        batch = next_batch(source)
        letter = DeadLetter(batch.records[0], Reason.INVALID_JSON, "not JSON")
        outcome = Outcome([], [letter], [], [], None)
        publisher.publish(outcome, batch.next_offsets, batch.membership)
    assert len(world.dead_letters(1)) == 1
    assert len(world.published(0)) == 0


def test_a_published_batch_is_not_read_again_by_the_next_worker(world):
    world.append(b"one")
    with worker(world) as (source, publisher):
        publish(publisher, next_batch(source))
    world.append(b"two")
    with worker(world, "w2") as (source, _):
        assert [record.value for record in next_batch(source).records] == [b"two"]


def test_a_batch_that_was_not_published_is_read_again_after_a_rewind(world):
    world.append(b"one")
    world.append(b"two")
    with worker(world, max_batch=1) as (source, publisher):
        publish(publisher, next_batch(source))
        assert [record.value for record in next_batch(source).records] == [b"two"]
        source.rewind()
        assert [record.value for record in next_batch(source).records] == [b"two"]


def test_a_batch_that_was_not_published_is_read_by_the_next_worker(world):
    world.append(b"one")
    with worker(world) as (source, _):
        next_batch(source)
    with worker(world, "w2") as (source, _):
        assert [record.value for record in next_batch(source).records] == [b"one"]


def test_a_worker_whose_group_has_moved_on_cannot_publish(world):
    world.append(b"one", partition=0)
    with worker(world, "w1") as (first, publisher):
        stale = next_batch(first)
        with worker(world, "w2") as (second, _):
            first.rewind()
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not (first.partitions and second.partitions) or len(first.partitions) == 2:
                assert time.monotonic() < deadline
                poll_together(first, second)
            with pytest.raises(PublishAborted):
                publish(publisher, stale)
            first.rewind()
            again = next_batch(first, second)
            assert [record.value for record in again.records] == [b"one"]
    assert len(world.published(0)) == 0


def test_after_an_aborted_publish_the_same_publisher_works_again(world):
    world.append(b"one")
    with worker(world) as (source, publisher):
        batch = next_batch(source)
        wrong = later_generation(batch.membership, 7)
        with pytest.raises(PublishAborted):
            publisher.publish(echo(batch), batch.next_offsets, wrong)
        source.rewind()
        publisher.recover()
        publish(publisher, next_batch(source))
    assert [record.value for record in world.published(1)] == [b"one"]


def test_a_worker_whose_name_was_taken_must_leave(world):
    with worker(world, "w1") as (first, _):
        poll_until_assigned(first)
        with closing(world.source("w1")) as rival, ThreadPoolExecutor(1) as thread:
            joining = thread.submit(poll_until_assigned, rival)
            with pytest.raises(Fenced, match="SENTIMENT_WORKER_ID"):
                poll_for_ever(first)
            joining.result()
            # It leaves alone: the other keeps what it has.
            first.close()
            world.append(b"one")
            with closing(world.publisher("w1", rival)) as publisher:
                publish(publisher, next_batch(rival))
    assert [record.value for record in world.published(1)] == [b"one"]


def test_a_worker_whose_name_was_taken_is_told_so_before_it_takes_its_name_back(world):
    with worker(world, "w1") as (first, _):
        poll_until_assigned(first)
        with closing(world.source("w1")) as rival, ThreadPoolExecutor(1) as thread:
            joining = thread.submit(poll_until_assigned, rival)
            joining.result()
            with pytest.raises(Fenced, match="SENTIMENT_WORKER_ID"):
                first.rewind()


def test_a_publisher_that_was_interrupted_by_another_of_its_name_goes_on(world):
    """An heir has ended our transaction: nothing of it is to be seen, and we are still there."""
    world.append(b"one")
    with worker(world, "w1") as (source, publisher):
        batch = next_batch(source)
        with closing(world.publisher("w1", source)), pytest.raises(PublishAborted):
            publish(publisher, batch)
        source.rewind()
        publisher.recover()
        publish(publisher, next_batch(source))
    assert [record.value for record in world.published(1)] == [b"one"]


def test_two_workers_share_the_partitions_and_one_that_leaves_gives_its_own_back(world):
    with worker(world, "w1") as (first, _):
        with worker(world, "w2") as (second, _):
            share_out(first, second)
            assert first.partitions.isdisjoint(second.partitions)
        share_out(first)
        assert first.partitions == {0, 1}


def test_a_source_tells_before_it_gives_partitions_up_and_can_still_publish_then(world):
    world.append(b"one")
    with worker(world, "w1") as (first, publisher):
        batch = next_batch(first)
        assert not first.rebalancing
        with ExitStack() as cleanup, ThreadPoolExecutor(1) as thread:
            second = cleanup.enter_context(closing(world.source("w2")))
            joining = thread.submit(poll_until_assigned, second)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not first.rebalancing:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            publish(publisher, batch)
            while not joining.done():
                assert not first.poll(0.2).records
            joining.result()
    assert [record.value for record in world.published(1)] == [b"one"]


def test_lag_counts_what_is_left_after_the_committed_offset(world):
    for number in range(5):
        world.append(b"%d" % number)
    with worker(world, max_batch=2) as (source, publisher):
        publish(publisher, next_batch(source))
        assert source.lag({})[0] == 3
        assert source.lag({0: 1})[0] == 4


@pytest.mark.parametrize("compression", ["gzip", "snappy", "lz4", "zstd"])
def test_every_compression_that_a_producer_may_use_is_read(kafka, topics, compression):
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        producer = KafkaProducer(
            bootstrap_servers=kafka.bootstrap_servers, compression_type=compression
        )
        producer.send(topics.input, b"compressed " * 100)
        producer.close()
        with closing(world.source("w1")) as source:
            assert next_batch(source).records[0].value == b"compressed " * 100


def test_at_least_once_on_kafka_publishes_and_commits(kafka, topics):
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        world.append(b"one")
        with at_least_once_worker(world) as (source, publisher):
            publish(publisher, next_batch(source))
        world.append(b"two")
        with worker(world, "w2") as (source, _):
            assert [record.value for record in next_batch(source).records] == [b"two"]
        assert [record.value for record in world.published(1)] == [b"one"]


def test_at_least_once_on_kafka_does_not_commit_for_a_group_that_moved_on(kafka, topics):
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        world.append(b"one")
        with at_least_once_worker(world) as (source, publisher):
            batch = next_batch(source)
            stale = later_generation(batch.membership, -1)
            with pytest.raises(PublishAborted):
                publisher.publish(echo(batch), batch.next_offsets, stale)
            source.rewind()
            assert [record.value for record in next_batch(source).records] == [b"one"]


@pytest.mark.parametrize("guarantee", [worker, at_least_once_worker])
def test_records_that_the_output_topic_refuses_are_told_and_the_others_get_through(
    kafka, topics, guarantee
):
    topics.output = f"{topics.name}.compacted"
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    compacted = {"num_partitions": 2, "configs": {"cleanup.policy": "compact"}}
    admin.create_topics({topics.output: compacted}, wait_for_metadata=True)
    admin.close()
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        for key in (b"k", None, b"k", None):
            world.append(b"one", key)
        with guarantee(world) as (source, publisher):
            batch = next_batch(source)
            assert len(batch.records) == 4
            with pytest.raises(RecordsRefused) as refused:
                publish(publisher, batch)
            assert refused.value.reasons.keys() == {(0, 1), (0, 3)}
            assert f"{topics.output} refuses it" in refused.value.reasons[0, 1]
            publisher.recover()
            fine = Outcome([Publication.of(batch.records[0], b"one")], [], [], [], None)
            publisher.publish(fine, batch.next_offsets, batch.membership)
        assert [record.key for record in world.published(1)] == [b"k"]


def leave_transaction_open(topics, publisher, batch):
    """Do all that a publisher does, but for the commit; return what commits."""
    producer = publisher._outbox.producer
    producer.begin_transaction()
    deliveries = publisher._outbox.put(producer, echo(batch))
    membership = batch.membership
    producer.send_offsets_to_transaction(
        membership.positions(topics.input, batch.next_offsets), membership.group
    )
    publisher._outbox.settle(deliveries)
    return producer.commit_transaction


def test_offsets_of_an_open_transaction_are_waited_for_not_skipped(kafka, topics):
    """KIP-447: else a transaction could commit after its partitions were read anew."""
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        world.append(b"one", partition=0)
        world.append(b"one", partition=1)
        patient = world.settings(transaction_timeout_seconds=60)
        with (
            closing(world.source("w1")) as owner,
            closing(TransactionalPublisher(patient, "w1", lambda seconds: None)) as publisher,
        ):
            batch = next_batch(owner)
            assert batch.next_offsets == {0: 1, 1: 1}
            commit = leave_transaction_open(topics, publisher, batch)
            with closing(world.source("w2")) as heir:
                share_out(owner, heir)
                for _ in range(3):
                    assert not any(batch.records for batch in poll_together(owner, heir))
                commit()
                world.append(b"two", partition=next(iter(heir.partitions)))
                assert [r.value for r in next_batch(owner, heir).records] == [b"two"]
        assert [record.value for record in world.published(2)] == [b"one", b"one"]


def test_the_open_transaction_of_a_worker_that_is_gone_is_ended_by_its_heir(kafka, topics):
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        world.append(b"one")
        with worker(world, "w1") as (source, publisher):
            commit = leave_transaction_open(topics, publisher, next_batch(source))
            source.close()
            started = time.monotonic()
            with worker(world, "w2") as (heir, publisher_of_heir):
                publish(publisher_of_heir, next_batch(heir))
            # The broker would have ended it after ten seconds at the earliest.
            assert time.monotonic() - started < 9
            with pytest.raises(KafkaError):
                commit()
        assert [record.value for record in world.published(1)] == [b"one"]


def test_an_heir_leaves_the_transactions_of_others_alone(kafka, topics):
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        world.append(b"one", partition=0)
        world.append(b"one", partition=1)
        others = world.settings(group_id=f"{topics.name}-other")
        with (
            closing(world.source("w1")) as owner,
            closing(TransactionalPublisher(others, "w1", lambda seconds: None)) as stranger,
        ):
            producer = stranger._outbox.producer
            producer.begin_transaction()
            stranger._outbox.settle(stranger._outbox.put(producer, echo(next_batch(owner))))
            assert end_orphaned_transactions(world.settings()) == []
            producer.commit_transaction()


def test_a_topic_that_is_made_anew_is_read_from_its_beginning(kafka, topics):
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    with (
        closing(admin),
        closing(OnKafka(kafka.bootstrap_servers, topics)) as world,
        worker(world) as (source, publisher),
    ):
        for number in range(3):
            world.append(b"old %d" % number)
        done = {}
        while done != {0: 3}:
            batch = next_batch(source)
            publish(publisher, batch)
            done = batch.next_offsets
        admin.delete_topics([topics.input])
        wait_until_gone(admin, topics.input)
        admin.create_topics({topics.input: {"num_partitions": 2}}, wait_for_metadata=True)
        # As many as before, so that no offset is out of range.
        for number in range(3):
            world.append(b"new %d" % number)
        seen = []
        while len(seen) < 3:
            batch = next_batch(source)
            publish(publisher, batch)
            seen += [record.value for record in batch.records]
        assert seen == [b"new 0", b"new 1", b"new 2"]


def test_a_join_that_has_lost_its_reason_is_finished(kafka, topics):
    """As when the topic is missing from the metadata for a moment, and then back."""
    with (
        closing(OnKafka(kafka.bootstrap_servers, topics)) as world,
        closing(world.source("w1")) as source,
    ):
        poll_until_assigned(source)
        coordinator = source._consumer._coordinator
        coordinator._disable_heartbeat()
        coordinator.rejoining = True
        deadline = time.monotonic() + PATIENCE_SECONDS
        while coordinator.rejoining or not coordinator._heartbeat_enabled:
            assert time.monotonic() < deadline
            source.poll(0.2)


def test_offsets_of_a_topic_that_was_made_anew_while_nobody_read_hide_nothing(kafka, topics):
    """The broker forgets a deleted topic's offsets; those in an open transaction may come late."""
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        world.append(b"new")
        with worker(world) as (source, publisher):
            batch = next_batch(source)
            of_old_topic = batch.membership._replace(topic_id=str(uuid.uuid4()))
            publisher.publish(echo(batch), batch.next_offsets, of_old_topic)
        with worker(world, "w2") as (source, _):
            assert [record.value for record in next_batch(source).records] == [b"new"]


def test_records_that_were_deleted_before_they_were_read_are_passed_over(kafka, topics, capsys):
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    with closing(admin), closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        for number in range(5):
            world.append(b"%d" % number)
        with worker(world, max_batch=1) as (source, publisher):
            publish(publisher, next_batch(source))
        admin.delete_records({TopicPartition(topics.input, 0): 3})
        with worker(world) as (source, _):
            assert [record.value for record in next_batch(source).records] == [b"3", b"4"]
    assert "retention" in capsys.readouterr().out


def test_partitions_that_are_added_while_running_are_read_from_their_beginning(kafka, topics):
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    with (
        closing(admin),
        closing(OnKafka(kafka.bootstrap_servers, topics)) as world,
        closing(world.source("w1")) as source,
    ):
        poll_until_assigned(source)
        admin.create_partitions({topics.input: 3})
        # A producer that knows of the new partition before the worker does.
        with closing(OnKafka(kafka.bootstrap_servers, topics)) as later:
            later.append(b"early", partition=2)
        assert [record.value for record in next_batch(source).records] == [b"early"]


def test_partitions_that_are_added_are_seen_by_a_leader_that_came_back_under_its_id(kafka, topics):
    """The group does not rebalance for it, and kafka-python does not tell it that it leads."""
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    with closing(admin), closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        killed = world.source("w1")
        poll_until_assigned(killed)
        killed._consumer.close(autocommit=False, timeout_ms=0)
        with closing(world.source("w1")) as source:
            poll_until_assigned(source)
            admin.create_partitions({topics.input: 3})
            deadline = time.monotonic() + PATIENCE_SECONDS
            while source.partitions != {0, 1, 2}:
                assert time.monotonic() < deadline
                source.poll(0.2)


def wait_until_gone(admin, topic):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while topic in admin.list_topics():
        assert time.monotonic() < deadline
        time.sleep(0.02)
