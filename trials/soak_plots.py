"""A soak as a picture: each thing that must not grow, over time."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from trials.soak_report import WARM_UP_SHARE, SoakReport

DOTS_AN_INCH = 100
# Above the highest line: it is not lost in the frame, and the legend hides none.
HEADROOM = 1.3


def draw(report: SoakReport, path: Path) -> None:
    """Draw memory, files, threads and latency over time into one file."""
    minutes = np.array([sample.seconds / 60 for sample in report.samples])
    panels: dict[str, dict[str, list[float]]] = {
        "resident memory, MB": {"": [s.resident_megabytes for s in report.samples]},
        "open files, threads": {
            "file descriptors": [s.files for s in report.samples],
            "threads": [s.threads for s in report.samples],
        },
        "ms from due to readable": {
            "p99": [s.p99_ms if s.p99_ms is not None else np.nan for s in report.samples],
            "p50": [s.p50_ms if s.p50_ms is not None else np.nan for s in report.samples],
        },
    }
    figure = Figure(figsize=(7.0, 6.0), layout="constrained")
    for axes, (title, lines) in zip(figure.subplots(3, sharex=True), panels.items(), strict=True):
        for label, values in lines.items():
            axes.plot(minutes, values, label=label, linewidth=1)
        axes.axvspan(0, report.minutes * WARM_UP_SHARE, color="#eeeeee", zorder=0)
        axes.set_ylim(0, HEADROOM * np.nanmax([*lines.values()]))
        axes.set_ylabel(title, fontsize=8)
        if len(lines) > 1:
            axes.legend(fontsize=8, loc="upper right", ncols=len(lines))
    axes.set_xlabel(f"minutes at {report.rate:,.0f} records a second (grey: warm-up)")
    figure.savefig(path, dpi=DOTS_AN_INCH, metadata={"Software": None})
