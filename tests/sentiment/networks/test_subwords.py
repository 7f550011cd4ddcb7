import zlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sentiment.networks.subwords import NGRAMS_OF_A_WORD, means_of_parts, ngram_ids

VECTORS = 1000


def hashed(*ngrams):
    encoded = [ngram.encode("utf-8", "surrogatepass") for ngram in ngrams]
    return [1 + zlib.crc32(each) % VECTORS for each in encoded]


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


@given(st.lists(st.text(max_size=9) | st.text("aé今😀\ud83d", min_size=9, max_size=60)))
def test_each_ngram_is_hashed_as_zlib_does_whatever_its_characters(words):
    found = ngram_ids(words, VECTORS)
    assert found.shape == (len(words), NGRAMS_OF_A_WORD)
    for row, word in zip(found, words, strict=True):
        marked = f"<{word[:48]}>" if word[:1].isalnum() else ""
        ngrams = [
            marked[start : start + length]
            for start in range(len(marked))
            for length in (3, 4, 5)
            if start + length <= len(marked)
        ]
        assert row[row > 0].tolist() == hashed(*ngrams[:NGRAMS_OF_A_WORD])


def test_very_many_words_have_the_ngrams_that_each_has_alone():
    words = [f"word{number}" for number in range(1500)]
    table = ngram_ids(words, VECTORS)
    for number in (0, 1023, 1024, 1499):
        np.testing.assert_array_equal(table[number], ngram_ids([words[number]], VECTORS)[0])


def test_a_mean_is_that_of_the_ngrams_there_are():
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
    parts = np.array([[1, 3, 0], [0, 0, 0], [2, 0, 0]], np.int32)
    expected = [(vectors[1] + vectors[3]) / 2, np.zeros(3), vectors[2]]
    np.testing.assert_allclose(means_of_parts(vectors, parts), expected)
