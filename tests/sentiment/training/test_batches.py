import numpy as np
import pytest

from sentiment.training.batches import balanced, batches, shuffled

CLASSES = np.array([0] * 90 + [1] * 9 + [2])


@pytest.fixture
def rng():
    """Give random numbers, the same for each test."""
    return np.random.default_rng(0)


def test_shuffled_every_text_comes_once(rng):
    rows = shuffled(CLASSES, rng)
    assert rows.tolist() != sorted(rows)
    assert sorted(rows) == list(range(100))


def test_balanced_every_class_comes_as_often(rng):
    rows = balanced(CLASSES, rng)
    assert len(rows) == 100
    assert np.bincount(CLASSES[rows]).min() >= 32
    counts = np.bincount(rows, minlength=100)
    assert set(counts[:90]) == {0, 1}
    assert set(counts[90:99]) <= {2, 3, 4}


def test_a_class_that_has_no_text_is_left_out(rng):
    assert sorted(balanced(np.array([0, 2, 2, 0]), rng)) == [0, 1, 2, 3]


def test_every_row_is_in_one_batch_beside_texts_of_like_length(rng):
    lengths = rng.integers(0, 64, 1000)
    found = list(batches(np.arange(1000), lengths, 32, rng))
    assert sorted(np.concatenate(found)) == list(range(1000))
    assert sorted(map(len, found)) == [8, *[32] * 31]
    assert np.mean([np.ptp(lengths[rows]) for rows in found]) < 5
    assert lengths[found[0]].mean() != min(lengths[rows].mean() for rows in found)
