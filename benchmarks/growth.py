"""How the rate changes when one thing grows: the network, the texts, the topics, the batches."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import numpy as np

from benchmarks.contestants import WORKER
from benchmarks.growth_curves import BATCH, FILTERS, LENGTH, PARTITIONS, VOCABULARY, Curve
from benchmarks.network_bundle import NETWORK, random_bundle, vocabulary_of
from benchmarks.scenario import KafkaScenario, Scenario
from benchmarks.throughput import run_once
from sentiment import EncodedTexts, Scorer
from sentiment.settings import NetworkSettings

TEXTS = 8_192
SCORED_AT_ONCE = 2_048
# The fastest network is through with all texts in 20 ms, too short to measure.
PASSES = 8
TOKENS = 24
# Of the tweets of a throughput run; fewer where the batches are so small that it takes long.
SHARE = 0.25
TWEETS_FOR_A_BATCH_OF_ONE = 400


class GrowthRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run at one size.

    Attributes:
        curve: What grows.
        size: How large it is.
        tweets: How many were scored.
        seconds: It took.
    """

    curve: str
    size: int
    tweets: int
    seconds: float

    @property
    def rate(self) -> float:
        """Tweets a second."""
        return self.tweets / self.seconds


def measure(kafka: KafkaScenario) -> list[GrowthRun]:
    """Measure every curve, each of its sizes in turns.

    What the network and the texts do to the rate is measured on the engine alone, what partitions
    and batches do on the whole worker.

    Raises:
        BenchmarkError: the worker fails.
    """
    scenario = kafka.scenario
    results: list[GrowthRun] = []
    if scenario.wanted(VOCABULARY.name):
        sized = {size: _network(vocabulary_size=size) for size in VOCABULARY.sizes}
        results += _engine_runs(scenario, VOCABULARY, sized)
    if scenario.wanted(FILTERS.name):
        sized = {size: _network(filters=size) for size in FILTERS.sizes}
        results += _engine_runs(scenario, FILTERS, sized)
    if scenario.wanted(LENGTH.name):
        results += _engine_runs(scenario, LENGTH, dict.fromkeys(LENGTH.sizes, NETWORK))
    for number in range(scenario.runs):
        for curve in (PARTITIONS, BATCH):
            if scenario.wanted(curve.name):
                for size in curve.sizes:
                    results.append(worker_run(kafka, curve, size))
                    _say(scenario, number, results[-1])
    return results


def _network(**sizes: int) -> NetworkSettings:
    return msgspec.structs.replace(NETWORK, **sizes)


def _engine_runs(
    scenario: Scenario, curve: Curve, networks: dict[int, NetworkSettings]
) -> Iterator[GrowthRun]:
    count = min(TEXTS, scenario.tweets)
    passes = min(PASSES, scenario.tweets // count)
    with _cache() as cache:
        bundles = {
            network: random_bundle(vocabulary_of((), network.vocabulary_size), network, cache)
            for network in set(networks.values())
        }
        # The tables of all sizes together would not fit into every machine's memory.
        for size, network in networks.items():
            scorer = Scorer.load(bundles[network], cache=cache)
            tokens = size if curve is LENGTH else TOKENS
            batches = [
                _texts(min(SCORED_AT_ONCE, count - first), tokens, network.vocabulary_size, first)
                for first in range(0, count, SCORED_AT_ONCE)
            ]
            scorer.score(batches[0])
            for number in range(scenario.runs):
                started = time.perf_counter()
                for batch in batches * passes:
                    scorer.score(batch)
                run = GrowthRun(
                    curve=curve.name,
                    size=size,
                    tweets=count * passes,
                    seconds=time.perf_counter() - started,
                )
                _say(scenario, number, run)
                yield run


def worker_run(kafka: KafkaScenario, curve: Curve, size: int) -> GrowthRun:
    """Run the worker once with so many partitions, or batches so large.

    Raises:
        BenchmarkError: it fails.
    """
    count = round(kafka.scenario.tweets * SHARE)
    if curve is PARTITIONS:
        run = run_once(kafka, WORKER, count, partitions=size)
    else:
        count = min(count, TWEETS_FOR_A_BATCH_OF_ONE * size)
        run = run_once(kafka, WORKER, count, settings={"SENTIMENT_MAX_BATCH": str(size)})
    return GrowthRun(curve=curve.name, size=size, tweets=run.tweets, seconds=run.seconds)


def _texts(count: int, tokens: int, vocabulary_size: int, seed: int) -> EncodedTexts:
    """Return texts of random words, each as frequent as its rank in the vocabulary says (Zipf)."""
    shares = 1.0 / np.arange(1, vocabulary_size - 1)
    drawn = np.random.default_rng(seed).random(count * tokens) * shares.sum()
    ids = 2 + np.searchsorted(np.cumsum(shares), drawn).clip(max=vocabulary_size - 3)
    return EncodedTexts(ids.astype(np.int32), np.arange(count + 1, dtype=np.int64) * tokens)


@contextmanager
def _cache() -> Iterator[Path]:
    """A folder for large tables that nobody needs again."""
    with TemporaryDirectory(prefix="benchmark-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _say(scenario: Scenario, number: int, run: GrowthRun) -> None:
    scenario.say(
        f"growth {number + 1}/{scenario.runs} {run.curve} {run.size:,}: {run.rate:,.0f} tweets/s"
    )
