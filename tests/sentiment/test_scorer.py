import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import EncodedTexts, Scorer
from tests.sentiment.texts import make_texts
from tests.sentiment.tweets import DEFAULT


def test_it_knows_what_the_model_is_called(small_scorer):
    assert small_scorer.name == "small"
    assert len(small_scorer.sha256) == 64
    assert small_scorer.model_id == f"small@{small_scorer.sha256[:8]}"
    assert small_scorer.labels == ("negative", "neutral", "positive")
    assert small_scorer.engine == "folded"


def test_it_has_learnt_what_the_texts_show(small_scorer):
    pairs = make_texts(90, seed=7)
    batch = small_scorer.prepare([text for text, _ in pairs])
    assert isinstance(batch, EncodedTexts)
    predicted = [small_scorer.labels[place] for place in small_scorer.score(batch).argmax(axis=1)]
    assert sum(map(str.__eq__, predicted, [label for _, label in pairs])) > 80


@given(st.lists(st.text(max_size=40), max_size=20))
def test_any_texts_can_be_scored(small_scorer, texts):
    scores = small_scorer.score(small_scorer.prepare(texts))
    assert scores.shape == (len(texts), 3)
    np.testing.assert_allclose(scores.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize(
    "text", ["\ud83d", "\x00", "a" * 1_000_000, "a " * 500_000, "😂" * 1_000_000]
)
def test_a_text_however_odd_can_be_scored(small_scorer, text):
    assert small_scorer.score(small_scorer.prepare([text])).shape == (1, 3)


def test_it_still_scores_what_it_scored_when_it_was_trained(small_scorer):
    small_scorer.check_reference()


def test_two_scorers_of_one_model_agree(small_bundle, small_scorer):
    other = Scorer.load(str(small_bundle), threads=1)
    texts = [text for text, _ in make_texts(20, seed=3)]
    np.testing.assert_array_equal(
        other.score(other.prepare(texts)), small_scorer.score(small_scorer.prepare(texts))
    )


def turns_during(work):
    """Count the turns of another thread while something is done, and give the seconds it took."""
    turns, done = 0, threading.Event()

    def turn():
        nonlocal turns
        while not done.is_set():
            turns += 1
            time.sleep(0)

    other = threading.Thread(target=turn)
    other.start()
    start = time.monotonic()
    work()
    seconds = time.monotonic() - start
    done.set()
    other.join()
    return turns, seconds


@pytest.mark.parametrize("engine", ["folded", "keras"])
def test_another_thread_goes_on_while_the_network_is_computed(engine):
    scorer = Scorer.load(DEFAULT, engine)
    batch = scorer.prepare([text for text, _ in make_texts(20_000, seed=4)])
    scorer.score(batch)
    turns, seconds = turns_during(lambda: scorer.score(batch))
    undisturbed, _ = turns_during(lambda: time.sleep(seconds))
    # Two in three are usual. With the GIL held it would turn about once for each call that
    # computes, thirty of TensorFlow's or one of the folded network's: one in a hundred.
    assert turns > undisturbed / 20
