import time

import numpy as np
import pytest

from sentiment.measuring.bootstrap import _draws, _figures, differences, intervals
from sentiment.measuring.report import measure

LABELS = ("a", "b", "c")


def texts(number, right, seed=0):
    """Give labels and predictions, of which such a share is right."""
    random = np.random.default_rng(seed)
    expected = random.choice(3, number, p=(0.2, 0.3, 0.5))
    wrong = (expected + random.integers(1, 3, number)) % 3
    return expected, np.where(random.random(number) < right, expected, wrong)


def test_the_figures_of_a_resample_are_those_of_its_texts():
    expected, predicted = np.array([0, 0, 1, 2, 2]), np.array([0, 1, 1, 2, 0])
    draws = np.array([[2, 0, 3, 0, 1], [1, 1, 1, 1, 1], [0, 0, 4, 0, 1]])
    figures = _figures(draws, expected, predicted, 3)
    for place, counts in enumerate(draws):
        report = measure(np.repeat(expected, counts), np.repeat(predicted, counts), LABELS)
        assert figures.accuracy[place] == pytest.approx(report.accuracy)
        assert figures.macro_recall[place] == pytest.approx(report.macro_recall)
        assert figures.macro_f1[place] == pytest.approx(report.macro_f1)


def test_an_interval_of_accuracy_is_as_wide_as_the_binomial_distribution_says():
    found = intervals(*texts(1_000, 0.7), 3).accuracy
    width = 2 * 1.96 * (0.7 * 0.3 / 1_000) ** 0.5
    assert found.high - found.low == pytest.approx(width, rel=0.15)
    assert found.low < 0.7 < found.high


def test_resamples_have_as_many_texts_as_there_are():
    draws = _draws(np.array([3, 40, 7]), np.random.default_rng(0))
    assert draws.shape == (1_000, 3)
    assert set(draws.sum(axis=1)) == {50}


def test_a_rare_label_is_in_every_resample_of_macro_figures():
    # All of the 98 are right and one of the two is: the macro recall is 0.75. A resample without
    # the rare label would have 1.
    expected, predicted = np.repeat([0, 1], [98, 2]), np.repeat([0, 1, 0], [98, 1, 1])
    found = intervals(expected, predicted, 3)
    assert (found.macro_recall.low, found.macro_recall.high) == (0.5, 1)
    always_first = intervals(expected, np.zeros(100, int), 3)
    assert (always_first.macro_recall.low, always_first.macro_recall.high) == (0.5, 0.5)
    assert always_first.accuracy.low < 0.98 < always_first.accuracy.high


def test_an_interval_of_macro_recall_is_as_wide_as_the_recalls_say():
    expected = np.repeat([0, 1], [900, 100])
    predicted = np.where(np.arange(1_000) % 10 < 3, 1 - expected, expected)
    found = intervals(expected, predicted, 2).macro_recall
    width = 2 * 1.96 * (0.7 * 0.3 * (1 / 900 + 1 / 100)) ** 0.5 / 2
    assert found.high - found.low == pytest.approx(width, rel=0.1)


def test_the_same_texts_give_the_same_intervals():
    assert intervals(*texts(100, 0.7), 3) == intervals(*texts(100, 0.7), 3)


def test_one_text_has_an_interval_of_one_point():
    found = intervals(np.array([1]), np.array([1]), 3)
    assert (found.accuracy.low, found.macro_f1.high) == (1, 1)


def test_a_difference_is_told_from_chance_only_where_there_are_texts_enough():
    for number, sure in ((40, False), (4_000, True)):
        expected, ours = texts(number, 0.72)
        theirs = texts(number, 0.68, seed=0)[1]
        found = differences(expected, ours, theirs, 3).macro_recall
        assert found.low <= found.difference <= found.high
        assert (found.low > 0) is sure
        assert found.wins > 0.5


def test_of_two_that_are_the_same_neither_wins():
    expected, ours = texts(100, 0.7)
    found = differences(expected, ours, ours, 3).accuracy
    assert (found.difference, found.low, found.high, found.wins) == (0, 0, 0, 0)


def test_pairing_makes_a_difference_surer_than_two_intervals():
    expected, ours = texts(2_000, 0.7)
    theirs = ours.copy()
    theirs[:60] = (expected[:60] + 1) % 3
    found = differences(expected, ours, theirs, 3).accuracy
    alone = intervals(expected, ours, 3).accuracy
    assert found.high - found.low < 0.6 * (alone.high - alone.low)


def test_twelve_thousand_texts_of_twenty_labels_take_seconds():
    random = np.random.default_rng(0)
    expected, ours, theirs = random.integers(0, 20, (3, 12_000))
    started = time.process_time()
    intervals(expected, ours, 20)
    differences(expected, ours, theirs, 20)
    assert time.process_time() - started < 6  # 2.7 s were measured beside other work.
