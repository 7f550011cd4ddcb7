import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from sentiment.measuring.curves import curves

LABELS = ("a", "b", "c")


def scored(number, seed=0):
    random = np.random.default_rng(seed)
    expected = random.integers(0, 3, number)
    shares = random.dirichlet((1, 1, 1), number) + 0.3 * np.eye(3)[expected]
    return (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32), expected


def test_an_area_is_how_often_a_text_of_the_label_comes_before_another():
    shares, expected = scored(300)
    for number, label in enumerate(LABELS):
        own, others = shares[expected == number, number], shares[expected != number, number]
        wins = (own[:, np.newaxis] > others).mean()
        found = curves(shares, expected, LABELS)[label]
        assert found.roc_area == pytest.approx(wins)
        assert found.roc_area == pytest.approx(roc_auc_score(expected == number, shares[:, number]))


def test_a_perfect_order_has_whole_areas_and_chance_has_half():
    found = curves(np.eye(3)[[0, 1, 2, 0]], np.array([0, 1, 2, 0]), LABELS)
    assert {each.roc_area for each in found.values()} == {1.0}
    assert {each.average_precision for each in found.values()} == {1.0}
    chance = curves(np.full((4, 2), 0.5), np.array([0, 1, 1, 1]), ("a", "b"))
    assert chance["a"].roc_area == 0.5
    assert chance["a"].average_precision == pytest.approx(1 / 4)


def test_many_texts_leave_no_more_points_than_a_drawing_shows():
    found = curves(*scored(12_000), LABELS)["a"]
    assert len(found.roc) <= 200
    assert len(found.precision_recall) <= 200
    assert (found.roc[0], found.roc[-1]) == ((0, 0), (1, 1))


def test_a_label_that_no_text_or_every_text_has_has_no_curve():
    shares, _ = scored(5)
    assert curves(shares, np.zeros(5, int), LABELS) == {}
    assert set(curves(shares, np.array([0, 1, 0, 1, 0]), LABELS)) == {"a", "b"}
