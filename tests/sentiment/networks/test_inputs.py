import numpy as np
import pytest

from sentiment.networks.inputs import Inputs, TrainingInputs
from sentiment.networks.subwords import NGRAMS_OF_A_WORD, ngram_ids
from sentiment.text.encoded_texts import EncodedTexts

VECTORS = 1000
KNOWN = ["<padding>", "<unknown>", "so", "!", "day", "happy"]
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


ROWS = [[5, -1, 2], [], [-2, -1]]


@pytest.fixture
def known():
    """Give the parts of the words of the vocabulary."""
    return ngram_ids(KNOWN, VECTORS)


def spelt(places, words, parts=None):
    """Give each text as the ids of its words, or as their parts."""
    return [[(words if parts is None else parts)[place] for place in row] for row in places]


def test_while_learning_each_word_is_there_once():
    texts = EncodedTexts(np.array([5, 2, 5, 3, 2, 2], np.int32), np.array([0, 3, 6]))
    places, words = TrainingInputs(texts).padded([0, 1], 4)
    assert spelt(places, words) == [[5, 2, 5, 0], [3, 2, 2, 0]]
    assert sorted(words[words > 0]) == [2, 3, 5]
    assert words[0] == 0
    assert len(words) % 256 == 0


def test_while_learning_all_words_have_their_parts(known):
    places, words, parts = TrainingInputs(TEXTS, VECTORS, known).padded([0, 1, 2])
    assert spelt(places, words) == [[5, 1, 2], [0, 0, 0], [1, 1, 0]]
    grrr, happy = ngram_ids(TEXTS.unseen, VECTORS)
    nothing = np.zeros(NGRAMS_OF_A_WORD)
    expected = [[known[5], grrr, known[2]], [nothing] * 3, [happy, grrr, nothing]]
    np.testing.assert_array_equal(spelt(places, words, parts), expected)


@pytest.mark.parametrize("reads_spelling", [False, True])
def test_a_dropped_word_is_unknown_and_can_still_be_spelt(known, reads_spelling):
    texts = EncodedTexts(np.array([5, 2, 5], np.int32), np.array([0, 3]))
    spelling = (VECTORS, known) if reads_spelling else ()
    dropped = np.array([[True, False, False, True]])
    found = TrainingInputs(texts, *spelling).padded([0], 4, lambda shape: dropped)
    assert spelt(*found[:2]) == [[1, 2, 5, 0]]
    if reads_spelling:
        np.testing.assert_array_equal(spelt(*found)[0][:3], [known[5], known[2], known[5]])


def test_texts_of_nothing_are_padding(known):
    texts = EncodedTexts(np.array([], np.int32), np.array([0, 0]))
    places, words, parts = TrainingInputs(texts, VECTORS, known).padded([0])
    assert places.tolist() == [[0]]
    assert not words.any()
    assert not parts.any()
