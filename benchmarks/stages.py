"""Where the time goes: each stage of the worker alone, and all of them in the worker at work."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec

from benchmarks.contestants import PROFILED_WORKER, WORKER
from benchmarks.held_back_tweets import HeldBackTweets
from benchmarks.profiled_worker import PROFILE_VARIABLE
from benchmarks.scenario import KafkaScenario
from benchmarks.texts import tweets
from benchmarks.throughput import PARTITIONS, ThroughputRun, run_once
from benchmarks.topics import Topics, new_topics
from sentiment import Scorer
from worker.kafka_publisher import TransactionalPublisher
from worker.kafka_source import KafkaTweetSource
from worker.ports import Batch
from worker.scoring import BatchScorer
from worker.settings import WorkerSettings
from worker.wire import decode_json

# Of the tweets of a throughput run, for a stage alone is several times as fast.
SHARE = 0.25
NO_MODEL = "worker whose model does nothing"

T = TypeVar("T")


class StageRun(msgspec.Struct, frozen=True, kw_only=True):
    """One stage alone, once.

    Attributes:
        stage: Its name.
        tweets: How many went through it.
        seconds: It took, on one thread and the client's own.
    """

    stage: str
    tweets: int
    seconds: float


class StageResults(msgspec.Struct, frozen=True, kw_only=True):
    """All that tells where the time goes.

    Attributes:
        alone: Each stage alone.
        together: The worker, with what it says of its stages.
        no_model: The worker with a network of one filter over one dimension.
        profile: How often each function was seen at work in one more run of the worker.
    """

    alone: list[StageRun]
    together: list[ThroughputRun]
    no_model: list[ThroughputRun]
    profile: dict[str, int]


def measure(kafka: KafkaScenario, nothing: Path) -> StageResults:
    """Measure the stages alone and the worker with both models, `runs` times in turns.

    Args:
        kafka: The scenario.
        nothing: A bundle whose network does next to nothing.

    Raises:
        BenchmarkError: the worker fails.
    """
    scenario = kafka.scenario
    without = replace(kafka, scenario=replace(scenario, model=nothing))
    results = StageResults(alone=[], together=[], no_model=[], profile=profile(kafka))
    for number in range(scenario.runs):
        alone = stages_alone(kafka, round(scenario.tweets * SHARE))
        results.alone.extend(alone)
        results.together.append(run_once(kafka, WORKER, scenario.tweets))
        results.no_model.append(run_once(without, WORKER, scenario.tweets))
        told = ", ".join(f"{run.stage} {1e6 * run.seconds / run.tweets:.1f}" for run in alone)
        scenario.say(f"stages {number + 1}/{scenario.runs}: µs a tweet alone: {told}")
        scenario.say(
            f"stages {number + 1}/{scenario.runs}: together "
            f"{results.together[-1].rate:,.0f} tweets/s, {NO_MODEL} "
            f"{results.no_model[-1].rate:,.0f} tweets/s"
        )
    return results


def profile(kafka: KafkaScenario) -> dict[str, int]:
    """Run the worker once; return how often each function was seen at work.

    Raises:
        BenchmarkError: it fails.
    """
    with TemporaryDirectory(prefix="benchmark-") as folder:
        file = Path(folder) / "profile.json"
        run = run_once(
            kafka, PROFILED_WORKER, kafka.scenario.tweets, settings={PROFILE_VARIABLE: str(file)}
        )
        kafka.scenario.say(f"stages: profiled at {run.rate:,.0f} tweets/s")
        return msgspec.json.decode(file.read_bytes(), type=dict[str, int])


def stages_alone(kafka: KafkaScenario, count: int) -> list[StageRun]:
    """Send `count` tweets through each stage before any goes through the next."""
    scenario = kafka.scenario
    scorer = Scorer.load(scenario.model)
    with new_topics(kafka.connection, PARTITIONS) as topics:
        HeldBackTweets(topics, "stages").put(tweets(scenario.texts, count)).release()
        settings = _settings(topics, scenario.model)
        batches = BatchScorer(scorer, decode_json, settings.record_limit_bytes)
        with closing(KafkaTweetSource(settings, topics.group)) as source:
            while source.partitions is None:
                source.poll(0)
            polled, poll_seconds = _timed(lambda: _poll(source, count))
            prepared, prepare_seconds = _timed(
                lambda: [batches.prepare(batch.records) for batch in polled]
            )
            _, network_seconds = _timed(lambda: [scorer.score(one.encoded) for one in prepared])
            outcomes, score_seconds = _timed(lambda: [batches.score(one) for one in prepared])
            publisher = TransactionalPublisher(settings, topics.group, lambda _seconds: None)
            with closing(publisher):
                # The last batch's proof for all: the group may have changed since the first.
                membership = polled[-1].membership

                def publish() -> None:
                    for batch, outcome in zip(polled, outcomes, strict=True):
                        publisher.publish(outcome, batch.next_offsets, membership)

                _, publish_seconds = _timed(publish)
    seconds = {
        "poll": poll_seconds,
        "prepare": prepare_seconds,
        "score": network_seconds,
        "serialise": score_seconds - network_seconds,
        "publish": publish_seconds,
    }
    return [StageRun(stage=name, tweets=count, seconds=took) for name, took in seconds.items()]


def _poll(source: KafkaTweetSource, count: int) -> Sequence[Batch]:
    batches = []
    while count > 0:
        batch = source.poll(1.0)
        if batch.records:
            batches.append(batch)
            count -= len(batch.records)
    return batches


def _settings(topics: Topics, model: Path) -> WorkerSettings:
    return WorkerSettings(
        bootstrap_servers=topics.connection.bootstrap_servers,
        input_topic=topics.input,
        output_topic=topics.output,
        dead_letter_topic=topics.dead_letters,
        group_id=topics.group,
        model=model,
        session_timeout_seconds=60,
    )


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    done = work()
    return done, time.perf_counter() - started
