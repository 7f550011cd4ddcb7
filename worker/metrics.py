"""Every metric of the worker, declared once; names and labels are a contract with dashboards."""

import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from worker import __version__
from worker.batch_histogram import BatchHistogram
from worker.messages import Outcome, RawRecord, Reason

PREFIX = "tweet_sentiment"
STAGES = ("poll", "prepare", "score", "publish")
COMMITTED, ABORTED = OUTCOMES = ("committed", "aborted")

# From a broker next door to a backlog of ten minutes.
END_TO_END_BUCKETS = (
    *(0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.1, 0.15, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0),
)
STAGE_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
BATCH_BUCKETS = tuple(float(4**power) for power in range(9))
CONFIDENCE_BUCKETS = tuple(tenths / 20 for tenths in range(6, 21))


class WorkerMetrics:
    """The worker's metrics in `registry`, with every label value present from the start."""

    def __init__(
        self,
        registry: CollectorRegistry,
        labels: Sequence[str],
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        """Declare all metrics.

        Args:
            registry: where to declare them.
            labels: the model's classes.
            wall_clock: seconds since the epoch, as brokers and producers stamp records.
        """
        self._wall_clock = wall_clock
        self._partitions: frozenset[int] = frozenset()
        self._consumed = Counter(
            f"{PREFIX}_consumed_total",
            "Input records of committed batches.",
            ["partition"],
            registry=registry,
        )
        self._scored = Counter(
            f"{PREFIX}_scored_total", "Tweets scored, by label.", ["label"], registry=registry
        )
        self._dead_letters = Counter(
            f"{PREFIX}_dead_letters_total",
            "Records that could not be scored, by reason.",
            ["reason"],
            registry=registry,
        )
        self._batches = Counter(
            f"{PREFIX}_batches_total", "Batches, by how they ended.", ["outcome"], registry=registry
        )
        self._batch_size = Histogram(
            f"{PREFIX}_batch_size",
            "Records of a committed batch.",
            buckets=BATCH_BUCKETS,
            registry=registry,
        )
        self._stage_seconds = Histogram(
            f"{PREFIX}_stage_seconds",
            "Seconds that a batch spends in each stage.",
            ["stage"],
            buckets=STAGE_BUCKETS,
            registry=registry,
        )
        self._end_to_end = BatchHistogram(
            f"{PREFIX}_end_to_end_seconds",
            "Seconds from an input record's timestamp to the commit of its outcome.",
            END_TO_END_BUCKETS,
            registry,
        )
        self._lag = Gauge(
            f"{PREFIX}_consumer_lag",
            "Input records after the committed offset.",
            ["partition"],
            registry=registry,
        )
        self._unknown = Gauge(
            f"{PREFIX}_unknown_token_ratio",
            "Share of the last batch's tokens that the model never saw in training.",
            registry=registry,
        )
        self._confidence = BatchHistogram(
            f"{PREFIX}_confidence",
            "Probability of the winning label.",
            CONFIDENCE_BUCKETS,
            registry,
        )
        self._model_info = Gauge(
            f"{PREFIX}_model_info",
            "The model that scores; always 1.",
            ["name", "sha256", "engine"],
            registry=registry,
        )
        Gauge(
            f"{PREFIX}_build_info",
            "The version of this worker; always 1.",
            ["version"],
            registry=registry,
        ).labels(__version__).set(1)
        for label in labels:
            self._scored.labels(label)
        for reason in Reason:
            self._dead_letters.labels(reason.value)
        for stage in STAGES:
            self._stage_seconds.labels(stage)
        for outcome in OUTCOMES:
            self._batches.labels(outcome)

    def model(self, name: str, sha256: str, engine: str) -> None:
        """Tell which model scores."""
        self._model_info.labels(name, sha256, engine).set(1)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Observe how long the block takes, as stage `name`."""
        with self._stage_seconds.labels(name).time():
            yield

    def assign(self, partitions: frozenset[int]) -> bool:
        """Create the counters of partitions that are new to us; drop the lag of those gone.

        Returns:
            Whether anything has changed.
        """
        if partitions == self._partitions:
            return False
        for partition in partitions - self._partitions:
            self._consumed.labels(partition)
        for partition in self._partitions - partitions:
            self._lag.remove(partition)
        self._partitions = partitions
        return True

    def lag(self, records_by_partition: Mapping[int, int]) -> None:
        """Tell how many records wait in each of our partitions."""
        for partition, records in records_by_partition.items():
            self._lag.labels(partition).set(records)

    def committed(self, records: Sequence[RawRecord], outcome: Outcome) -> None:
        """Count a batch whose outcome and offsets are committed."""
        self._batches.labels(COMMITTED).inc()
        self._batch_size.observe(len(records))
        for partition, count in Tally(record.partition for record in records).items():
            self._consumed.labels(partition).inc(count)
        for label, count in Tally(outcome.labels).items():
            self._scored.labels(label).inc(count)
        for letter in outcome.dead_letters:
            self._dead_letters.labels(letter.reason.value).inc()
        self._confidence.observe_all(outcome.confidences)
        if outcome.unknown_token_ratio is not None:
            self._unknown.set(outcome.unknown_token_ratio)
        now = self._wall_clock()
        sent_ms = np.array([record.timestamp_ms for record in records if record.timestamp_ms >= 0])
        self._end_to_end.observe_all(np.maximum(0.0, now - sent_ms / 1000))

    def aborted(self, batches: int) -> None:
        """Count batches that were undone and will be done again."""
        self._batches.labels(ABORTED).inc(batches)
