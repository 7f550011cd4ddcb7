"""The demo's arithmetic: counts, duplicates, rates and latencies."""

import json
from types import SimpleNamespace

import pytest

from demo.tally import Tally


def scored(offset, label="positive", partition=0, tweet_id=None, timestamp_ms=1_000_000):
    value = {
        "id": tweet_id,
        "text": "x",
        "label": label,
        "probabilities": {label: 0.9},
        "source": {"topic": "tweets", "partition": partition, "offset": offset},
    }
    return SimpleNamespace(value=json.dumps(value).encode(), timestamp_ms=timestamp_ms)


def dead(offset, reason="wrong-type", partition=0):
    headers = {"reason": reason, "message": "why", "partition": str(partition), "offset": offset}
    named = [("a-user's", b"\xff")]
    named += [(f"sentiment.error.{name}", str(text).encode()) for name, text in headers.items()]
    return SimpleNamespace(value=b"{", headers=named)


@pytest.fixture
def tally():
    return Tally({0: 5}, started_seconds=1_000.0)


def test_each_outcome_is_counted_once(tally):
    tally.add_scored([scored(5, tweet_id="a"), scored(6, "negative", tweet_id="b")], 1_001.0)
    tally.add_dead([dead(7)], 1_001.0)
    tally.add_scored([SimpleNamespace(value=None, timestamp_ms=0)], 1_001.0)
    assert (tally.scored, tally.dead, tally.deletions, tally.accounted_for) == (2, 1, 1, 4)
    assert tally.duplicates == 0
    assert tally.distinct_ids == (2, 2)
    assert tally.labels == {"positive": 1, "negative": 1}
    assert tally.reasons == {"wrong-type": 1}


def test_a_record_seen_twice_is_a_duplicate_whatever_became_of_it(tally):
    tally.add_scored([scored(5), scored(5)], 1_001.0)
    tally.add_dead([dead(5)], 1_001.0)
    assert tally.duplicates == 2


def test_what_an_earlier_run_published_does_not_count(tally):
    tally.add_scored([scored(4), scored(0, partition=1)], 1_001.0)
    tally.add_dead([dead(3)], 1_001.0)
    assert (tally.scored, tally.dead) == (1, 0)


def test_latency_is_from_the_records_timestamp_to_reading_its_score(tally):
    records = [scored(n, timestamp_ms=1_000_000 + 10 * n) for n in range(5, 105)]
    tally.add_scored(records, 1_002.0)
    p50, p99 = tally.latency_seconds()
    assert p50 == pytest.approx(2.0 - 0.54, abs=0.011)
    assert p99 == pytest.approx(2.0 - 0.06, abs=0.011)


def test_the_rate_looks_at_the_last_seconds_only(tally):
    tally.add_scored([scored(n) for n in range(5, 105)], 1_001.0)
    assert tally.rate(1_010.0) == 0
    tally.add_scored([scored(n) for n in range(105, 205)], 1_010.0)
    assert tally.rate(1_010.0) == 20.0
