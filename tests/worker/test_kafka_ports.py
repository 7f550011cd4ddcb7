"""What the ports do on a real Kafka beside their contract: compression, refusals, heirs."""

import time
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError

from tests.worker.worlds import (
    PATIENCE_SECONDS,
    OnKafka,
    at_least_once_worker,
    echo,
    later_generation,
    next_batch,
    poll_together,
    poll_until_assigned,
    publish,
    share_out,
    worker,
)
from worker.errors import PublishAborted, RecordsRefused
from worker.kafka_heir import end_orphaned_transactions
from worker.kafka_publisher import TransactionalPublisher
from worker.messages import Outcome, Publication


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
