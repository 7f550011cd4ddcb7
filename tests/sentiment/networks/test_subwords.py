import zlib

import numpy as np

from sentiment.networks.subwords import NGRAMS_OF_A_WORD, means_of_parts, ngram_ids

VECTORS = 1000


def hashed(*ngrams):
    return [1 + zlib.crc32(ngram.encode()) % VECTORS for ngram in ngrams]


def test_a_word_has_the_ngrams_of_its_spelling_and_of_its_edges():
    (row,) = ngram_ids(["so"], VECTORS)
    assert row[row > 0].tolist() == hashed("<so", "<so>", "so>")
    (row,) = ngram_ids(["i'm"], VECTORS)
    assert row[row > 0].tolist() == hashed("<i'", "<i'm", "<i'm>", "i'm", "i'm>", "'m>")


def test_what_is_no_word_has_none():
    assert not ngram_ids(["<padding>", "<unknown>", "<user>", "!!", "$", ""], VECTORS).any()


def test_words_spelt_alike_share_most_of_their_ngrams():
    one, other, third = (set(row[row > 0]) for row in ngram_ids(
        ["happiness", "happines", "table"], VECTORS))  # fmt: skip
    assert len(one & other) > len(one) / 2
    assert len(one & third) < 3


def test_of_a_word_without_end_the_beginning_is_read():
    long = ngram_ids(["a" * 10_000, "a" * 48 + "b" * 10_000], VECTORS)
    assert long.shape == (2, NGRAMS_OF_A_WORD)
    assert (long[0] == long[1]).all()
    assert long.all()


def test_any_characters_have_numbers_within_bounds():
    table = ngram_ids(["schöne", "今日", "приве\ud83dт", "x" * 60], 7)
    assert table.min() == 0
    assert table.max() <= 7


def test_a_mean_is_that_of_the_ngrams_there_are():
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
    parts = np.array([[1, 3, 0], [0, 0, 0], [2, 0, 0]], np.int32)
    expected = [(vectors[1] + vectors[3]) / 2, np.zeros(3), vectors[2]]
    np.testing.assert_allclose(means_of_parts(vectors, parts), expected)
