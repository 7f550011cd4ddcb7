"""Words that the vocabulary lacks, in the folded network."""

import numpy as np
import pytest

from sentiment.settings import NetworkSettings
from sentiment.text.encoded_texts import EncodedTexts
from tests.sentiment.random_networks import folded, predicted, random_network

WORDS, SUBWORDS = 30, 40
SIZES = NetworkSettings(
    WORDS,
    embedding_size=6,
    widths=(1, 3),
    filters=20,
    pooling=("max", "vectors"),
    kind="cnn-subword",
    subwords=SUBWORDS,
)


@pytest.fixture(scope="module")
def model():
    """Give a network that reads spelling."""
    return random_network(SIZES, 3)


@pytest.fixture
def engine(model):
    """Give the same one, folded."""
    return folded(model, SIZES, 3)


def text_of(*words):
    """Give one text of unseen words."""
    offsets = np.array([0, len(words)])
    return EncodedTexts(-1 - np.arange(len(words), dtype=np.int32), offsets, words)


def test_a_word_scores_the_same_in_each_batch(engine):
    alone = engine.score(text_of("happyyy"))
    engine.score(text_of("grrr", "happyyy", "meh"))
    ids = np.array([-3, 4, -2], np.int32)
    both = engine.score(EncodedTexts(ids, np.array([0, 1, 3]), ("grrr", "meh", "happyyy")))
    np.testing.assert_array_equal(both[0], alone[0])


def test_a_word_that_is_new_scores_the_same_beside_any_others(model):
    words = tuple(f"word{number}" for number in range(100))
    beside = folded(model, SIZES, 3).score(
        EncodedTexts(-1 - np.arange(100, dtype=np.int32), np.arange(101), words)
    )
    for number in (0, 15, 16, 99):
        alone = folded(model, SIZES, 3).score(text_of(words[number]))
        np.testing.assert_array_equal(beside[number], alone[0])


def test_a_batch_of_very_many_words_is_scored_in_parts(model, engine, monkeypatch):
    draw = np.random.default_rng(0)
    words = tuple(f"word{number}" for number in range(60))
    offsets = np.append(0, np.cumsum(draw.integers(0, 12, 40)))
    ids = draw.integers(-60, WORDS, offsets[-1], dtype=np.int32)
    ids[ids == 0] = 1
    texts = EncodedTexts(ids, offsets, words)
    expected = predicted(model, texts, SUBWORDS)
    held = []
    rows_of = engine._rows_of
    monkeypatch.setattr(engine, "_rows_of", lambda some: held.append(len(some)) or rows_of(some))
    monkeypatch.setattr("sentiment.serving.folded_engine.MOST_UNSEEN", 16)
    np.testing.assert_allclose(engine.score(texts), expected, rtol=0, atol=1e-5)
    assert len(held) > 3
    assert max(held) <= 16


def test_words_spelt_otherwise_score_otherwise(engine):
    scores = engine.score(
        EncodedTexts(np.array([-1, -2, 1], np.int32), np.arange(4), ("happyyy", "grrr"))
    )
    assert len({tuple(row) for row in scores.tolist()}) == 3


def test_rows_that_were_made_room_for_are_made_again(model, engine):
    rows = engine._rows_of
    rows._most = 4
    first = engine.score(text_of("happyyy"))
    for number in range(50):
        texts = text_of("meh", *(f"word{number}{place}" for place in range(number % 7)))
        np.testing.assert_allclose(
            engine.score(texts), predicted(model, texts, SUBWORDS), rtol=0, atol=1e-5
        )
        assert len(rows._places) <= max(4, len(texts.unseen))
    np.testing.assert_array_equal(engine.score(text_of("happyyy")), first)


def test_rows_that_somebody_reads_stay_when_room_is_made(engine):
    rows_of = engine._rows_of
    rows_of._most = 4
    rows, places = rows_of(("happyyy", "grrr"))
    expected = rows[places].copy()
    others, _ = rows_of(("one", "two", "three", "four", "five"))
    assert others is not rows
    np.testing.assert_array_equal(rows[places], expected)
    again, places = rows_of(("grrr", "happyyy"))
    np.testing.assert_array_equal(again[places[::-1]], expected)


def test_an_id_beyond_the_words_of_the_batch_is_refused(engine):
    with pytest.raises(ValueError, match="30 of the vocabulary and the 1 of unseen words"):
        engine.score(EncodedTexts(np.array([-2], np.int32), np.array([0, 1]), ("grrr",)))
