import numpy as np
import pytest

from sentiment import BundleError
from sentiment.settings import PreprocessorSettings
from sentiment.storage.reference import TEXTS, Reference
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.text.preprocessor import Preprocessor
from sentiment.text.vocabulary import Vocabulary

PREPARE = Preprocessor(
    Vocabulary(["<padding>", "<unknown>", "love", "happy"]), PreprocessorSettings(max_tokens=8)
)


def score(batch):
    """Score a text by its length, as no network would."""
    first = 1 / (2 + batch.lengths)
    return np.stack([first, 1 - first], axis=1).astype(np.float32)


@pytest.fixture
def reference():
    """Give the reference of that scoring."""
    return Reference.make(PREPARE, score, vocabulary_size=4, max_tokens=8)


def test_it_survives_being_stored(reference):
    stored = Reference.from_npz(reference.to_npz(), vocabulary_size=4, max_tokens=8, classes=2)
    assert stored.texts == TEXTS
    stored.check(PREPARE, score)


def test_its_random_rows_reach_all_of_the_vocabulary(reference):
    drawn = reference.batch.ids[reference.batch.offsets[len(TEXTS)] :]
    assert set(drawn) == {1, 2, 3}
    assert reference.batch.lengths.max() == 8


def test_a_probability_that_moved_is_found(reference):
    def moved(batch):
        scores = score(batch)
        scores[-1, 0] += 2e-4
        return scores

    with pytest.raises(BundleError, match=r"0\.0002 off"):
        reference.check(PREPARE, moved)


def test_rounding_is_no_difference(reference):
    reference.check(PREPARE, lambda batch: score(batch) + np.float32(5e-5))


def test_a_probability_that_is_no_number_is_found(reference):
    with pytest.raises(BundleError, match="nan off"):
        reference.check(PREPARE, lambda batch: score(batch) * np.float32("nan"))


def test_texts_prepared_differently_are_found(reference):
    def other(texts):
        batch = PREPARE([text.replace("love", "happy") for text in texts])
        return EncodedTexts(batch.ids, batch.offsets)

    with pytest.raises(BundleError, match="prepared differently"):
        reference.check(other, score)
