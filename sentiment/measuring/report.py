"""How well predictions agree with labels."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt


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
    """

    examples: int
    accuracy: float
    macro_recall: float
    macro_f1: float
    labels: tuple[str, ...]
    per_class: dict[str, ClassReport]
    confusion: tuple[tuple[int, ...], ...]


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
    )


def _class_report(confusion: npt.NDArray[np.int64], number: int) -> ClassReport:
    right = int(confusion[number, number])
    expected, predicted = int(confusion[number].sum()), int(confusion[:, number].sum())
    return ClassReport(
        precision=right / predicted if predicted else None,
        recall=right / expected if expected else None,
        f1=2 * right / (expected + predicted) if expected + predicted else None,
        examples=expected,
    )
