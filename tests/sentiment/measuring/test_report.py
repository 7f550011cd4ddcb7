import numpy as np
import pytest

from sentiment.measuring.report import measure, measure_with_intervals

LABELS = ("negative", "neutral", "positive")
EXPECTED = np.array([0, 0, 1, 1, 2, 2])
PREDICTED = np.array([0, 1, 1, 1, 2, 0])


def test_each_figure_is_what_its_definition_says():
    report = measure(EXPECTED, PREDICTED, LABELS)
    assert report.examples == 6
    assert report.accuracy == pytest.approx(4 / 6)
    assert report.macro_recall == pytest.approx((1 / 2 + 1 + 1 / 2) / 3)
    assert report.macro_f1 == pytest.approx((1 / 2 + 4 / 5 + 2 / 3) / 3)
    assert report.confusion == ((1, 1, 0), (0, 2, 0), (1, 0, 1))
    assert report.per_class["neutral"].precision == pytest.approx(2 / 3)
    assert report.per_class["neutral"].recall == 1
    assert report.per_class["neutral"].f1 == pytest.approx(4 / 5)
    assert report.per_class["neutral"].examples == 2


def test_a_label_that_no_text_has_does_not_count_in_the_means():
    report = measure(np.array([0, 0]), np.array([0, 0]), LABELS)
    assert report.macro_recall == report.macro_f1 == report.accuracy == 1
    assert report.per_class["positive"].recall is None
    assert report.per_class["positive"].precision is None


def test_a_label_that_was_only_predicted_has_no_recall_but_a_precision():
    report = measure(np.array([0, 0]), np.array([0, 2]), LABELS)
    assert report.per_class["positive"].precision == 0
    assert report.per_class["positive"].recall is None
    assert report.macro_recall == 0.5


def test_of_positive_and_negative_the_mean_f1_is_told():
    report = measure(EXPECTED, PREDICTED, LABELS)
    per_class = report.per_class
    mean = (per_class["positive"].f1 + per_class["negative"].f1) / 2
    assert report.f1_positive_negative == pytest.approx(mean)
    assert measure(EXPECTED, PREDICTED, ("a", "b", "c")).f1_positive_negative is None
    assert measure(EXPECTED[:4], PREDICTED[:4], LABELS).f1_positive_negative is None


def test_of_stars_it_is_told_how_far_off_they_are():
    report = measure(np.array([0, 1, 2, 3]), np.array([0, 3, 1, 3]), ("1", "2", "3", "5"))
    assert report.mean_absolute_error == pytest.approx((0 + 3 + 1 + 0) / 4)
    signed = measure(np.array([0, 1, 2, 2]), np.array([2, 1, 1, 2]), ("-1", "0", "+1"))
    assert signed.mean_absolute_error == pytest.approx((2 + 0 + 1 + 0) / 4)
    for labels in (LABELS, ("1", "2", "x"), ("0", "4")):
        places = np.arange(len(labels))
        assert measure(places, places, labels).mean_absolute_error is None


def test_intervals_are_told_where_they_are_asked_for():
    assert measure(EXPECTED, PREDICTED, LABELS).intervals is None
    sure = measure_with_intervals(EXPECTED, PREDICTED, LABELS).intervals.accuracy
    assert sure.low < 4 / 6 < sure.high
