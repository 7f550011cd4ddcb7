"""Texts whose label a simple classifier doubts, which has not seen them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sentiment.inspecting.counted import Counted

# A label is doubted when so little is given to it, and so much to another.
_AT_MOST = 0.05
_AT_LEAST = 0.9
_FOLDS = 4


class Doubtful(NamedTuple):
    """A text with the label that a classifier thinks it has.

    Attributes:
        place: Of the text.
        expected: The label that the classifier gives it.
        probability: How sure it is.
    """

    place: int
    expected: str
    probability: float


def doubtful(counted: Counted, labels: Sequence[str]) -> list[Doubtful]:
    """Return the texts whose label is doubted, the surest first.

    A logistic regression on tf-idf learns from three quarters of the texts and looks at the fourth;
    labels that it finds most improbable are likely mistakes, as in Northcutt, Jiang and Chuang,
    "Confident Learning", JAIR 70, 2021. Where a label has too few texts for that, there are none.
    """
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415  (slow)
    from sklearn.linear_model import SGDClassifier  # noqa: PLC0415
    from sklearn.model_selection import StratifiedKFold  # noqa: PLC0415

    names, classes = np.unique(list(labels), return_inverse=True)
    if len(names) < 2 or np.bincount(classes).min() < _FOLDS or not counted.tokens:
        return []
    features = TfidfTransformer(sublinear_tf=True).fit_transform(counted.counts)
    found = []
    for train, held_out in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(
        classes, classes
    ):
        classifier = SGDClassifier(
            loss="log_loss", alpha=1e-5, max_iter=10, tol=None, random_state=0
        )
        classifier.fit(features[train], classes[train])
        shares = classifier.predict_proba(features[held_out])
        own = shares[np.arange(len(held_out)), classes[held_out]]
        best = shares.max(axis=1)
        for row in np.flatnonzero((own <= _AT_MOST) & (best >= _AT_LEAST)):
            expected = str(names[shares[row].argmax()])
            found.append(Doubtful(int(held_out[row]), expected, float(best[row])))
    return sorted(found, key=lambda each: (-each.probability, each.place))
