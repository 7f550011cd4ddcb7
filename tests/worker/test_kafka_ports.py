"""What the ports do on a real Kafka beside their contract: heirs, and topics that change."""

import time
import uuid
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
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


def test_offsets_of_the_old_topic_beyond_the_end_of_the_new_one_hide_nothing(kafka, topics):
    """The client takes them when the group gives it a partition, and finds nothing there."""
    with (
        closing(OnKafka(kafka.bootstrap_servers, topics)) as world,
        worker(world) as (owner, publisher),
        worker(world, "w2") as (heir, _),
    ):
        share_out(owner, heir)
        [partition] = owner.partitions
        world.append(b"new", partition=partition)
        batch = next_batch(owner)
        of_old_topic = batch.membership._replace(topic_id=str(uuid.uuid4()))
        publisher.publish(echo(batch), {partition: 5}, of_old_topic)
        owner.close()
        assert not heir.poll(3.0).records
        assert [record.value for record in next_batch(heir).records] == [b"new"]


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
    told = capsys.readouterr().out
    assert "retention" in told
    assert "records=2" in told


def test_behind_records_that_the_broker_has_lost_it_is_read_on(kafka, topics, capsys, eventually):
    """An unclean election takes what was acknowledged, read and committed."""
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world:
        world.append(b"kept")
        with worker(world) as (source, publisher):
            batch = next_batch(source)
            publisher.publish(echo(batch), {0: 3}, batch.membership)
        with worker(world) as (source, _):

            def told():
                assert not source.poll(0.2).records
                return "lost records that were read already" in capsys.readouterr().out

            eventually(told)
        world.append(b"new")
        with worker(world) as (source, _):
            assert [record.value for record in next_batch(source).records] == [b"new"]


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
