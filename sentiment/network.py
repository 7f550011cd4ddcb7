"""The network: settings to a Keras model, a CNN for sentences.

Embedding, convolutions of several widths side by side, the maximum of each filter over the text,
softmax (Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014).

Only layers and operations of Keras itself are used, so a saved model loads without this code. A
text's probabilities do not depend on the texts beside it: vectors of padding are zero, as beyond
the edges of the text, and so are the filters' outputs there, which the maximum then never takes,
for none is below zero.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sentiment.composition import ComposedEmbedding
from sentiment.runtime import keras
from sentiment.settings import NetworkSettings
from sentiment.vocabulary import PADDING_ID

layers, ops = keras.layers, keras.ops


def build(
    settings: NetworkSettings, classes: int, embedding: ComposedEmbedding | None = None
) -> Any:
    """Return a new network with random weights, its embedding a plain one unless given.

    Its input is int32 (texts, tokens) padded with 0, its output float32 (texts, classes): the
    probabilities.
    """
    ids = keras.Input((None,), dtype="int32", name="ids")
    mask = ops.expand_dims(ops.cast(ops.not_equal(ids, PADDING_ID), "float32"), -1)
    embedding = embedding or layers.Embedding(
        settings.vocabulary_size, settings.embedding_size, name="embedding"
    )
    vectors = embedding(ids)
    vectors = layers.SpatialDropout1D(settings.spatial_dropout, name="spatial_dropout")(vectors)
    vectors = layers.Multiply(name="vectors")([vectors, mask])
    strongest = []
    for width in settings.widths:
        features = layers.Conv1D(
            settings.filters, width, padding="same", activation="relu", name=f"convolution_{width}"
        )(vectors)
        features = layers.Multiply(name=f"features_{width}")([features, mask])
        strongest.append(layers.GlobalMaxPooling1D(name=f"strongest_{width}")(features))
    pooled = layers.Concatenate(name="pooled")(strongest) if len(strongest) > 1 else strongest[0]
    pooled = layers.Dropout(settings.dropout, name="dropout")(pooled)
    return keras.Model(ids, layers.Dense(classes, activation="softmax", name="output")(pooled))


def finished(model: Any, settings: NetworkSettings, classes: int) -> Any:
    """Return the network that computes what `model` does, ready to be saved.

    Its embedding is a plain table, and it has none of the optimizer's variables.
    """
    plain = build(settings, classes)
    for layer in plain.layers:
        if layer.weights:
            trained = model.get_layer(layer.name)
            composed = isinstance(trained, ComposedEmbedding)
            layer.set_weights([trained.table()] if composed else trained.get_weights())
    return plain


def weights(model: Any) -> Mapping[str, npt.NDArray[np.float32]]:
    """Return the model's weights by name: "embedding.embeddings", "convolution_3.kernel", ..."""
    return {
        f"{layer.name}.{variable.name}": ops.convert_to_numpy(variable)
        for layer in model.layers
        for variable in layer.weights
    }
