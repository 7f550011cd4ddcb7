"""The loop on the memory broker: what it does when publishing fails, stops, or is told to."""

import threading
import time

import pytest
from prometheus_client import CollectorRegistry

from worker import loop
from worker.errors import CannotGoOn, Fenced, PublishAborted, RecordsRefused, Storm
from worker.health import Health
from worker.memory_broker import MemoryBroker, MemoryPublisher, MemorySource
from worker.messages import Reason
from worker.metrics import WorkerMetrics
from worker.scoring import BatchScorer
from worker.storm import StormWatch
from worker.wire import decode_json


class StopWhenDone(MemorySource):
    """A source that ends the loop once everything is committed."""

    def __init__(self, broker, stop, max_batch):
        super().__init__(broker, max_batch)
        self._stop = stop

    def lag(self, in_flight):
        lag = super().lag(in_flight)
        if not in_flight and not any(lag.values()):
            self._stop.set()
        return lag


class FailingOnce(MemoryPublisher):
    """A publisher whose second transaction is aborted by the broker, once."""

    calls = 0

    def publish(self, outcome, offsets, membership):
        self.calls += 1
        if self.calls == 2:
            raise PublishAborted("the coordinator moved")
        super().publish(outcome, offsets, membership)


class Harness:
    """A loop with everything real but the broker."""

    def __init__(self, scorer, max_batch=2, source_class=StopWhenDone, storms=None):
        self.broker = MemoryBroker()
        self.stop = threading.Event()
        self.source = source_class(self.broker, self.stop, max_batch)
        self.registry = CollectorRegistry()
        self.metrics = WorkerMetrics(self.registry, scorer.labels)
        self.health = Health(lambda: 0.0)
        self.storms = storms or StormWatch(share=0.5, window=1_000)
        self.batches = BatchScorer(scorer, decode_json, record_limit_bytes=100_000)

    def run(self, publisher):
        ports = self.source, self.batches, publisher
        loop.run(*ports, self.storms, self.metrics, self.health, self.stop)

    def value(self, name, **labels):
        return self.registry.get_sample_value(f"tweet_sentiment_{name}", labels)


@pytest.fixture(params=["one after the other", "read ahead"])
def harness(request, scorer, monkeypatch):
    """Give a loop whose batches count as small ones, and one whose batches count as large."""
    least = 1 if request.param == "read ahead" else 1_000
    monkeypatch.setattr(loop, "READ_AHEAD_FROM_RECORDS", least)
    return Harness(scorer)


def offsets_published(broker):
    published = [b'"offset":%d}' % offset in p.value for offset, p in enumerate(broker.published)]
    assert all(published)
    return len(published)


def test_every_record_is_published_once_and_in_order(harness):
    for number in range(5):
        harness.broker.append(b'{"text": "tweet %d"}' % number)
    harness.run(MemoryPublisher(harness.broker))
    assert offsets_published(harness.broker) == 5
    assert harness.broker.committed == {0: 5}
    assert harness.value("batches_total", outcome="committed") == 3
    assert harness.value("consumer_lag", partition="0") == 0


def test_an_aborted_batch_is_done_again_and_nothing_is_seen_twice(harness):
    for number in range(6):
        harness.broker.append(b'{"text": "tweet %d"}' % number)
    harness.run(FailingOnce(harness.broker))
    assert offsets_published(harness.broker) == 6
    # The batch behind the one that failed may have been in flight too.
    assert harness.value("batches_total", outcome="aborted") in (1, 2)
    assert harness.value("consumed_total", partition="0") == 6


def test_a_broken_record_becomes_a_dead_letter_between_its_neighbours(harness):
    for value in (b'{"text": "a"}', b"not JSON", b'{"text": "c"}'):
        harness.broker.append(value)
    harness.run(MemoryPublisher(harness.broker))
    assert len(harness.broker.published) == 2
    assert [letter.record.offset for letter in harness.broker.dead_letters] == [1]
    assert harness.value("dead_letters_total", reason="invalid-json") == 1


def test_a_batch_of_nothing_but_broken_records_is_committed_too(harness):
    harness.broker.append(b"not JSON")
    harness.run(MemoryPublisher(harness.broker))
    assert harness.broker.committed == {0: 1}


def test_a_worker_whose_name_was_taken_leaves(harness):
    harness.broker.append(b'{"text": "a"}')
    MemorySource(harness.broker, worker_id=harness.source.worker_id)
    with pytest.raises(Fenced, match="SENTIMENT_WORKER_ID"):
        harness.run(MemoryPublisher(harness.broker))
    assert harness.broker.committed == {}


def test_the_batches_in_flight_are_finished_when_the_loop_is_told_to_stop(harness):
    class StopsWhilePublishing(MemoryPublisher):
        def publish(self, outcome, offsets, membership):
            harness.stop.set()
            super().publish(outcome, offsets, membership)

    for number in range(6):
        harness.broker.append(b'{"text": "tweet %d"}' % number)
    harness.run(StopsWhilePublishing(harness.broker))
    assert harness.broker.committed == {0: offsets_published(harness.broker)}
    assert offsets_published(harness.broker) in (2, 4, 6)


def test_a_loop_with_partitions_is_ready(harness):
    harness.run(MemoryPublisher(harness.broker))
    assert harness.health.ready


def test_a_batch_that_fails_is_done_again_though_nothing_else_comes(harness):
    class FailsFirst(MemoryPublisher):
        failed = False

        def publish(self, outcome, offsets, membership):
            if not self.failed:
                self.failed = True
                raise PublishAborted("the coordinator moved")
            super().publish(outcome, offsets, membership)

    harness.broker.append(b'{"text": "alone"}')
    harness.run(FailsFirst(harness.broker))
    assert harness.broker.committed == {0: 1}
    assert harness.value("batches_total", outcome="aborted") == 1


def test_what_is_overtaken_by_a_rebalance_is_done_again_once(scorer, monkeypatch):
    """The group gives partitions up within a poll, with batches in flight that nobody announced."""
    monkeypatch.setattr(loop, "READ_AHEAD_FROM_RECORDS", 1)

    class Overtaken(StopWhenDone):
        polls = 0
        rebalancing = False

        def poll(self, timeout_seconds):
            self.polls += 1
            if self.polls == 4:
                newcomer = MemorySource(self._broker)
                batch = super().poll(timeout_seconds)
                newcomer.poll(timeout_seconds)
                return batch
            return super().poll(timeout_seconds)

    class Slow(MemoryPublisher):
        def publish(self, outcome, offsets, membership):
            while self.calls == 1 and harness.source.polls < 4:
                time.sleep(0.001)
            self.calls += 1
            super().publish(outcome, offsets, membership)

        calls = 0

    harness = Harness(scorer, source_class=Overtaken)
    for number in range(40):
        harness.broker.append(b'{"text": "tweet %d"}' % number)
    harness.run(Slow(harness.broker))
    assert offsets_published(harness.broker) == 40
    assert harness.value("batches_total", outcome="aborted") > 0


def test_nothing_is_read_while_a_small_batch_is_in_flight(scorer):
    class Watches(StopWhenDone):
        read_ahead = False

        def poll(self, timeout_seconds):
            self.read_ahead |= (self._positions or {}) != self._broker.committed
            return super().poll(timeout_seconds)

    harness = Harness(scorer, source_class=Watches)
    for number in range(40):
        harness.broker.append(b'{"text": "tweet %d"}' % number)
    harness.run(MemoryPublisher(harness.broker))
    assert offsets_published(harness.broker) == 40
    assert not harness.source.read_ahead


def test_what_is_in_flight_is_committed_before_partitions_are_given_up(scorer, monkeypatch):
    monkeypatch.setattr(loop, "READ_AHEAD_FROM_RECORDS", 1)

    class Shares(StopWhenDone):
        """Meets a newcomer at its fifth turn, and gives its partitions up to it."""

        turns = 0
        newcomer = None
        given_up = ()

        @property
        def rebalancing(self):
            self.turns += 1
            if self.turns == 5:
                self.newcomer = MemorySource(self._broker)
            return super().rebalancing

        def poll(self, timeout_seconds):
            if self.turns == 5:
                self.given_up = (dict(self._positions), dict(self._broker.committed))
            batch = super().poll(timeout_seconds)
            if self.turns == 5:
                self.newcomer.poll(timeout_seconds)
            return batch

    harness = Harness(scorer, source_class=Shares)
    for number in range(40):
        harness.broker.append(b'{"text": "tweet %d"}' % number)
    harness.run(MemoryPublisher(harness.broker))
    read, committed = harness.source.given_up
    assert read == committed == {0: 10}
    assert offsets_published(harness.broker) == 40
    assert harness.value("batches_total", outcome="aborted") == 0


def test_a_storm_stops_the_worker_before_the_batch_that_shows_it_is_published(scorer):
    harness = Harness(scorer, storms=StormWatch(share=0.5, window=4))
    good, bad = b'{"text": "a"}', b"not JSON"
    for value in (good, bad, good, bad, bad, bad, good):
        harness.broker.append(value)
    with pytest.raises(Storm, match="invalid-json: 2 in the last batch"):
        harness.run(MemoryPublisher(harness.broker))
    assert harness.broker.committed == {0: 4}


def test_a_batch_that_is_done_again_counts_once_for_a_storm(scorer):
    harness = Harness(scorer, storms=StormWatch(share=0.5, window=4))
    for value in (b'{"text": "a"}', b'{"text": "b"}', b"not JSON", b"not JSON"):
        harness.broker.append(value)
    harness.run(FailingOnce(harness.broker))
    assert harness.broker.committed == {0: 4}
    assert list(harness.storms.recent) == [False, False, True, True]


class Refusing(MemoryPublisher):
    """Takes no scored record of odd offset; letters of those in `never` neither."""

    never = frozenset()

    def publish(self, outcome, offsets, membership):
        refused = [p.offset for p in outcome.publications if p.offset % 2]
        refused += [x.record.offset for x in outcome.dead_letters if x.record.offset in self.never]
        if refused:
            raise RecordsRefused({(0, offset): "too far in the future" for offset in refused})
        super().publish(outcome, offsets, membership)


def test_records_that_the_output_topic_refuses_become_dead_letters(harness):
    for number in range(6):
        harness.broker.append(b'{"text": "tweet %d"}' % number)
    harness.run(Refusing(harness.broker))
    assert [publication.offset for publication in harness.broker.published] == [0, 2, 4]
    letters = harness.broker.dead_letters
    assert [letter.record.offset for letter in letters] == [1, 3, 5]
    assert {letter.reason for letter in letters} == {Reason.REFUSED}
    assert letters[0].message == "too far in the future"
    assert harness.value("dead_letters_total", reason="refused") == 3


def test_a_worker_leaves_when_not_even_the_dead_letter_is_taken(harness):
    for number in range(2):
        harness.broker.append(b'{"text": "tweet %d"}' % number)
    publisher = Refusing(harness.broker)
    publisher.never = {1}
    with pytest.raises(CannotGoOn, match=r"message\.timestamp"):
        harness.run(publisher)
    assert harness.broker.committed == {}
