"""How well predictions agree with labels."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.labels import are_numbers
from sentiment.measuring.bootstrap import Intervals, intervals


class ClassReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One label's figures; a share of nothing is None."""

    precision: float | None
    recall: float | None
    f1: float | None
    examples: int


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Agreement of predictions with labels.

    Attributes:
        examples: Texts measured with.
        accuracy: Share of them whose label was predicted.
        macro_recall: Mean recall of the labels that the texts have.
        macro_f1: Mean F1 of the same labels.
        labels: The order of the rows and columns of `confusion`.
        per_class: Figures of each label.
        confusion: Texts by their label (row) and the predicted one (column).
        f1_positive_negative: Mean F1 of "positive" and "negative", the figure of SemEval; None
            where a label is not called so, or no text has it.
        mean_absolute_error: Of three or more labels that are whole numbers, as stars are, how far
            the predicted one is off on average; None for other labels.
        intervals: How sure the figures are; None where that was not asked for.
    """

    examples: int
    accuracy: float
    macro_recall: float
    macro_f1: float
    labels: tuple[str, ...]
    per_class: dict[str, ClassReport]
    confusion: tuple[tuple[int, ...], ...]
    f1_positive_negative: float | None = None
    mean_absolute_error: float | None = None
    intervals: Intervals | None = None


def measure(
    expected: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], labels: Sequence[str]
) -> Report:
    """Compare the expected with the predicted classes, each int64 (texts,), at least one."""
    confusion = np.zeros((len(labels), len(labels)), np.int64)
    np.add.at(confusion, (expected, predicted), 1)
    per_class = {label: _class_report(confusion, number) for number, label in enumerate(labels)}
    present = [report for report in per_class.values() if report.examples]
    return Report(
        examples=len(expected),
        accuracy=float(np.trace(confusion) / confusion.sum()),
        macro_recall=float(np.mean([report.recall for report in present])),
        macro_f1=float(np.mean([report.f1 for report in present])),
        labels=tuple(labels),
        per_class=per_class,
        confusion=tuple(tuple(row) for row in confusion.tolist()),
        f1_positive_negative=_f1_positive_negative(per_class),
        mean_absolute_error=_mean_absolute_error(confusion, labels),
    )


def measure_with_intervals(
    expected: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64], labels: Sequence[str]
) -> Report:
    """Compare as `measure` does, and tell how sure the figures are."""
    sure = intervals(expected, predicted, len(labels))
    return msgspec.structs.replace(measure(expected, predicted, labels), intervals=sure)


def _class_report(confusion: npt.NDArray[np.int64], number: int) -> ClassReport:
    right = int(confusion[number, number])
    expected, predicted = int(confusion[number].sum()), int(confusion[:, number].sum())
    return ClassReport(
        precision=right / predicted if predicted else None,
        recall=right / expected if expected else None,
        f1=2 * right / (expected + predicted) if expected + predicted else None,
        examples=expected,
    )


def _f1_positive_negative(per_class: dict[str, ClassReport]) -> float | None:
    both = [per_class[label] for label in ("positive", "negative") if label in per_class]
    known = [each.f1 for each in both if each.f1 is not None and each.examples]
    return sum(known) / 2 if len(known) == 2 else None


def _mean_absolute_error(confusion: npt.NDArray[np.int64], labels: Sequence[str]) -> float | None:
    # Of two labels it is the accuracy once more, in another unit.
    if len(labels) < 3 or not are_numbers(labels):
        return None
    numbers = np.array(list(map(int, labels)), np.float64)
    off = np.abs(numbers[:, np.newaxis] - numbers)
    return float((off * confusion).sum() / confusion.sum())
