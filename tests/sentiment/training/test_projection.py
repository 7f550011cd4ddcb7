"""The projection of a larger model's vectors starts from what these differ most in."""

import numpy as np

from sentiment.training.cooccurrence import SCALE
from sentiment.training.projection import projected


def vectors(tokens=50, size=6):
    """Give vectors that differ most in the third dimension, then in the first."""
    draw = np.random.default_rng(0)
    made = draw.normal(size=(tokens, size)) * [2, 0.1, 5, 0.1, 0.1, 0.1] + 10
    made[:2] = 0  # Padding and the unknown token have none.
    return made.astype(np.float32)


def test_it_keeps_what_the_vectors_differ_most_in():
    found = projected(vectors(), 2)
    assert found.start.shape == (6, 2)
    assert np.abs(found.start).argmax(axis=0).tolist() == [2, 0]
    np.testing.assert_allclose((found.vectors[2:] @ found.start).std(), SCALE, rtol=1e-4)


def test_tokens_without_a_vector_have_none_and_the_others_are_centred():
    found = projected(vectors(), 2)
    assert not found.vectors[:2].any()
    np.testing.assert_allclose(found.vectors[2:].mean(axis=0), 0, atol=1e-5)


def test_more_dimensions_than_there_are_stay_zero():
    found = projected(vectors(), 9)
    assert found.start.shape == (6, 9)
    assert not found.start[:, 6:].any()


def test_vectors_of_no_token_project_nothing():
    assert not projected(np.zeros((4, 6), np.float32), 3).start.any()


def test_the_same_vectors_give_the_same_start():
    one, other = projected(vectors(), 3), projected(vectors(), 3)
    np.testing.assert_array_equal(one.start, other.start)
