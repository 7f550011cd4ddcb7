"""Results as pictures, one file each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter, NullLocator

from benchmarks.contestants import CONTESTANTS, WORKER
from benchmarks.engines import ENGINES
from benchmarks.growth_curves import CURVES, Curve
from benchmarks.percentiles import median
from benchmarks.results import Results
from benchmarks.tables import PERCENTILES, by

DOTS_AN_INCH = 100
WIDTH_INCHES = 7.0
NUMBER = "{x:,.0f}"
OURS, OTHERS = "#1f77b4", "#9aa5b1"


def draw(results: Results, folder: Path) -> list[Path]:
    """Draw what has been measured; return the files."""
    plots: dict[str, Callable[[Results, Path], None]] = {}
    if results.engines:
        plots["engines"] = _engines
    if results.throughput:
        plots["throughput"] = _throughput
    if results.latency:
        plots["latency"] = _latency
    for curve in CURVES:
        if any(run.curve == curve.name for run in results.growth or []):
            plots[f"growth-{curve.name}"] = partial(_growth, curve)
    for name, plot in plots.items():
        plot(results, folder / f"{name}.png")
    return [folder / f"{name}.png" for name in plots]


def _engines(results: Results, path: Path) -> None:
    runs = by(lambda run: run.engine, results.engines or [])
    rates = {
        engine.title: [run.rate for run in runs[engine.name]]
        for engine in ENGINES
        if engine.name in runs
    }
    _bars(rates, lambda title: "folded" in title, "tweets/s, engine alone", path)


def _throughput(results: Results, path: Path) -> None:
    runs = by(lambda run: run.contestant, results.throughput or [])
    rates = {
        f"{one.title}\n{one.guarantee}" + (f", {one.processes} processes" * (one.processes > 1)): [
            run.rate for run in runs[one.name]
        ]
        for one in CONTESTANTS
        if one.name in runs
    }
    _bars(rates, lambda title: WORKER.title in title, "tweets/s, end to end", path)


def _bars(
    rates: Mapping[str, list[float]], ours: Callable[[str], bool], label: str, path: Path
) -> None:
    """Draw a bar for each median, and a dot for each run."""
    with _figure(path, 0.6 + 0.42 * len(rates)) as axes:
        titles = [title.replace("`", "").replace("**", "") for title in rates]
        colours = [OURS if ours(title) else OTHERS for title in rates]
        axes.barh(titles, [median(some) for some in rates.values()], color=colours)
        for row, some in enumerate(rates.values()):
            axes.plot(some, [row] * len(some), "k.", markersize=4)
        axes.invert_yaxis()
        axes.set_xlabel(label)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(NUMBER)


def _latency(results: Results, path: Path) -> None:
    with _figure(path, 3.6) as axes:
        ours = [run for run in results.latency or [] if run.contestant == WORKER.name]
        rates = by(lambda run: run.rate, ours)
        for at in PERCENTILES:
            came = {
                rate: [value for run in some if (value := getattr(run.from_due, at)) is not None]
                for rate, some in rates.items()
            }
            points = [(rate, median(values)) for rate, values in came.items() if values]
            axes.semilogx(*np.array(points).reshape(-1, 2).T, marker="o", label=at)
        _name_sizes(axes, sorted(rates))
        axes.set_ylim(bottom=0)
        axes.set_xlabel("tweets/s offered")
        axes.set_ylabel("ms from due to readable")
        axes.legend()


def _growth(curve: Curve, results: Results, path: Path) -> None:
    runs = by(lambda run: run.size, (r for r in results.growth or [] if r.curve == curve.name))
    points = [(size, median([run.rate for run in runs[size]])) for size in sorted(runs)]
    with _figure(path, 3.6) as axes:
        sizes = [size for size, _ in points]
        axes.loglog(sizes, [rate for _, rate in points], "o-", color=OURS, label="measured")
        axes.loglog(sizes, curve.shape(points), "--", color=OTHERS, label="expected shape")
        rates = [rate for _, rate in points]
        axes.set_ylim(bottom=min(rates) / 2, top=max(rates) * 1.5)
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(NUMBER)
        axes.yaxis.set_minor_formatter(NullFormatter())
        _name_sizes(axes, sizes)
        axes.set_xlabel(curve.title.replace("`", ""))
        axes.set_ylabel("tweets/s")
        axes.legend()
        axes.set_title(fill(f"Expected: {curve.expected}.", 90), fontsize=8)


def _name_sizes(axes: Any, sizes: Sequence[float]) -> None:
    """Write the sizes that were measured below the axis, and no others."""
    axes.set_xticks(sizes)
    axes.xaxis.set_major_formatter(NUMBER)
    axes.xaxis.set_minor_locator(NullLocator())


@contextmanager
def _figure(path: Path, height_inches: float) -> Iterator[Any]:
    figure = Figure(figsize=(WIDTH_INCHES, height_inches), layout="constrained")
    yield figure.subplots()
    # Without the library's name and version in the file, the same results give the same picture.
    figure.savefig(path, dpi=DOTS_AN_INCH, metadata={"Software": None})
