"""Networks with random weights, and the same ones folded."""

import numpy as np

from sentiment.networks import network
from sentiment.networks.inputs import Inputs
from sentiment.serving.cache import Cache
from sentiment.serving.folded import fold
from sentiment.serving.folded_engine import FoldedEngine
from sentiment.serving.folded_layout import Layout
from sentiment.serving.machine_code import SCORE, load_kernel
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.text.vocabulary import PADDING_ID


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


def random_texts(lengths, vocabulary_size, seed=0, unseen=()):
    """Give texts of these lengths, without padding, with unseen words among the others."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    draw = np.random.default_rng(seed)
    ids = draw.integers(-len(unseen), vocabulary_size, offsets[-1], dtype=np.int32)
    ids[ids == PADDING_ID] = 1
    return EncodedTexts(ids, offsets, unseen)


def predicted(model, texts, subwords=0):
    """Give what `model.predict` says about texts."""
    inputs = Inputs(texts, subwords).padded(np.arange(len(texts)))
    return model.predict(inputs if subwords else inputs[0], batch_size=512, verbose=0)
