import zlib

import numpy as np

from sentiment.networks.subwords import NGRAMS_OF_A_WORD, Inputs, means_of_parts, ngram_ids
from sentiment.text.encoded_texts import EncodedTexts

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


TEXTS = EncodedTexts(
    np.array([5, -1, 2, -2, -1], np.int32), np.array([0, 3, 3, 5]), ("grrr", "happyyy")
)


def test_a_network_that_reads_no_spelling_takes_ids():
    (ids,) = Inputs(EncodedTexts(np.array([5, 1, 2], np.int32), np.array([0, 2, 3]))).padded([0, 1])
    assert ids.tolist() == [[5, 1], [2, 0]]


def test_unseen_words_are_unknown_ones_with_parts():
    ids, parts = Inputs(TEXTS, VECTORS).padded([0, 1, 2])
    assert ids.tolist() == [[5, 1, 2], [0, 0, 0], [1, 1, 0]]
    grrr, happy = ngram_ids(TEXTS.unseen, VECTORS)
    nothing = np.zeros(NGRAMS_OF_A_WORD)
    expected = [[nothing, grrr, nothing], [nothing] * 3, [happy, grrr, nothing]]
    np.testing.assert_array_equal(parts, expected)


def test_while_training_known_words_have_parts_too():
    known = ngram_ids(["<padding>", "<unknown>", "so", "!", "day", "happy"], VECTORS)
    _, parts = Inputs(TEXTS, VECTORS, known).padded([0])
    np.testing.assert_array_equal(parts[0], [known[5], ngram_ids(["grrr"], VECTORS)[0], known[2]])
