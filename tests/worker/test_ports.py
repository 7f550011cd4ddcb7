"""The contract of the two ports, held to by the memory broker and by a real Kafka alike."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest

from tests.worker.worlds import (
    PATIENCE_SECONDS,
    InMemory,
    OnKafka,
    echo,
    later_generation,
    next_batch,
    poll_for_ever,
    poll_together,
    poll_until_assigned,
    publish,
    share_out,
    worker,
)
from worker.errors import Fenced, PublishAborted
from worker.messages import DeadLetter, Outcome, Reason


@pytest.fixture(params=["memory", "kafka"])
def world(request):
    """Give a broker with an empty input topic of two partitions."""
    if request.param == "memory":
        yield InMemory()
        return
    kafka = request.getfixturevalue("kafka")
    with closing(OnKafka(kafka.bootstrap_servers, request.getfixturevalue("topics"))) as world:
        yield world


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
