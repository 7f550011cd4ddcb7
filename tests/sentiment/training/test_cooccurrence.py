"""Tokens that stand beside the same tokens start with like vectors."""

import numpy as np
import pytest

from sentiment.text.encoded_texts import EncodedTexts
from sentiment.training.cooccurrence import token_vectors

GOOD, GREAT, BAD, FILM, BOOK, NEVER_BESIDE = 2, 3, 4, 5, 6, 30
TOKENS = 31


def encoded(rows):
    return EncodedTexts.of([np.array(row, np.int32).tobytes() for row in rows])


@pytest.fixture(scope="module")
def texts():
    """Give texts in which GOOD and GREAT stand beside the same tokens, and BAD beside others."""
    random = np.random.default_rng(0)
    rows = []
    for _ in range(300):
        rows.append([random.choice([GOOD, GREAT]), random.choice([7, 8, 9]), FILM])
        rows.append([BAD, random.choice([10, 11, 12]), BOOK])
        rows.append(list(random.integers(13, 30, size=4)))
    return encoded([*rows, [NEVER_BESIDE], []])


def likeness(one, other):
    return one @ other / (np.linalg.norm(one) * np.linalg.norm(other))


def test_tokens_with_the_same_neighbours_are_alike(texts):
    vectors = token_vectors(texts, TOKENS, size=6, seed=1)
    assert vectors.shape == (TOKENS, 6)
    assert likeness(vectors[GOOD], vectors[GREAT]) > 0.9
    assert likeness(vectors[GOOD], vectors[BAD]) < 0.5


def test_the_vectors_can_be_made_again(texts):
    one, other = (token_vectors(texts, TOKENS, size=6, seed=1) for _ in range(2))
    np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("tokens", [40, 2_000], ids=["dense", "sparse"])
def test_few_directions_give_vectors_that_can_be_made_again_and_are_not_long(tokens):
    # Two chains of tokens: far fewer directions than dimensions.
    few = encoded([[2, 3, 4], [5, 6], [2, 3], [5, 6, 7, 5]] * 50)
    one, other = (token_vectors(few, tokens, size=24, seed=1) for _ in range(2))
    np.testing.assert_allclose(one, other, atol=1e-5)
    assert np.linalg.norm(one, axis=1).max() <= 3.01 * 0.08 * np.sqrt(24)


def test_a_token_without_neighbours_still_has_a_vector(texts):
    assert np.abs(token_vectors(texts, TOKENS, size=6, seed=1)[NEVER_BESIDE]).max() > 0


@pytest.mark.parametrize("rows", [[], [[]], [[2]], [[2, 3], [3, 2]]])
def test_few_texts_give_random_vectors(rows):
    vectors = token_vectors(encoded(rows), 4, size=8, seed=1)
    assert vectors.shape == (4, 8)
    assert np.isfinite(vectors).all()
    assert vectors.std() > 0
