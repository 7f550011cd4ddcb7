"""The n-grams of a text that moved its probabilities, at their characters, strongest first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment import Scorer, SettingsError
from sentiment.serving import explainer
from tests.sentiment.texts import make_texts
from tests.sentiment.tweets import DEFAULT, read_tweets

MIXED = [
    "what a lovely day 😀 thank you @example_anna",
    "",
    "@bob I'm SOOO happyyy!!! &lt;3 #GoTeam 😂😂",
    "\x00",
    "so so so so bad",
    "meh " * 300,
    "x",
    "👍🏽👍🏽👍🏽",
    "http://t.co/x\n\nnot  good at all",
]


def explained(scorer, texts, most=None):
    return scorer.explain(texts, scorer.prepare(texts), most)


def added_up(explanation):
    """Give bias and weights of each text, added up."""
    sums = explanation.bias.astype(np.float64)
    texts = np.repeat(np.arange(len(sums)), np.diff(explanation.offsets))
    np.add.at(sums, texts, explanation.weights)
    return sums


def assert_adds_up(scorer, texts):
    explanation = explained(scorer, texts)
    probabilities = scorer.score(scorer.prepare(texts))
    np.testing.assert_array_equal(explanation.probabilities, probabilities)
    logarithms = np.log(probabilities.astype(np.float64))
    centred = logarithms - logarithms.mean(axis=1, keepdims=True)
    np.testing.assert_allclose(added_up(explanation), centred, rtol=0, atol=1e-5)


def test_all_n_grams_and_the_bias_add_up(scorer):
    assert_adds_up(scorer, MIXED + [text for text, _ in make_texts(500, seed=1)])


def test_they_add_up_for_tweets(scorer):
    assert_adds_up(scorer, [example.text for example in read_tweets()[:3000]])


@given(st.lists(st.text(max_size=40), max_size=8))
def test_they_add_up_for_any_texts(small_scorer, texts):
    assert_adds_up(small_scorer, texts)


def test_each_place_comes_once_and_the_strongest_first(scorer):
    explanation = explained(scorer, MIXED)
    for found in explanation.evidence(MIXED, scorer.labels):
        assert len({(each.start, each.end) for each in found}) == len(found)
        weights = [each.weight for each in found]
        assert weights == sorted(weights, reverse=True)
        assert all(weight >= 0 for weight in weights)


def test_the_text_of_an_n_gram_stands_at_its_place(scorer):
    found = explained(scorer, MIXED).evidence(MIXED, scorer.labels)
    assert [bool(each) for each in found] == [True, False, True, False, *5 * [True]]
    for text, of_text in zip(MIXED, found, strict=True):
        assert all(each.text == text[each.start : each.end] != "" for each in of_text)


def test_words_of_an_emoji_are_one_n_gram(scorer):
    ((found,),) = explained(scorer, ["👍"]).evidence(["👍"], scorer.labels)
    assert (found.text, found.start, found.end) == ("👍", 0, 1)


def test_what_speaks_for_a_label_is_found(small_scorer):
    texts = ["ba be this is awful", "thanks so great and happy"]
    (bad, *_), (good, *_) = explained(small_scorer, texts).evidence(texts, small_scorer.labels)
    assert ("awful" in bad.text, bad.label) == (True, "negative")
    assert good.label == "positive"


def test_so_many_are_given_as_were_asked_for(scorer):
    everything = explained(scorer, MIXED).evidence(MIXED, scorer.labels)
    few = explained(scorer, MIXED, 3).evidence(MIXED, scorer.labels)
    assert few == [found[:3] for found in everything]
    assert explained(scorer, MIXED, 3).weights.shape == (sum(map(len, few)), 3)


def test_many_texts_are_explained_in_parts(scorer, monkeypatch):
    whole = explained(scorer, MIXED, 4)
    for weights in (1, 300, 2_000):
        monkeypatch.setattr(explainer, "_MOST_WEIGHTS", weights)
        parts = explained(scorer, MIXED, 4)
        for name in ("probabilities", "bias", "offsets", "starts", "ends", "weights"):
            np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))


def test_no_texts_have_no_evidence(scorer):
    explanation = explained(scorer, [], 5)
    assert explanation.probabilities.shape == (0, 3)
    assert explanation.evidence([], scorer.labels) == []


def test_texts_of_another_batch_are_refused(scorer):
    with pytest.raises(ValueError, match="not those of the batch"):
        scorer.explain(["two words"], scorer.prepare(["word"]))


def test_keras_cannot_tell(small_bundle):
    keras = Scorer.load(small_bundle, "keras")
    with pytest.raises(SettingsError, match="evidence needs the folded engine, and Keras was"):
        keras.check_explains()


def test_the_shipped_model_can_be_explained():
    Scorer.load(DEFAULT).check_explains()
