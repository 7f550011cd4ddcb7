"""How soon a worker is ready, and how much memory it has then and after many tweets."""

import time
from contextlib import ExitStack

import msgspec

from benchmarks.committed_output import committed_output
from benchmarks.contestants import STRAIGHTFORWARD, WORKER, Contestant
from benchmarks.held_back_tweets import HeldBackTweets
from benchmarks.processes import Memory
from benchmarks.running import running
from benchmarks.scenario import KafkaScenario
from benchmarks.texts import tweets
from benchmarks.throughput import PARTITIONS, wait_for_scores
from benchmarks.topics import new_topics

# A million where a throughput run has 200,000.
TIMES_AS_MANY = 5
LEAST_STARTS = 5


class StartRun(msgspec.Struct, frozen=True, kw_only=True):
    """One start of a contestant on an empty topic.

    Attributes:
        contestant: Its name.
        ready_seconds: From its start to its being ready.
        memory: Of its process then.
    """

    contestant: str
    ready_seconds: float
    memory: Memory


class MemoryRun(msgspec.Struct, frozen=True, kw_only=True):
    """A worker's memory over a long life.

    Attributes:
        tweets: Scored in between.
        before: When it was ready.
        after: When all were scored.
    """

    tweets: int
    before: Memory
    after: Memory


class MemoryResults(msgspec.Struct, frozen=True):
    """Starts, and one long life."""

    starts: list[StartRun]
    life: MemoryRun


def measure(kafka: KafkaScenario) -> MemoryResults:
    """Start contestants in turns, then let one worker live for long.

    The first start of ours may make what the later ones find in its cache; it is not counted.

    Raises:
        BenchmarkError: one of them fails.
    """
    scenario = kafka.scenario
    _start(kafka, WORKER)
    starts = []
    for number in range(starts_of(scenario.runs)):
        for contestant in (WORKER, STRAIGHTFORWARD):
            if scenario.wanted(contestant.name):
                starts.append(_start(kafka, contestant))
                scenario.say(
                    f"memory {number + 1}: {contestant.name} was ready after "
                    f"{starts[-1].ready_seconds:.2f} s"
                )
    life = _live(kafka, scenario.tweets * TIMES_AS_MANY)
    scenario.say(
        f"memory: {life.before.resident / 1e6:,.0f} MB at the start, "
        f"{life.after.resident / 1e6:,.0f} MB after {life.tweets:,} tweets"
    )
    return MemoryResults(starts, life)


def starts_of(runs: int) -> int:
    """Return how often a contestant is started: it takes no time, and varies more than rates."""
    return max(LEAST_STARTS, runs) if runs > 1 else 1


def _start(kafka: KafkaScenario, contestant: Contestant) -> StartRun:
    with (
        new_topics(kafka.connection, PARTITIONS) as topics,
        running(contestant, topics, kafka.scenario.model) as programs,
    ):
        programs.wait_until_ready()
        return StartRun(
            contestant=contestant.name,
            ready_seconds=time.monotonic() - programs.started_seconds,
            memory=programs.memory(),
        )


def _live(kafka: KafkaScenario, count: int) -> MemoryRun:
    scenario = kafka.scenario
    with ExitStack() as cleanup:
        topics = cleanup.enter_context(new_topics(kafka.connection, PARTITIONS))
        programs = cleanup.enter_context(running(WORKER, topics, scenario.model))
        output = cleanup.enter_context(committed_output(topics))
        programs.wait_until_ready()
        before = programs.memory()
        HeldBackTweets(topics, "life").put(tweets(scenario.texts, count)).release()
        wait_for_scores(programs, output, count, programs.check)
        return MemoryRun(tweets=count, before=before, after=programs.memory())
