"""Topics that change under a source on a real Kafka: made anew, cut, grown."""

import time
import uuid
from contextlib import closing

from kafka import KafkaAdminClient, OffsetAndMetadata, TopicPartition
from kafka.errors import LogTruncationError

from tests.worker.worlds import (
    PATIENCE_SECONDS,
    OnKafka,
    echo,
    next_batch,
    poll_until_assigned,
    publish,
    share_out,
    worker,
)


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


def test_a_truncation_of_which_the_client_tells_too_late_hides_nothing(kafka, topics, capsys):
    """In the background it compares a topic made anew with where we were in the old one."""
    with closing(OnKafka(kafka.bootstrap_servers, topics)) as world, worker(world) as (source, _):
        for number in range(3):
            world.append(b"%d" % number)
        assert next_batch(source).records
        where = TopicPartition(topics.input, 0)
        parted = LogTruncationError({where: OffsetAndMetadata(3, "", 0)})
        source._consumer._fetcher._cached_log_truncation = parted
        source.rewind()
        assert [record.value for record in next_batch(source).records] == [b"0", b"1", b"2"]
    assert "lost records" not in capsys.readouterr().out


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
