"""Every contestant scores every tweet, and as the worker does."""

from contextlib import ExitStack, closing
from dataclasses import replace

import msgspec
import pytest
from kafka import KafkaConsumer

from benchmarks.committed_output import committed_output
from benchmarks.contestants import BYTEWAX, CONTESTANTS, QUIX, STRAIGHTFORWARD, WORKER
from benchmarks.errors import ContestantFailed
from benchmarks.held_back_tweets import HeldBackTweets
from benchmarks.running import running
from benchmarks.texts import tweets
from benchmarks.throughput import wait_for_scores
from benchmarks.topics import new_topics

QUIX_SINK = next(one for one in CONTESTANTS if one.name == "quix-sink")
TWEETS, WINDOW, PARTITIONS = 240, 8, 2


def scores(on_kafka, contestant):
    """Return what a contestant makes of some tweets, by tweet, and how many records that took."""
    with ExitStack() as cleanup:
        topics = cleanup.enter_context(new_topics(on_kafka.connection, PARTITIONS))
        settings = {"BENCHMARK_WINDOW": str(WINDOW)}
        programs = cleanup.enter_context(
            running(contestant, topics, on_kafka.scenario.model, settings)
        )
        held_back = HeldBackTweets(topics, "test").put(tweets(on_kafka.scenario.texts, TWEETS))
        output = cleanup.enter_context(committed_output(topics))
        programs.wait_until_ready()
        held_back.release()
        wait_for_scores(programs, output, TWEETS, programs.check)
        assert output.records == len(output.sources) == TWEETS

        servers = on_kafka.connection.bootstrap_servers
        consumer = KafkaConsumer(
            bootstrap_servers=servers, group_id=None, isolation_level="read_committed"
        )
        cleanup.enter_context(closing(consumer))
        consumer.assign(topics.places(topics.output))
        consumer.seek_to_beginning()
        found = {}
        while len(found) < TWEETS:
            for records in consumer.poll(timeout_ms=1_000).values():
                for record in records:
                    scored = msgspec.json.decode(record.value)
                    found[scored["id"]] = scored
    return found


@pytest.fixture(scope="module")
def ours():
    """Remember what our worker made of the tweets, for every peer."""
    return {}


@pytest.mark.parametrize(
    "peer", [STRAIGHTFORWARD, QUIX, QUIX_SINK, BYTEWAX], ids=lambda peer: peer.name
)
def test_a_peer_scores_every_tweet_as_the_worker_does(peer, ours, on_kafka):
    if not peer.installed:
        pytest.skip(f"{peer.needs} is not installed")
    if not ours:
        ours.update(scores(on_kafka, WORKER))

    theirs = scores(on_kafka, peer)

    assert theirs.keys() == ours.keys()
    for tweet_id, scored in theirs.items():
        expected = ours[tweet_id]
        assert scored["probabilities"] == pytest.approx(expected["probabilities"], abs=1e-5)
        unlike = ("probabilities", "label", "source")
        assert {k: v for k, v in scored.items() if k not in unlike} == {
            k: v for k, v in expected.items() if k not in unlike
        }


def test_a_contestant_that_cannot_start_is_told_of_with_its_last_words(on_kafka):
    broken = replace(WORKER, module="benchmarks.no_such_module")
    with (
        new_topics(on_kafka.connection, PARTITIONS) as topics,
        running(broken, topics, on_kafka.scenario.model) as programs,
        pytest.raises(ContestantFailed, match=r"No module named benchmarks.no_such_module"),
    ):
        programs.wait_until_ready()
