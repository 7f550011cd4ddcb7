"""Tokens that share letters share meaning while training; what is kept is one plain table."""

import numpy as np
import pytest

from sentiment.networks.composition import (
    NGRAMS_OF_A_TOKEN,
    ComposedEmbedding,
    Projected,
    token_ngrams,
)

TOKENS = ["<padding>", "<unknown>", "happy", "unhappy", "happily", "unhappily", "!!", "42"]
START = np.random.default_rng(0).normal(size=(len(TOKENS), 4)).astype(np.float32)


@pytest.fixture
def ngrams():
    return token_ngrams(TOKENS, most=100)


def test_words_with_common_letters_have_common_ngrams(ngrams):
    happy, unhappily = set(ngrams[2]) - {0}, set(ngrams[5]) - {0}
    assert happy & unhappily


def test_signs_numbers_and_reserved_tokens_have_none(ngrams):
    for token in ("<padding>", "<unknown>", "!!", "42"):
        assert not ngrams[TOKENS.index(token)].any()


def test_an_ngram_of_few_tokens_is_left_out(ngrams):
    # "ppy" is in two of the words only; these are in all four, ">" being the end of one.
    assert ngrams.max() == len({"ha", "ap", "pp", "hap", "app", "happ", "y>"})


def test_no_more_ngrams_than_asked_for_and_the_most_common_first():
    limited = token_ngrams(TOKENS, most=3)
    assert limited.max() == 3


def test_a_long_token_keeps_its_rarest_ngrams():
    words = ["abcdefghijklmnopqrstuvwxyz", *("abcdefghijklmnopqrstuvwxy" + x for x in "bcdefg")]
    table = token_ngrams(words, most=10_000)
    assert table.shape == (len(words), NGRAMS_OF_A_TOKEN)
    assert (table[0] > 0).all()
    assert table[0].max() > NGRAMS_OF_A_TOKEN


def test_the_table_gives_what_the_layer_gives(ngrams):
    layer = ComposedEmbedding(START, ngrams)
    ids = np.array([[2, 5, 6], [3, 0, 1]], np.int32)
    np.testing.assert_allclose(layer.table()[ids], layer(ids).numpy(), atol=1e-6)


def test_without_ngrams_a_token_is_its_own_vector():
    layer = ComposedEmbedding(START)
    np.testing.assert_array_equal(layer.table(), START)
    assert len(layer.get_weights()) == 1
    assert not layer.frozen


def test_given_vectors_stay_as_they_are_until_they_are_thawed(ngrams):
    given = np.array([False, False, True, True, False, False, False, False])
    layer = ComposedEmbedding(START, None, given)
    np.testing.assert_allclose(layer.table(), START, atol=1e-7)
    layer.own.assign_add(np.ones_like(START))
    np.testing.assert_allclose(layer.table()[given], START[given], atol=1e-6)
    np.testing.assert_allclose(layer.table()[~given], START[~given] + 1, atol=1e-6)
    assert layer.frozen
    layer.thaw()
    np.testing.assert_allclose(layer.table(), START + 1, atol=1e-6)
    assert not layer.frozen


def test_a_token_is_the_sum_of_its_own_vector_and_its_parts(ngrams):
    layer = ComposedEmbedding(START, ngrams)
    own, parts = layer.get_weights()
    np.testing.assert_array_equal(own, START)
    of_happy = ngrams[2][ngrams[2] > 0]
    expected = own[2] + parts[of_happy].sum(axis=0) / np.sqrt(len(of_happy))
    np.testing.assert_allclose(layer.table()[2], expected, atol=1e-6)
    np.testing.assert_allclose(layer.table()[6], own[6], atol=1e-6)


def test_a_vector_in_a_larger_model_is_a_part_by_a_projection_that_is_learnt(ngrams):
    there = np.random.default_rng(1).normal(size=(len(TOKENS), 7)).astype(np.float32)
    start = np.random.default_rng(2).normal(size=(7, 4)).astype(np.float32)
    layer = ComposedEmbedding(START, ngrams, projected=Projected(there, start))
    without = ComposedEmbedding(START, ngrams)
    without.parts.assign(layer.parts)
    np.testing.assert_allclose(layer.table(), without.table() + there @ start, atol=1e-5)
    assert any(each is layer.projection for each in layer.trainable_variables)
    layer.projection.assign(np.zeros_like(start))
    np.testing.assert_allclose(layer.table(), without.table(), atol=1e-6)
