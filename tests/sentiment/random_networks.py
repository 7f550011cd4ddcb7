"""Networks with random weights, and the same ones folded."""

import numpy as np

from sentiment.networks import network
from sentiment.serving.cache import Cache
from sentiment.serving.folded import Layout, fold
from sentiment.serving.folded_engine import FoldedEngine
from sentiment.serving.machine_code import SCORE, load_kernel
from sentiment.text.encoded_texts import EncodedTexts


def random_network(settings, classes, seed=0):
    """Give a Keras model whose weights and biases are random, the vector of padding too."""
    model = network.build(settings, classes)
    draw = np.random.default_rng(seed)
    model.set_weights([draw.normal(scale=0.4, size=each.shape) for each in model.get_weights()])
    return model


def folded(model, settings, classes):
    """Give an engine with the network of a Keras model."""
    layout = Layout(settings, classes)
    weights = network.weights(model)
    layout.check(weights)
    tables = np.concatenate([part.reshape(-1) for part in fold(weights, layout)])
    cache = Cache(None)
    return FoldedEngine(tables, layout, load_kernel(SCORE, cache), cache)


def random_texts(lengths, vocabulary_size, seed=0):
    """Give texts of these lengths, without padding."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    draw = np.random.default_rng(seed)
    return EncodedTexts(draw.integers(1, vocabulary_size, offsets[-1], dtype=np.int32), offsets)


def predicted(model, texts):
    """Give what `model.predict` says about texts."""
    return model.predict(texts.padded(np.arange(len(texts))), batch_size=512, verbose=0)
