"""What was measured, as tables for pages and terminals."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from sentiment.measuring.baselines import NAMES, Baseline
from sentiment.measuring.bootstrap import Difference, Differences, Interval
from sentiment.measuring.calibration import CalibrationFigures
from sentiment.measuring.comparison import Change, ChangedText, SliceDifference
from sentiment.measuring.curves import Curve
from sentiment.measuring.folds import Folds
from sentiment.measuring.mistakes import Mistake
from sentiment.measuring.page import Table
from sentiment.measuring.report import Report
from sentiment.measuring.slices import Slice

FEW_TEXTS = "few texts"
# A matrix of more labels is wider than a terminal, and its cells are too small for two numbers.
FEW_LABELS = 8
_MOST_CONFUSIONS = 10


def results(measured: Sequence[tuple[str, str, Report]]) -> Table:
    """Return a line for each classifier, the part it was measured with, and its report."""
    reports = [report for _, _, report in measured]
    header = ["classifier", "part", "texts", "macro recall", "macro F1", "accuracy"]
    polar = any(report.f1_positive_negative is not None for report in reports)
    ordered = any(report.mean_absolute_error is not None for report in reports)
    header += ["F1 of pos. and neg."] * polar + ["mean error"] * ordered
    rows = []
    for name, part, report in measured:
        sure = report.intervals
        row = [
            name,
            part,
            f"{report.examples:,}",
            _with_interval(report.macro_recall, sure.macro_recall if sure else None),
            _with_interval(report.macro_f1, sure.macro_f1 if sure else None),
            _with_interval(report.accuracy, sure.accuracy if sure else None),
        ]
        row += [share(report.f1_positive_negative)] * polar
        row += [share(report.mean_absolute_error)] * ordered
        rows.append(row)
    return Table(header, rows, words=2)


def beside_baselines(
    name: str, part: str, report: Report, baselines: dict[str, Baseline]
) -> list[tuple[str, str, Report]]:
    """Return the lines of `results` for a model and the baselines, of the same part."""
    others = [(NAMES.get(each, each), part, baselines[each].report) for each in baselines]
    return [(name, part, report), *others]


def per_class(report: Report) -> Table:
    """Return a line for each label."""
    rows = [
        (label, share(each.precision), share(each.recall), share(each.f1), f"{each.examples:,}")
        for label, each in report.per_class.items()
    ]
    return Table(("label", "precision", "recall", "F1", "texts"), rows)


def confusion(report: Report) -> Table:
    """Return a line for each label, with how often each label was predicted for its texts."""
    rows = [
        (label, *(f"{count:,}" for count in counts))
        for label, counts in zip(report.labels, report.confusion, strict=True)
    ]
    return Table(("label", *(f"predicted {label}" for label in report.labels)), rows)


def confusion_in_short(report: Report) -> Table:
    """Return `confusion`, or of many labels the most frequent confusions."""
    if len(report.labels) <= FEW_LABELS:
        return confusion(report)
    confused = sorted(
        (
            (count, label, predicted)
            for label, counts in zip(report.labels, report.confusion, strict=True)
            for predicted, count in zip(report.labels, counts, strict=True)
            if count and label != predicted
        ),
        key=lambda each: -each[0],
    )
    rows = [(label, said, f"{count:,}") for count, label, said in confused[:_MOST_CONFUSIONS]]
    return Table(("label", "most often predicted instead", "texts"), rows, words=2)


def lead(baselines: dict[str, Baseline]) -> Table:
    """Return a line for each baseline, with how far the network is ahead of it."""
    rows = [
        (NAMES.get(name, name), *difference(each.differences.macro_recall))
        for name, each in baselines.items()
    ]
    return Table(("the network's lead over", "macro recall", "95% interval", "wins"), rows)


def difference(each: Difference) -> tuple[str, str, str]:
    """Return a difference, its interval and the share of resamples in which it is above zero."""
    return f"{each.difference:+.3f}", f"{each.low:+.3f} to {each.high:+.3f}", f"{each.wins:.1%}"


def differences(found: Differences) -> Table:
    """Return a line for each figure, with what the second model has more of it."""
    rows = [
        ("macro recall", *difference(found.macro_recall)),
        ("macro F1", *difference(found.macro_f1)),
        ("accuracy", *difference(found.accuracy)),
    ]
    return Table(("figure", "second less first", "95% interval", "second wins"), rows)


def calibration(measured: Iterable[tuple[str, CalibrationFigures]]) -> Table:
    """Return a line for each kind of probabilities."""
    rows = [
        (name, share(each.ece), share(each.brier), share(each.log_loss)) for name, each in measured
    ]
    return Table(("probabilities", "calibration error (ECE)", "Brier score", "log loss"), rows)


def areas(curves: dict[str, Curve]) -> Table:
    """Return a line for each label's curves, and one for their means."""
    rows = [
        (label, share(each.roc_area), share(each.average_precision))
        for label, each in curves.items()
    ]
    if rows:
        roc_area = sum(each.roc_area for each in curves.values()) / len(curves)
        precision = sum(each.average_precision for each in curves.values()) / len(curves)
        rows.append(("mean", share(roc_area), share(precision)))
    return Table(("label against the rest", "area of ROC", "average precision"), rows)


def areas_beside(measured: Sequence[tuple[str, dict[str, Curve]]]) -> Table:
    """Return the lines of `areas` of several models, those of a label one below the other."""
    of_models = [(name, areas(curves).rows) for name, curves in measured]
    rows = [
        (lines[place][0], name, *lines[place][1:])
        for place in range(len(of_models[0][1]))
        for name, lines in of_models
    ]
    header = ("label against the rest", "model", "area of ROC", "average precision")
    return Table(header, rows, words=2)


def slices(found: Iterable[Slice]) -> Table:
    """Return a line for each kind of texts."""
    rows = [
        (
            each.by,
            each.kind,
            FEW_TEXTS if each.few else "",
            f"{each.examples:,}",
            share(each.macro_recall),
            interval(each.macro_recall_interval),
            share(each.accuracy),
        )
        for each in found
    ]
    return Table(
        ("by", "kind", "", "texts", "macro recall", "95% interval", "accuracy"), rows, words=3
    )


def mistakes(found: Iterable[Mistake], caption: str = "") -> Table:
    """Return a line for each mistake."""
    rows = [(each.text, each.label, each.predicted, share(each.probability)) for each in found]
    return Table(("text", "label", "predicted", "probability"), rows, caption, words=3)


def per_class_beside(reports: Sequence[tuple[str, Report]]) -> Table:
    """Return a line for each label and model."""
    rows = [
        (label, name, *row)
        for label in reports[0][1].labels
        for name, report in reports
        for row_label, *row in per_class(report).rows
        if row_label == label
    ]
    return Table(("label", "model", "precision", "recall", "F1", "texts"), rows, words=2)


def changes(found: Iterable[Change]) -> Table:
    """Return a line for each label that became another one."""
    rows = [
        (
            each.first,
            each.second,
            f"{each.examples:,}",
            f"{each.mended:,}",
            f"{each.spoilt:,}",
            f"{each.examples - each.mended - each.spoilt:,}",
        )
        for each in found
    ]
    header = ("first says", "second says", "texts", "mended", "spoilt", "wrong both times")
    return Table(header, rows, words=2)


def changed_texts(found: Iterable[ChangedText]) -> Table:
    """Return a line for each text."""
    rows = [
        (
            each.text,
            each.label,
            f"{each.first} {share(each.first_probability)}",
            f"{each.second} {share(each.second_probability)}",
            share(each.change),
        )
        for each in found
    ]
    caption = "The texts whose probabilities changed most, of those with another label."
    header = ("text", "label", "first says", "second says", "change")
    return Table(header, rows, caption, words=4)


def slice_differences(found: Iterable[SliceDifference]) -> Table:
    """Return a line for each kind of texts, with the macro recall of both models."""
    rows = [
        (
            each.by,
            each.kind,
            FEW_TEXTS if each.few else "",
            f"{each.examples:,}",
            share(each.first),
            share(each.second),
            *difference(each.macro_recall),
        )
        for each in found
    ]
    header = ("by", "kind", "", "texts", "first", "second", "difference", "95% interval", "wins")
    return Table(header, rows, "Macro recall.", words=3)


def folds(found: Folds) -> Table:
    """Return a line for each figure, with its mean and standard deviation over the folds."""
    rows = [
        (
            name.replace("_", " ").replace("f1", "F1"),
            share(float(np.mean(figures))),
            share(float(np.std(figures, ddof=1))),
            share(min(figures)),
            share(max(figures)),
        )
        for name, figures in msgspec.structs.asdict(found).items()
    ]
    header = (f"{len(found.accuracy)} folds", "mean", "standard deviation", "least", "most")
    return Table(header, rows)


def share(value: float | None) -> str:
    """Return a share with three digits, or a dash when it is one of nothing."""
    return "–" if value is None else f"{value:.3f}"


def interval(each: Interval) -> str:
    """Return where an interval begins and ends."""
    return f"{each.low:.3f} to {each.high:.3f}"


def _with_interval(value: float, sure: Interval | None) -> str:
    return share(value) if sure is None else f"{share(value)} ({sure.low:.3f}–{sure.high:.3f})"
