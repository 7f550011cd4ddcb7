"""The metrics are a contract: names, labels, and values that are there before the first tweet."""

import pytest
from prometheus_client import CollectorRegistry

from worker.messages import DeadLetter, Outcome, RawRecord, Reason
from worker.metrics import WorkerMetrics

LABELS = ("negative", "neutral", "positive")


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def metrics(registry):
    return WorkerMetrics(registry, LABELS, wall_clock=lambda: 1_000.0)


def record(partition=0, timestamp_ms=999_000):
    return RawRecord("tweets", partition, 0, timestamp_ms, b"k", b"v", ())


def test_every_metric_of_the_contract_is_declared_with_its_labels(registry, metrics):
    declared = {family.name: family.type for family in registry.collect()}
    assert declared == {
        "tweet_sentiment_consumed": "counter",
        "tweet_sentiment_scored": "counter",
        "tweet_sentiment_dead_letters": "counter",
        "tweet_sentiment_batches": "counter",
        "tweet_sentiment_batch_size": "histogram",
        "tweet_sentiment_stage_seconds": "histogram",
        "tweet_sentiment_end_to_end_seconds": "histogram",
        "tweet_sentiment_consumer_lag": "gauge",
        "tweet_sentiment_unknown_token_ratio": "gauge",
        "tweet_sentiment_confidence": "histogram",
        "tweet_sentiment_model_info": "gauge",
        "tweet_sentiment_build_info": "gauge",
    }


def test_every_label_value_exists_before_the_first_record(registry, metrics):
    value = registry.get_sample_value
    for label in LABELS:
        assert value("tweet_sentiment_scored_total", {"label": label}) == 0
    for reason in Reason:
        assert value("tweet_sentiment_dead_letters_total", {"reason": reason.value}) == 0
    for outcome in ("committed", "aborted"):
        assert value("tweet_sentiment_batches_total", {"outcome": outcome}) == 0
    for stage in ("poll", "prepare", "score", "publish"):
        assert value("tweet_sentiment_stage_seconds_count", {"stage": stage}) == 0


def test_a_committed_batch_is_counted_once_in_every_metric(registry, metrics):
    letter = DeadLetter(record(1), Reason.INVALID_JSON, "not JSON")
    records = [record(0), record(0), record(1, timestamp_ms=-1)]
    outcome = Outcome((), (letter,), ("positive", "positive"), (0.9, 0.4), 0.25)
    metrics.committed(records, outcome)
    value = registry.get_sample_value
    assert value("tweet_sentiment_consumed_total", {"partition": "0"}) == 2
    assert value("tweet_sentiment_consumed_total", {"partition": "1"}) == 1
    assert value("tweet_sentiment_scored_total", {"label": "positive"}) == 2
    assert value("tweet_sentiment_dead_letters_total", {"reason": "invalid-json"}) == 1
    assert value("tweet_sentiment_batches_total", {"outcome": "committed"}) == 1
    assert value("tweet_sentiment_batch_size_sum") == 3
    assert value("tweet_sentiment_unknown_token_ratio") == 0.25
    assert value("tweet_sentiment_confidence_count") == 2
    # One second from the timestamp to the commit; a record without a timestamp has none.
    assert value("tweet_sentiment_end_to_end_seconds_count") == 2
    assert value("tweet_sentiment_end_to_end_seconds_sum") == pytest.approx(2.0)


def test_an_aborted_batch_counts_as_nothing_but_aborted(registry, metrics):
    metrics.aborted(1)
    value = registry.get_sample_value
    assert value("tweet_sentiment_batches_total", {"outcome": "aborted"}) == 1
    assert value("tweet_sentiment_batches_total", {"outcome": "committed"}) == 0


def test_the_lag_of_a_revoked_partition_is_gone_and_its_count_stays(registry, metrics):
    metrics.assign(frozenset({0, 1}))
    metrics.lag({0: 5, 1: 7})
    metrics.committed([record(0)], Outcome((), (), (), (), None))
    metrics.assign(frozenset({1}))
    value = registry.get_sample_value
    assert value("tweet_sentiment_consumer_lag", {"partition": "0"}) is None
    assert value("tweet_sentiment_consumer_lag", {"partition": "1"}) == 7
    assert value("tweet_sentiment_consumed_total", {"partition": "0"}) == 1


def test_a_lag_told_while_the_group_decides_does_not_stay(registry, metrics):
    metrics.assign(frozenset({0, 1}))
    metrics.assign(frozenset())
    metrics.lag({})
    metrics.assign(frozenset({0}))
    metrics.lag({0: 3})
    assert registry.get_sample_value("tweet_sentiment_consumer_lag", {"partition": "1"}) is None
    assert registry.get_sample_value("tweet_sentiment_consumer_lag", {"partition": "0"}) == 3


def test_the_model_and_the_build_are_told(registry, metrics):
    metrics.model("default", "ab" * 32, "keras")
    labels = {"name": "default", "sha256": "ab" * 32, "engine": "keras"}
    assert registry.get_sample_value("tweet_sentiment_model_info", labels) == 1
