"""Results as Markdown tables, one for each part."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from benchmarks.contestants import CONTESTANTS, STRAIGHTFORWARD, WORKER
from benchmarks.engines import ENGINES, REFERENCE
from benchmarks.growth_curves import CURVES
from benchmarks.latency import LatencyRun, Milliseconds
from benchmarks.percentiles import median
from benchmarks.results import Results
from benchmarks.stages import NO_MODEL
from benchmarks.start_and_memory import StartRun
from benchmarks.throughput import ThroughputRun
from sentiment.measuring.markdown import table

NOT_MEASURED = "Not measured yet."
PROFILE_LINES = 12
MEGABYTE = 1e6
PERCENTILES = ("p50", "p95", "p99")

Run = TypeVar("Run")
Key = TypeVar("Key")


def by(key: Callable[[Run], Key], runs: Iterable[Run]) -> dict[Key, list[Run]]:
    """Return the runs of each key, keys in the order in which they first come."""
    found: dict[Key, list[Run]] = {}
    for run in runs:
        found.setdefault(key(run), []).append(run)
    return found


def engines(results: Results) -> str:
    """Return the rate of each way to compute the network."""
    if not results.engines:
        return NOT_MEASURED
    runs = by(lambda run: run.engine, results.engines)
    rates = {name: median([run.rate for run in some]) for name, some in runs.items()}
    return table(
        ("way to score", "tweets/s", "÷ sorted `tf.function`", "largest difference"),
        (
            (
                engine.title,
                f"{rates[engine.name]:,.0f}",
                _ratio(rates[engine.name], rates.get(REFERENCE)),
                f"{max(run.largest_difference for run in runs[engine.name]):.1g}",
            )
            for engine in ENGINES
            if engine.name in runs
        ),
    )


def throughput(results: Results) -> str:
    """Return the rate of each worker, end to end, with what it cost."""
    if not results.throughput:
        return NOT_MEASURED
    runs = by(lambda run: run.contestant, results.throughput)
    rates = {name: median([run.rate for run in some]) for name, some in runs.items()}
    rows = []
    for contestant in CONTESTANTS:
        if contestant.name not in runs:
            continue
        some = runs[contestant.name]
        rows.append(
            (
                contestant.title,
                contestant.guarantee,
                str(contestant.processes),
                f"{rates[contestant.name]:,.0f}",
                f"{min(run.rate for run in some):,.0f}–{max(run.rate for run in some):,.0f}",
                _ratio(rates[contestant.name], rates.get(STRAIGHTFORWARD.name)),
                f"{sum(run.missing for run in some)} / {sum(run.duplicates for run in some)}",
                f"{_a_tweet(some, lambda run: run.worker_cpu_seconds):.0f}",
                f"{_a_tweet(some, lambda run: run.broker_cpu_seconds):.0f}",
                _megabytes(median([run.resident_bytes for run in some])),
            )
        )
    return table(
        (
            "worker",
            "guarantee",
            "processes",
            "tweets/s",
            "all runs",
            "÷ straightforward",
            "missing / twice",
            "its CPU µs a tweet",
            "broker's CPU µs",
            "MB",
        ),
        rows,
    )


def stages(results: Results) -> str:
    """Return what each stage takes, alone and in the worker at work."""
    if not results.stages:
        return NOT_MEASURED
    alone = by(lambda run: run.stage, results.stages.alone)
    together = results.stages.together
    rows = []
    for stage, some in alone.items():
        seconds = median([run.seconds / run.tweets for run in some])
        inside = [run.stage_seconds.get(stage, 0.0) / run.tweets for run in together]
        told = f"{1e6 * median(inside):.1f}" if any(inside) else "in score"
        rows.append((stage, f"{1e6 * seconds:.1f}", f"{1 / seconds:,.0f}", told))
    for name, runs in (("whole worker", together), (NO_MODEL, results.stages.no_model)):
        rate = median([run.rate for run in runs])
        rows.append((name, f"{1e6 / rate:.1f}", f"{rate:,.0f}", ""))
    return table(
        ("stage", "µs a tweet, alone", "tweets/s, alone", "µs a tweet, in the worker"), rows
    )


def profile(results: Results) -> str:
    """Return the functions in which the worker's threads were seen most often."""
    if not results.stages:
        return NOT_MEASURED
    seen = results.stages.profile
    together = sum(seen.values())
    most = sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:PROFILE_LINES]
    return table(
        ("function", "share of the looks"),
        ((f"`{name}`", f"{count / together:.1%}") for name, count in most),
    )


def latency(results: Results) -> str:
    """Return the percentiles of each worker at each rate."""
    if not results.latency:
        return NOT_MEASURED
    known = {contestant.name: contestant for contestant in CONTESTANTS}
    rows = []
    for name, runs in by(lambda run: run.contestant, results.latency).items():
        for rate, some in by(lambda run: run.rate, runs).items():
            contestant = known[name]
            rows.append(
                (
                    contestant.title if name == WORKER.name else contestant.title.split(",")[0],
                    contestant.guarantee,
                    f"{rate:,}",
                    *(_milliseconds(some, lambda run: run.from_due, at) for at in PERCENTILES),
                    *(_milliseconds(some, lambda run: run.from_append, at) for at in PERCENTILES),
                    str(sum(run.missing for run in some)),
                )
            )
    return table(
        (
            "worker",
            "guarantee",
            "tweets/s offered",
            *(f"{at} ms, from due" for at in PERCENTILES),
            *(f"{at} ms, from append" for at in PERCENTILES),
            "late or lost",
        ),
        rows,
    )


def growth(results: Results) -> str:
    """Return a table for each thing that grows, with the rates of the expected shape."""
    if not results.growth:
        return NOT_MEASURED
    runs = by(lambda run: (run.curve, run.size), results.growth)
    parts = []
    for curve in CURVES:
        points = [
            (size, median([run.rate for run in runs[curve.name, size]]))
            for size in curve.sizes
            if (curve.name, size) in runs
        ]
        if points:
            expected = curve.shape(points)
            rows = (
                (f"{size:,.0f}", f"{rate:,.0f}", f"{ideal:,.0f}", f"{rate / ideal:.2f}")
                for (size, rate), ideal in zip(points, expected, strict=True)
            )
            header = (curve.title, "tweets/s", "expected shape", "measured ÷ expected")
            parts.append(f"Expected: {curve.expected}.\n\n{table(header, rows)}")
    return "\n\n".join(parts)


def memory(results: Results) -> str:
    """Return how soon workers are ready, and their memory then and later."""
    if not results.memory:
        return NOT_MEASURED
    rows = []
    for name, starts in by(lambda run: run.contestant, results.memory.starts).items():
        title = next(one.title for one in CONTESTANTS if one.name == name)
        rows.append((title, "ready", _ready(starts), *_memory(starts)))
    life = results.memory.life
    after = (_megabytes(life.after.resident), _megabytes(life.after.private))
    rows.append(("this worker", f"after {life.tweets:,} tweets", "", *after))
    return table(
        ("worker", "when", "start to ready, s", "resident MB", "MB of its own"),
        rows,
    )


def _ratio(rate: float, reference: float | None) -> str:
    if reference is None:
        return ""
    ratio = rate / reference
    return f"{ratio:.1f}×" if ratio >= 0.1 else f"{ratio:.1g}×"


def _a_tweet(runs: Sequence[ThroughputRun], seconds: Callable[[ThroughputRun], float]) -> float:
    return 1e6 * median([seconds(run) / run.tweets for run in runs])


def _megabytes(size: float) -> str:
    return f"{size / MEGABYTE:,.0f}"


def _milliseconds(
    runs: Sequence[LatencyRun], since: Callable[[LatencyRun], Milliseconds], at: str
) -> str:
    values: list[float | None] = [getattr(since(run), at) for run in runs]
    came = [value for value in values if value is not None]
    return f"{median(came):,.1f}" if len(came) == len(values) else "never"


def _ready(starts: Sequence[StartRun]) -> str:
    return f"{median([run.ready_seconds for run in starts]):.2f}"


def _memory(starts: Sequence[StartRun]) -> tuple[str, str]:
    return (
        _megabytes(median([run.memory.resident for run in starts])),
        _megabytes(median([run.memory.private for run in starts])),
    )
