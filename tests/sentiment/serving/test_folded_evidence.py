"""Weights of n-grams and bias add up to what the network computes, whatever the network is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sentiment.networks.inputs import Inputs
from sentiment.settings import NetworkSettings
from sentiment.text.encoded_texts import EncodedTexts
from tests.sentiment.random_networks import folded, random_network, random_texts
from tests.sentiment.serving.test_folded import LENGTHS, NETWORKS, SPELLING, UNSEEN, WORDS
from tests.sentiment.texts import make_texts
from tests.sentiment.tweets import SHIPPED, read_tweets

ODD = [
    "",
    " ",
    "ok",
    "@bob loves http://x.y 😀",
    "meh " * 300,
    "\x00",
    "so so so so so happy!!! 😂",
]


def centred(values):
    """Give values without the mean of each row."""
    return values - values.mean(axis=1, keepdims=True)


def added_up(weighed, texts):
    """Give bias and weights of each text, added up."""
    of_token = weighed.weights.astype(np.float64).sum(axis=1)
    sums = np.concatenate([np.zeros((1, of_token.shape[1])), np.cumsum(of_token, axis=0)])
    return weighed.bias + sums[texts.offsets[1:]] - sums[texts.offsets[:-1]]


def logits(model, texts, subwords=0):
    """Give what a Keras model computes before its softmax."""
    from sentiment.runtime import keras  # noqa: PLC0415  (slow)

    output = model.get_layer("output")
    below = keras.Model(model.inputs, output.input)
    inputs = Inputs(texts, subwords).padded(np.arange(len(texts)))
    features = below.predict(inputs if subwords else inputs[0], batch_size=512, verbose=0)
    kernel, bias = (each.astype(np.float64) for each in output.get_weights())
    return features @ kernel + bias


@given(NETWORKS, SPELLING, st.integers(2, 20), LENGTHS, st.integers(0, 1000))
@settings(max_examples=30)
def test_evidence_adds_up_for_any_network(sizes, spelling, classes, lengths, seed):
    sizes = replace(sizes, **spelling)
    model = random_network(sizes, classes, seed)
    texts = random_texts(lengths, WORDS, seed, UNSEEN if spelling else ())
    engine = folded(model, sizes, classes)
    weighed = engine.explain(texts)
    expected = centred(logits(model, texts, sizes.subwords))
    np.testing.assert_allclose(added_up(weighed, texts), expected, rtol=1e-6, atol=1e-4)
    np.testing.assert_array_equal(weighed.probabilities, engine.score(texts))
    assert weighed.weights.shape == (len(texts.ids), max(sizes.widths), classes)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("hidden", [(), (9,), (20, 17)])
@pytest.mark.parametrize("width", [1, 2, 3, 6])
def test_it_adds_up_at_each_length_and_width(padding, hidden, width):
    sizes = NetworkSettings(
        WORDS, 4, (width,), 17, padding=padding, pooling=("mean", "max", "vectors"), hidden=hidden
    )
    model = random_network(sizes, 3)
    texts = random_texts([*range(13), 64, 300], WORDS)
    sums = added_up(folded(model, sizes, 3).explain(texts), texts)
    np.testing.assert_allclose(sums, centred(logits(model, texts)), rtol=0, atol=1e-5)


def test_what_a_vector_says_itself_is_evidence_of_its_token_alone():
    sizes = NetworkSettings(WORDS, 4, (2,), filters=5, pooling=("max", "vectors"))
    model = random_network(sizes, 3)
    convolution = model.get_layer("convolution_2")
    convolution.set_weights([np.zeros_like(each) for each in convolution.get_weights()])
    (vectors,), (kernel, _) = (
        model.get_layer(name).get_weights() for name in ("embedding", "output")
    )
    texts = random_texts([3, 0, 1], WORDS)
    weights = folded(model, sizes, 3).explain(texts).weights
    said = centred(vectors[texts.ids] @ kernel[5:])
    np.testing.assert_allclose(weights[:3, 0], said[:3] / 3, atol=1e-6)
    np.testing.assert_allclose(weights[3, 0], said[3], atol=1e-6)
    assert not weights[:, 1].any()


@pytest.fixture(scope="module")
def engine(scorer):
    """Give the engine of the shipped model."""
    return scorer._engine


def assert_adds_up(scorer, engine, texts):
    batch = scorer.prepare(texts)
    weighed = engine.explain(batch)
    probabilities = scorer.score(batch)
    np.testing.assert_array_equal(weighed.probabilities, probabilities)
    expected = centred(np.log(probabilities.astype(np.float64)))
    np.testing.assert_allclose(added_up(weighed, batch), expected, rtol=0, atol=1e-5)


def test_it_adds_up_for_the_shipped_model(scorer, engine):
    assert_adds_up(scorer, engine, ODD + [text for text, _ in make_texts(3000, seed=11)])


def test_it_adds_up_for_tweets(scorer, engine):
    assert_adds_up(scorer, engine, [example.text for example in read_tweets()[:6000]])


def test_over_the_classes_weights_add_up_to_nothing(scorer, engine):
    weighed = engine.explain(scorer.prepare([text for text, _ in make_texts(300, seed=2)]))
    np.testing.assert_allclose(weighed.weights.sum(axis=2), 0, atol=1e-5)
    np.testing.assert_allclose(weighed.bias.sum(axis=1), 0, atol=1e-5)


def test_no_n_gram_reaches_beyond_its_text(engine):
    texts = random_texts([1, 2, 0, 5], 30)
    begins, longest = np.nonzero(np.abs(engine.explain(texts).weights).max(axis=2))
    ends = begins + longest + 1
    of_text = np.searchsorted(texts.offsets, begins, side="right")
    assert (ends <= texts.offsets[of_text]).all()
    assert set(of_text) == {1, 2, 4}


def test_a_text_of_nothing_has_only_the_bias(scorer, engine):
    weighed = engine.explain(scorer.prepare(["", "\x00"]))
    assert weighed.weights.shape == (0, max(SHIPPED.widths), 3)
    expected = centred(np.log(weighed.probabilities))
    np.testing.assert_allclose(weighed.bias, expected, atol=1e-5)


def test_a_text_is_explained_the_same_alone_and_among_others(engine):
    texts = random_texts([7, 30, 1], 30)
    among = engine.explain(texts)
    alone = engine.explain(EncodedTexts(texts.ids[7:37], np.array([0, 30])))
    np.testing.assert_array_equal(alone.weights, among.weights[7:37])
    np.testing.assert_array_equal(alone.bias[0], among.bias[1])


def test_ids_of_another_vocabulary_are_refused(engine):
    size = SHIPPED.vocabulary_size
    with pytest.raises(ValueError, match=f"not among the {size:,} of the vocabulary"):
        engine.explain(EncodedTexts(np.array([1, size], np.int32), np.array([0, 2])))
