"""Latency under a steady load: from the moment a tweet was due to its score being readable.

The clock starts when a tweet was due, not when it was sent, so that a stall counts for every
tweet that it made wait. Tweets of the first seconds and of the last are offered but not counted.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.committed_output import committed_output
from benchmarks.contestants import BYTEWAX, QUIX, STRAIGHTFORWARD, WORKER, Contestant
from benchmarks.held_back_tweets import HeldBackTweets
from benchmarks.percentiles import percentile
from benchmarks.running import running
from benchmarks.scenario import KafkaScenario
from benchmarks.steady_load import Moments, offer
from benchmarks.texts import tweets
from benchmarks.throughput import PARTITIONS, WARM_UP, wait_for_scores
from benchmarks.topics import new_topics

RATES = (100, 1_000, 5_000, 10_000)
RATE_TO_COMPARE = 1_000
FIRST_SECONDS, COUNTED_SECONDS, LAST_SECONDS = 2.0, 7.0, 1.0


@dataclass(frozen=True, slots=True)
class Entrant:
    """A contestant with the rates that it meets, and the settings that make it quickest."""

    contestant: Contestant
    rates: Sequence[int]
    settings: dict[str, str] = field(default_factory=dict)


ENTRANTS = (
    Entrant(WORKER, RATES),
    Entrant(STRAIGHTFORWARD, [RATE_TO_COMPARE]),
    Entrant(QUIX, [RATE_TO_COMPARE], {"BENCHMARK_WINDOW": "8", "BENCHMARK_COMMIT_SECONDS": "0.02"}),
    Entrant(BYTEWAX, [RATE_TO_COMPARE]),
)


class Milliseconds(msgspec.Struct, frozen=True):
    """Percentiles of a latency in milliseconds; None where that many scores never came."""

    p50: float | None
    p95: float | None
    p99: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> "Milliseconds":
        """Return the percentiles of `values`, infinite ones among them."""
        found = (percentile(values, share) for share in (0.50, 0.95, 0.99))
        return cls(*(round(value, 2) if value < math.inf else None for value in found))


class LatencyRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run at one rate.

    Attributes:
        contestant: Its name.
        rate: Tweets a second that were offered.
        tweets: How many of them were counted.
        missing: How many of the counted had no score when the reader gave up.
        from_due: From the moment a tweet was due to its score being readable.
        from_append: From the moment the broker had it.
    """

    contestant: str
    rate: int
    tweets: int
    missing: int
    from_due: Milliseconds
    from_append: Milliseconds


def measure(kafka: KafkaScenario, entrants: Sequence[Entrant] = ENTRANTS) -> list[LatencyRun]:
    """Let the contestants take turns, `runs` times each.

    Raises:
        BenchmarkError: one of them fails.
    """
    scenario = kafka.scenario
    results = []
    for number in range(scenario.runs):
        for entrant in entrants:
            contestant = entrant.contestant
            if not scenario.wanted(contestant.name) or not contestant.installed:
                continue
            for run in run_once(kafka, entrant):
                results.append(run)
                scenario.say(
                    f"latency {number + 1}/{scenario.runs} {contestant.name} at {run.rate:,}/s: "
                    f"p50 {run.from_due.p50} ms, p99 {run.from_due.p99} ms"
                )
    return results


def run_once(
    kafka: KafkaScenario, entrant: Entrant, counted_seconds: float = COUNTED_SECONDS
) -> Iterator[LatencyRun]:
    """Start a contestant and yield what it does at each rate.

    Raises:
        BenchmarkError: it fails.
    """
    scenario = kafka.scenario
    with ExitStack() as cleanup:
        topics = cleanup.enter_context(new_topics(kafka.connection, PARTITIONS))
        programs = cleanup.enter_context(
            running(entrant.contestant, topics, scenario.model, entrant.settings)
        )
        warm_up = entrant.contestant.whole_windows(min(WARM_UP, scenario.tweets), PARTITIONS)
        first = HeldBackTweets(topics, "warm-up").put(tweets(scenario.texts, warm_up))
        output = cleanup.enter_context(committed_output(topics))
        programs.wait_until_ready()
        first.release()
        wait_for_scores(programs, output, warm_up, programs.check)
        for rate in entrant.rates:
            seconds = FIRST_SECONDS + counted_seconds + LAST_SECONDS
            moments = offer(programs, topics, scenario.texts_file, rate, round(seconds * rate))
            yield summary(entrant.contestant.name, rate, round(counted_seconds * rate), moments)


def summary(contestant: str, rate: int, counted: int, moments: Moments) -> LatencyRun:
    """Summarise the tweets that were due in the seconds that count.

    Those without a score count as late for ever.
    """
    start = int(moments.due.min()) + round(FIRST_SECONDS * 1e9)
    # Half an interval off, so that rounding cannot move a tweet over the line.
    start -= round(0.5e9 / rate)
    inside = (moments.due >= start) & (moments.due < start + round(counted * 1e9 / rate))
    missing = max(0, counted - int(inside.sum()))

    def percentiles(since: npt.NDArray[np.int64]) -> Milliseconds:
        late = ((moments.read - since)[inside] / 1e6).tolist()
        return Milliseconds.of([*late, *[math.inf] * missing])

    return LatencyRun(
        contestant=contestant,
        rate=rate,
        tweets=counted,
        missing=missing,
        from_due=percentiles(moments.due),
        from_append=percentiles(moments.appended),
    )
