import numpy as np
import pytest

from sentiment.training.averaging import Average


def test_the_average_follows_what_stays_the_same():
    average = Average([np.zeros(3)], kept=0.999)
    for _ in range(600):
        average.add([np.ones(3)])
    assert average.arrays[0] == pytest.approx(np.ones(3), abs=1e-3)


def test_later_the_share_asked_for_is_kept():
    average = Average([np.zeros(1)], kept=0.5)
    for _ in range(50):
        average.add([np.zeros(1)])
    average.add([np.ones(1)])
    assert average.arrays[0] == pytest.approx([0.5])
    assert average.steps == 51


def test_what_is_averaged_is_left_alone():
    given = np.zeros(2)
    average = Average([given], kept=0.9)
    average.add([np.ones(2)])
    assert given.tolist() == [0, 0]
