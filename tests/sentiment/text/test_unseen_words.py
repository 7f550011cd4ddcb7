import numpy as np
import pytest

from sentiment.settings import PreprocessorSettings
from sentiment.text.preprocessor import Preprocessor, tokens
from sentiment.text.unseen_words import LONGEST_WORD
from sentiment.text.vocabulary import Vocabulary

KNOWN = ["<padding>", "<unknown>", "so", "happy", "!"]
SETTINGS = PreprocessorSettings(max_tokens=8, spelling=True)


@pytest.fixture
def prepare():
    """Give a preprocessor that keeps the spelling of words."""
    return Preprocessor(Vocabulary(KNOWN), SETTINGS)


def words(batch):
    """Give the tokens of each text of a batch, by their ids."""
    return [
        [KNOWN[each] if each >= 0 else batch.unseen[-1 - each] for each in batch.ids[start:end]]
        for start, end in zip(batch.offsets[:-1], batch.offsets[1:], strict=True)
    ]


def test_words_that_the_vocabulary_lacks_keep_their_spelling(prepare):
    batch = prepare(["so grumpy", "Happy grumpy mornings!", ""])
    assert words(batch) == [["so", "grumpy"], ["happy", "grumpy", "mornings", "!"], []]
    assert batch.unseen == ("grumpy", "mornings")
    assert batch.unknown_ratio == pytest.approx(3 / 6)


def test_each_batch_has_its_own_unseen_words(prepare):
    prepare(["one two three"])
    batch = prepare(["two happy"])
    assert batch.unseen == ("two",)
    assert batch.ids.tolist() == [-1, 3]


def test_words_are_numbered_as_they_come_whatever_came_before(prepare):
    fresh = Preprocessor(Vocabulary(KNOWN), SETTINGS)
    prepare(["service matches love ok"])
    texts = ["ok I love the service", "and love ok"]
    used, new = prepare(texts), fresh(texts)
    assert used.unseen == new.unseen == ("ok", "i", "love", "the", "service", "and")
    assert used.ids.tolist() == new.ids.tolist()


def test_signs_and_placeholders_stay_unknown(prepare):
    batch = prepare(["@bob $ http://x.y so"])
    assert batch.ids.tolist() == [1, 1, 1, 2]
    assert batch.unseen == ()


def test_without_spelling_all_unseen_words_are_the_same():
    batch = Preprocessor(Vocabulary(KNOWN), PreprocessorSettings())(["so grumpy mornings"])
    assert batch.ids.tolist() == [2, 1, 1]
    assert batch.unseen == ()


def test_what_a_text_becomes_does_not_depend_on_what_came_before(prepare):
    texts = [f"so word{number} happy grumpy{number % 7}" for number in range(70_000)]
    first = prepare(texts[:9])
    for start in range(0, len(texts), 1000):  # More words than are remembered.
        prepare(texts[start : start + 1000])
    again = prepare(texts[:9])
    assert words(first) == words(again) == [tokens(text, SETTINGS) for text in texts[:9]]


def test_of_a_word_without_end_the_beginning_is_kept(prepare):
    letters = "abcdefghijklmnopqrstuvwxyz" * 4
    batch = prepare([letters, "abc"])
    assert batch.unseen == (letters[:LONGEST_WORD], "abc")
    assert batch.ids.dtype == np.int32
