import numpy as np
import pytest

from sentiment.measuring.calibration import (
    LEAST_TEMPERATURE,
    MOST_TEMPERATURE,
    at_temperature,
    calibration,
    fit_temperature,
)


def honest(number, temperature=1.0, seed=0):
    """Give probabilities that are right as often as they say, then made surer or less sure."""
    random = np.random.default_rng(seed)
    shares = random.dirichlet((0.7, 0.7, 0.7), number)
    expected = (shares.cumsum(axis=1) < random.random((number, 1))).sum(axis=1)
    return at_temperature(shares, temperature).astype(np.float32), np.minimum(expected, 2)


def test_each_figure_is_what_its_definition_says():
    found = calibration(np.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]), np.array([0, 1, 1]))
    assert found.brier == pytest.approx((2 * 0.1**2 + 2 * 0.8**2 + 2 * 0.3**2) / 3)
    assert found.log_loss == pytest.approx(-np.log([0.9, 0.2, 0.7]).mean())
    # Each text is alone in its bin.
    assert found.ece == pytest.approx((0.1 + 0.8 + 0.3) / 3)
    assert sum(each.examples for each in found.bins) == 3
    assert [each.high for each in found.bins if each.examples] == pytest.approx(
        [11 / 15, 12 / 15, 14 / 15]
    )


def test_certainty_that_is_right_has_no_error():
    found = calibration(np.eye(3, dtype=np.float32), np.arange(3))
    assert (found.ece, found.brier, found.log_loss) == (0, 0, 0)


def test_a_probability_of_nothing_for_the_label_is_still_a_number():
    found = calibration(np.array([[1, 0]], np.float32), np.array([1]))
    assert found.log_loss == pytest.approx(-np.log(1e-37))
    assert found.brier == 2


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_what_made_honest_probabilities_too_sure_or_not_sure_enough_is_found(temperature):
    shares, expected = honest(5_000, temperature)
    found = fit_temperature(shares, expected)
    assert found == pytest.approx(1 / temperature, rel=0.05)
    mended = calibration(at_temperature(shares, found), expected)
    assert mended.ece < 0.02
    if temperature != 1:
        assert calibration(shares, expected).ece > 0.05


@pytest.mark.parametrize("row", [[0.6, 0.4], [0.6, 0.2, 0.2], [0.95, 0.05]])
def test_fifteen_texts_that_are_all_right_hardly_change_how_sure_it_is(row):
    found = fit_temperature(np.array([row] * 15, np.float32), np.zeros(15, int))
    assert 0.65 < found < 1


def least_log_loss(shares, expected):
    """Give the temperature that the texts alone ask for, of a thousand."""
    temperatures = np.geomspace(LEAST_TEMPERATURE, MOST_TEMPERATURE, 1_000)
    losses = [calibration(at_temperature(shares, t), expected).log_loss for t in temperatures]
    return temperatures[np.argmin(losses)]


@pytest.mark.parametrize("temperature", [0.5, 0.8, 1.0, 1.25, 2.0])
def test_three_thousand_texts_decide_it_by_themselves(temperature):
    shares, expected = honest(3_000, temperature)
    found = fit_temperature(shares, expected)
    assert found == pytest.approx(least_log_loss(shares, expected), rel=0.02)


def test_many_texts_cannot_ask_for_just_any_temperature():
    right = np.array([[0.6, 0.4]] * 1_000, np.float32)
    assert fit_temperature(right, np.zeros(1_000, int)) == pytest.approx(
        LEAST_TEMPERATURE, rel=1e-3
    )
    assert fit_temperature(right, np.ones(1_000, int)) == pytest.approx(MOST_TEMPERATURE, rel=1e-3)
    assert fit_temperature(right, np.zeros(1_000, int)) >= LEAST_TEMPERATURE
    assert fit_temperature(right, np.ones(1_000, int)) <= MOST_TEMPERATURE


def test_a_temperature_changes_no_label_and_is_undone_by_its_inverse():
    shares, _ = honest(1_000)
    for temperature in (LEAST_TEMPERATURE, 0.7, MOST_TEMPERATURE):
        changed = at_temperature(shares, temperature)
        assert (changed.argmax(axis=1) == shares.argmax(axis=1)).all()
        assert at_temperature(changed, 1 / temperature) == pytest.approx(shares, abs=1e-6)
