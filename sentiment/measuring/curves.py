"""What other thresholds than "the most probable label" would give, label by label.

Each label stands against the rest, ordered by its probability: the receiver operating
characteristic (Fawcett, "An introduction to ROC analysis", 2006) and precision against recall,
whose area is the average precision: unlike ROC it shows how hard a rare label is (Davis & Goadrich,
"The Relationship Between Precision-Recall and ROC Curves", ICML 2006).
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

# Points of a curve that are kept: more than a drawing shows.
_MOST_POINTS = 200


class Curve(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One label's curves.

    Attributes:
        roc_area: Area below the first: how often a text of the label has a higher probability of it
            than a text of another; 0.5 is chance.
        average_precision: Area below the second; chance is the label's share of the texts.
        roc: Points (share of the other texts, share of the label's), each taken for it.
        precision_recall: Points (recall, precision).
    """

    roc_area: float
    average_precision: float
    roc: tuple[tuple[float, float], ...]
    precision_recall: tuple[tuple[float, float], ...]


def curves(
    probabilities: npt.NDArray[np.floating],
    expected: npt.NDArray[np.int64],
    labels: Sequence[str],
) -> dict[str, Curve]:
    """Return the curves of each label that some of the texts have, and others have not."""
    from sklearn import metrics  # noqa: PLC0415  (slow)

    found = {}
    for number, label in enumerate(labels):
        of_label, shares = expected == number, probabilities[:, number]
        if of_label.any() and not of_label.all():
            others, own, _ = metrics.roc_curve(of_label, shares)
            precision, recall, _ = metrics.precision_recall_curve(of_label, shares)
            found[label] = Curve(
                roc_area=float(metrics.auc(others, own)),
                average_precision=float(metrics.average_precision_score(of_label, shares)),
                roc=_points(others, own),
                precision_recall=_points(recall[::-1], precision[::-1]),
            )
    return found


def _points(
    across: npt.NDArray[np.floating], up: npt.NDArray[np.floating]
) -> tuple[tuple[float, float], ...]:
    places = np.unique(np.linspace(0, len(across) - 1, _MOST_POINTS).astype(int))
    pairs = np.stack([across[places], up[places]], axis=1).round(5)
    return tuple((float(x), float(y)) for x, y in pairs)
