"""The drawings of a report, each an element of HTML."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from sentiment.measuring.calibration import Calibration
from sentiment.measuring.curves import Curve
from sentiment.measuring.drawing import (
    COLOURS,
    LINES,
    MUTED,
    add_legend,
    new_figure,
    shortened,
    svg,
)
from sentiment.measuring.report import Report
from sentiment.measuring.tables import FEW_LABELS

if TYPE_CHECKING:
    from sentiment.measuring.evaluation import LearningStep


def draw_confusion(report: Report, name: str = "confusion") -> str:
    """Draw the confusion matrix: the darker a cell, the larger its share of the label's texts."""
    counts = np.array(report.confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = len(report.labels)
    few = size <= FEW_LABELS
    figure, (axes,) = new_figure(2.2 + (0.8 if few else 0.42) * size, 1.5 + 0.45 * size)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    labels = [shortened(label) for label in report.labels]
    turned = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if size > 4 else {}
    axes.set_xticks(range(size), labels, **turned)
    axes.set_yticks(range(size), labels)
    axes.set_xlabel("predicted")
    axes.set_ylabel("label")
    axes.grid(visible=False)
    for row, column in np.ndindex(size, size):
        if few or counts[row, column]:
            text = f"{counts[row, column]:,}" + (f"\n{shares[row, column]:.0%}" if few else "")
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(
                column, row, text, ha="center", va="center", color=colour, fontsize=9 if few else 7
            )
    return svg(figure, name)


def draw_curves(curves: Mapping[str, Curve], name: str = "curves") -> str:
    """Draw the ROC and the precision-recall curve of each label."""
    columns = 4
    figure, (roc, precision) = new_figure(9, 4.4 + 0.22 * (len(curves) // columns), columns=2)
    roc.plot([0, 1], [0, 1], color=MUTED, linewidth=1)
    lines = {}
    for (label, curve), (colour, dashes) in zip(curves.items(), cycle(LINES), strict=False):
        style = {"color": colour, "linestyle": dashes, "linewidth": 1.5}
        (lines[label],) = roc.plot(*zip(*curve.roc, strict=True), **style)
        precision.plot(*zip(*curve.precision_recall, strict=True), **style)
    roc.set(xlabel="share of other texts taken for it", ylabel="share of its texts found")
    roc.set_title("ROC, each label against the rest")
    precision.set(xlabel="recall", ylabel="precision", ylim=(0, 1.02))
    precision.set_title("Precision and recall")
    add_legend(figure, lines, loc="outside lower center", ncols=columns)
    return svg(figure, name)


def draw_reliability(measured: Sequence[tuple[str, Calibration]], name: str = "calibration") -> str:
    """Draw how often each probability is right, and how many texts get it."""
    figure, (reliability, texts) = new_figure(9, 4, columns=2)
    reliability.plot([0, 1], [0, 1], color=MUTED, linewidth=1)
    lines = {}
    for (kind, calibration), colour, dashes, marker in zip(
        measured, COLOURS, ("-", "--"), "os", strict=False
    ):
        filled = [each for each in calibration.bins if each.examples]
        (lines[kind],) = reliability.plot(
            [each.confidence for each in filled],
            [each.accuracy for each in filled],
            color=colour,
            linestyle=dashes,
            marker=marker,
            markersize=4,
        )
        edges = [each.low for each in calibration.bins] + [1.0]
        counts = [each.examples for each in calibration.bins]
        texts.stairs(counts, edges, color=colour, linestyle=dashes, linewidth=1.5)
    reliability.set(xlabel="winning probability", ylabel="share that is right", ylim=(0, 1.02))
    reliability.set_title("Reliability")
    add_legend(reliability, lines, loc="upper left")
    texts.set(xlabel="winning probability", ylabel="texts")
    texts.set_title("How sure the model is")
    return svg(figure, name)


def draw_learning(steps: "Sequence[LearningStep]") -> str:
    """Draw losses and macro recall, epoch by epoch; dots mark those that were kept so far."""
    figure, (loss, recall) = new_figure(9, 3.4, columns=2)
    epochs = [step.epoch for step in steps]
    trained, validated = [step.loss for step in steps], [step.validation_loss for step in steps]
    lines = {"training texts": _line(loss, epochs, trained, "Loss")}
    if None not in validated:
        lines["validation texts"] = _line(loss, epochs, validated, "Loss", COLOURS[1], "--")
    add_legend(loss, lines)
    recalls = [step.macro_recall for step in steps]
    _line(recall, epochs, recalls, "Macro recall of the validation texts")
    best = [step for step in steps if step.best]
    recall.scatter(
        [step.epoch for step in best],
        [step.macro_recall for step in best],
        color=COLOURS[1],
        s=30,
        zorder=3,
    )
    return svg(figure, "learning")


def _line(
    axes: Any,
    epochs: Sequence[int],
    values: Sequence[float | None],
    title: str,
    colour: str = COLOURS[0],
    dashes: str = "-",
) -> Any:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415  (slow)

    marker = "." if len(epochs) < 30 else ""
    (line,) = axes.plot(epochs, values, color=colour, linestyle=dashes, marker=marker)
    axes.set_title(title)
    axes.set_xlabel("epoch")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return line
