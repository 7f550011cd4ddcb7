"""What a worker used while it ran for long: samples, slopes and a verdict."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.machine import Machine
from benchmarks.percentiles import median
from trials.report_files import store

# A leak of ten bytes a tweet shows; what the allocator does from minute to minute does not.
MOST_MEGABYTES_A_100_000 = 1.0
# The last third may be slower than the first by so much; a queue that grows knows no bound.
MOST_LATENCY_GROWTH = 1.5
# Files and threads come and go with connections; what is never given back raises their least.
MOST_HANDLES_MORE = 1
# The load itself must have been what it was to be.
LEAST_SHARE_SENT = 0.98
# The share of the run in which caches fill and the machine gets going.
WARM_UP_SHARE = 1 / 3


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """The worker at one moment, and what came out since the moment before.

    Attributes:
        seconds: Since the load began.
        tweets: That have come out by now.
        resident_megabytes: Of the process, with what it shares.
        files: File descriptors that are open.
        threads: That run.
        p50_ms: From when a record was due until it could be read; None where nothing came out.
        p99_ms: So.
    """

    seconds: float
    tweets: int
    resident_megabytes: float
    files: int
    threads: int
    p50_ms: float | None
    p99_ms: float | None


class SoakReport(msgspec.Struct, frozen=True, kw_only=True):
    """A whole soak.

    Attributes:
        sent: Records that were sent.
        seen: Records that came out.
        disordered: Records that came out of order, or twice.
    """

    machine: Machine
    minutes: float
    rate: float
    sent: int
    seen: int
    disordered: int
    samples: Sequence[Sample]

    @property
    def warm(self) -> Sequence[Sample]:
        """The samples after the warm-up."""
        begin = self.minutes * 60 * WARM_UP_SHARE
        return [sample for sample in self.samples if sample.seconds >= begin]

    @property
    def megabytes_a_100_000(self) -> float:
        """The slope of the resident memory after the warm-up (least squares)."""
        return self._slope(lambda sample: sample.resident_megabytes) * 100_000

    @property
    def broken(self) -> list[str]:
        """Return what does not hold, in words."""
        broken = []
        due = self.rate * self.minutes * 60
        if self.sent < LEAST_SHARE_SENT * due:
            broken.append(f"only {self.sent:,} were sent instead of {due:,.0f}")
        if self.seen != self.sent or self.disordered:
            broken.append(
                f"{self.sent:,} were sent, {self.seen:,} came out, {self.disordered} of them out "
                "of order or twice"
            )
        third = len(self.warm) // 3
        if third < 2:
            return [*broken, "too few samples to judge by: let it run longer"]
        if self.megabytes_a_100_000 > MOST_MEGABYTES_A_100_000:
            broken.append(f"memory grows by {self.megabytes_a_100_000:.2f} MB in 100,000 tweets")
        first, last = self.warm[:third], self.warm[-third:]
        for name in ("files", "threads"):
            before, after = (min(getattr(s, name) for s in part) for part in (first, last))
            if after > before + MOST_HANDLES_MORE:
                broken.append(f"{name} grow from {before} to {after}")
        for name in ("p50_ms", "p99_ms"):
            before, after = (median(_known(part, name)) for part in (first, last))
            if after > before * MOST_LATENCY_GROWTH or np.isinf(after):
                broken.append(f"{name} grows from {before:.0f} to {after:.0f}")
        return broken

    def markdown(self) -> str:
        """Return the report as a page."""
        warm = self.warm or self.samples
        rows: list[tuple[str, list[float], str]] = [
            ("resident memory, MB", [s.resident_megabytes for s in warm], "{:.1f}"),
            ("file descriptors", [s.files for s in warm], "{:.0f}"),
            ("threads", [s.threads for s in warm], "{:.0f}"),
            ("p50 from due to readable, ms", _known(warm, "p50_ms"), "{:.0f}"),
            ("p99 from due to readable, ms", _known(warm, "p99_ms"), "{:.0f}"),
        ]
        head = (
            f"{self.sent:,} records in {self.minutes:g} minutes, {self.rate:,.0f} a second; "
            f"{self.seen:,} came out, {self.disordered} out of order or twice. Memory grew by "
            f"{self.megabytes_a_100_000:.3f} MB in 100,000 tweets after the warm-up (the first "
            f"{WARM_UP_SHARE:.0%}); at most {MOST_MEGABYTES_A_100_000:g} is allowed. Broker, "
            "producer and reader ran beside the worker: "
            f"{self.machine.hardware}; {self.machine.software}."
        )
        lines = [head, "", "| after the warm-up | first | median | most | last |"]
        lines.append("| --- | ---: | ---: | ---: | ---: |")
        for title, values, number in rows:
            figures = (values[0], median(values), max(values), values[-1])
            lines.append(f"| {title} | {' | '.join(number.format(f) for f in figures)} |")
        return "\n".join([*lines, "", *(f"- {x}" for x in self.broken or ["all of it holds"]), ""])

    def write(self, folder: Path) -> None:
        """Write `soak.json` and `soak.md`."""
        store(folder, "soak", self, self.markdown())

    def _slope(self, value: Callable[[Sample], float]) -> float:
        tweets = [sample.tweets for sample in self.warm]
        if len(set(tweets)) < 2:
            return 0.0
        return float(np.polyfit(tweets, [value(sample) for sample in self.warm], 1)[0])


def _known(samples: Sequence[Sample], name: str) -> list[float]:
    """Return latencies, infinite where nothing came out."""
    values = [getattr(sample, name) for sample in samples]
    return [np.inf if value is None else value for value in values]
