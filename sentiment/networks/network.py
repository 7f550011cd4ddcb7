"""The network: settings to a Keras model, a CNN for sentences.

Embedding, convolutions of several widths side by side, the maximum or the mean of each filter over
the text, dense layers, softmax (Kim, "Convolutional Neural Networks for Sentence Classification",
EMNLP 2014).

Only layers and operations of Keras itself are used, so a saved model loads without this code. A
text's probabilities do not depend on the texts beside it: vectors of padding are zero, as beyond
the edges of the text, and so are the filters' outputs where they are not applied, which the maximum
then never takes, for none is below zero, and which the mean does not count.

What is built here, `folded` computes without Keras: keep the two in step.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sentiment.networks.composition import ComposedEmbedding
from sentiment.runtime import keras
from sentiment.settings import NetworkSettings
from sentiment.text.vocabulary import PADDING_ID

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
    pooled: dict[str, list[Any]] = {kind: [] for kind in settings.pooling}
    for width in settings.widths:
        features, applied = _convolution(settings, width, vectors, mask)
        if "max" in pooled:
            strongest = layers.GlobalMaxPooling1D(name=f"strongest_{width}")
            pooled["max"].append(strongest(features))
        if "mean" in pooled:
            count = ops.maximum(ops.sum(applied, axis=1), 1)
            pooled["mean"].append(ops.divide(ops.sum(features, axis=1), count))
    parts = [part for kind in settings.pooling for part in pooled[kind]]
    values = layers.Concatenate(name="pooled")(parts) if len(parts) > 1 else parts[0]
    values = layers.Dropout(settings.dropout, name="dropout")(values)
    for number, outputs in enumerate(settings.hidden, start=1):
        values = layers.Dense(outputs, activation="relu", name=f"hidden_{number}")(values)
        values = layers.Dropout(settings.dropout, name=f"dropout_{number}")(values)
    return keras.Model(ids, layers.Dense(classes, activation="softmax", name="output")(values))


def _convolution(settings: NetworkSettings, width: int, vectors: Any, mask: Any) -> tuple[Any, Any]:
    """Return what filters of one width give at each place, and a mask of where they are applied."""
    if settings.padding == "valid":
        # A text has fewer places than tokens then, but one even if it is shorter than a filter.
        vectors = layers.ZeroPadding1D((0, width - 1), name=f"end_{width}")(vectors)
        length = ops.sum(mask, axis=1, keepdims=True)
        places = ops.maximum(length - (width - 1), 1)
        mask = ops.multiply(mask, ops.cast(ops.cumsum(mask, axis=1) <= places, "float32"))
    features = layers.Conv1D(
        settings.filters,
        width,
        padding=settings.padding,
        activation="relu",
        name=f"convolution_{width}",
    )(vectors)
    return layers.Multiply(name=f"features_{width}")([features, mask]), mask


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
