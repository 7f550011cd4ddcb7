"""How sure figures are: the bootstrap.

Texts are drawn again, as many as there are and each as often as chance has it, and measured again,
`RESAMPLES` times. 95% of the figures that come of it lie in the interval (the percentile bootstrap:
Efron & Tibshirani, "An Introduction to the Bootstrap", 1993). Two classifiers are measured with the
same texts each time, so that what makes texts hard for both does not count (Koehn, "Statistical
Significance Tests for Machine Translation Evaluation", EMNLP 2004; Berg-Kirkpatrick et al., "An
Empirical Investigation of Statistical Significance in NLP", EMNLP 2012).

Texts of the same label and predictions are the same to every figure, so it is these groups that are
drawn, by a multinomial distribution: 1,000 times 12,000 texts take milliseconds.

For macro figures as many texts of each label are drawn as there are of it: a resample that has none
of a label would be the mean over other labels than the figure is. So these intervals are those of
texts with the same shares of labels.
"""

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

RESAMPLES = 1_000
_PERCENTILES = (2.5, 97.5)
_SEED = 0

_Classes = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]


class Interval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where 95% of the resamples lie."""

    low: float
    high: float


class Intervals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The interval of each figure."""

    accuracy: Interval
    macro_recall: Interval
    macro_f1: Interval


class Difference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A figure of one classifier less that of another, on the same texts.

    Attributes:
        difference: On the texts themselves.
        low: Where 95% of the resamples begin.
        high: Where they end.
        wins: Share of the resamples in which the first is better.
    """

    difference: float
    low: float
    high: float
    wins: float


class Differences(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The difference of each figure."""

    accuracy: Difference
    macro_recall: Difference
    macro_f1: Difference


class _Figures(NamedTuple):
    """Each float64 (resamples,)."""

    accuracy: _Floats
    macro_recall: _Floats
    macro_f1: _Floats


def intervals(expected: _Classes, predicted: _Classes, labels: int) -> Intervals:
    """Return how sure the figures of predictions are; classes are int64 (texts,), at least one."""
    cells, counts = np.unique(np.stack([expected, predicted]), axis=1, return_counts=True)
    drawn = _resampled(cells[0], counts, lambda draws: _figures(draws, cells[0], cells[1], labels))
    return Intervals(*(Interval(*_percentiles(values)) for values in drawn))


def differences(expected: _Classes, ours: _Classes, theirs: _Classes, labels: int) -> Differences:
    """Return by how much `ours` is better than `theirs`, and how sure that is."""
    cells, counts = np.unique(np.stack([expected, ours, theirs]), axis=1, return_counts=True)

    def less(draws: _Classes) -> _Figures:
        pairs = zip(
            _figures(draws, cells[0], cells[1], labels),
            _figures(draws, cells[0], cells[2], labels),
            strict=True,
        )
        return _Figures(*(first - second for first, second in pairs))

    observed = less(counts[np.newaxis])
    drawn = _resampled(cells[0], counts, less)
    return Differences(
        *(
            Difference(float(on_all[0]), *_percentiles(values), wins=float(np.mean(values > 0)))
            for on_all, values in zip(observed, drawn, strict=True)
        )
    )


def _resampled(
    expected: _Classes, counts: _Classes, figures: Callable[[_Classes], _Figures]
) -> _Figures:
    """Return the figures of resamples: of all texts, and of macro figures label by label."""
    random = np.random.default_rng(_SEED)
    of_all = figures(_draws(counts, random))
    by_label = np.zeros((RESAMPLES, len(counts)), np.int64)
    for label in np.unique(expected):
        by_label[:, expected == label] = _draws(counts[expected == label], random)
    return figures(by_label)._replace(accuracy=of_all.accuracy)


def _draws(counts: _Classes, random: np.random.Generator) -> _Classes:
    """Return how many texts of each group are drawn each time: int64 (resamples, groups)."""
    texts = int(counts.sum())
    return random.multinomial(texts, counts / texts, RESAMPLES)


def _figures(draws: _Classes, expected: _Classes, predicted: _Classes, labels: int) -> _Figures:
    """Return what `report.measure` says of each row of draws."""
    is_expected = np.eye(labels)[expected]
    is_right = is_expected * (expected == predicted)[:, np.newaxis]
    # Each product would else convert them itself, which took a third of the time.
    every = draws.astype(np.float64)
    right, there = every @ is_right, every @ is_expected
    said = every @ np.eye(labels)[predicted]
    counted = there > 0
    recall = right / np.maximum(there, 1)
    f1 = 2 * right / np.maximum(there + said, 1)
    return _Figures(
        accuracy=right.sum(axis=1) / draws.sum(axis=1),
        macro_recall=recall.sum(axis=1, where=counted) / counted.sum(axis=1),
        macro_f1=f1.sum(axis=1, where=counted) / counted.sum(axis=1),
    )


def _percentiles(values: _Floats) -> tuple[float, float]:
    low, high = np.percentile(values, _PERCENTILES)
    return float(low), float(high)
