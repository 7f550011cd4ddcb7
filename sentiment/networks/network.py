"""The network: settings to a Keras model.

A "cnn" is a CNN for sentences: embedding, convolutions of several widths side by side, the maximum
or the mean of each filter over the text, dense layers, softmax (Kim, "Convolutional Neural Networks
for Sentence Classification", EMNLP 2014), and where that is asked for the mean of the tokens'
vectors beside what the filters found. A "cnn-subword" adds the mean of the vectors of a word's
n-grams to the vector of the word (see `subwords`). In a "cnn-lstm" a recurrent layer goes through
what the filters give (Zhou et al., "A C-LSTM Neural Network for Text Classification", 2015), and an
"mlp" takes the mean of the words' vectors (Iyyer et al., "Deep Unordered Composition Rivals
Syntactic Methods for Text Classification", ACL 2015).

Only layers and operations of Keras itself are used, so a saved model loads without this code. A
text's probabilities do not depend on the texts beside it: vectors of padding are zero, as beyond
the edges of the text, and so are the filters' outputs where they are not applied, which the maximum
then never takes, for none is below zero, and which the mean does not count.

What is built here of the first two, `folded` computes without Keras: keep the two in step.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sentiment.networks.composition import ComposedEmbedding
from sentiment.networks.subwords import NGRAMS_OF_A_WORD, means_of_parts
from sentiment.runtime import keras
from sentiment.settings import NetworkSettings
from sentiment.text.vocabulary import PADDING_ID

layers, ops = keras.layers, keras.ops

# Of the vectors of a finished network, most of what there is of it: they take half the room, and
# probabilities change by some 0.0001. What is computed with them is computed with float32.
_STORED = "float16"
_LARGEST = float(np.finfo(_STORED).max)


def build(
    settings: NetworkSettings, classes: int, embedding: ComposedEmbedding | None = None
) -> Any:
    """Return a new network with random weights.

    Its output is float32 (texts, classes): the probabilities. Its inputs are those of `Inputs`, and
    with an `embedding` that puts words together those of `TrainingInputs`, to learn by.
    """
    if embedding is None:
        ids = keras.Input((None,), dtype="int32", name="ids")
        inputs = [ids]
        plain = (settings.vocabulary_size, settings.embedding_size)
        vectors = layers.Embedding(*plain, dtype=_STORED, name="embedding")(ids)
        vectors = ops.cast(vectors, "float32")
        if settings.subwords:
            inputs.append(keras.Input((None, NGRAMS_OF_A_WORD), dtype="int32", name="parts"))
            of_parts = _mean_of_parts(settings, inputs[1], _STORED)
            vectors = layers.Add(name="spelt")([vectors, of_parts])
    else:
        ids = keras.Input((None,), dtype="int32", name="places")
        inputs = [ids, keras.Input((), dtype="int32", name="words")]
        of_words = embedding(inputs[1])
        if settings.subwords:
            inputs.append(keras.Input((NGRAMS_OF_A_WORD,), dtype="int32", name="parts"))
            of_parts = _mean_of_parts(settings, inputs[2], "float32")
            of_words = layers.Add(name="spelt")([of_words, of_parts])
        vectors = ops.take(of_words, ids, axis=0)
    mask = ops.expand_dims(ops.cast(ops.not_equal(ids, PADDING_ID), "float32"), -1)
    vectors = layers.SpatialDropout1D(settings.spatial_dropout, name="spatial_dropout")(vectors)
    vectors = layers.Multiply(name="vectors")([vectors, mask])
    values = _READERS[settings.kind](settings, vectors, mask)
    values = layers.Dropout(settings.dropout, name="dropout")(values)
    for number, outputs in enumerate(settings.hidden, start=1):
        values = layers.Dense(outputs, activation="relu", name=f"hidden_{number}")(values)
        values = layers.Dropout(settings.dropout, name=f"dropout_{number}")(values)
    output = layers.Dense(classes, activation="softmax", name="output")(values)
    return keras.Model(inputs if len(inputs) > 1 else ids, output)


def _mean_of_parts(settings: NetworkSettings, parts: Any, stored: str) -> Any:
    sizes = (settings.subwords + 1, settings.embedding_size)
    vectors = ops.cast(layers.Embedding(*sizes, dtype=stored, name="subwords")(parts), "float32")
    present = ops.cast(ops.not_equal(parts, 0), "float32")
    count = ops.maximum(ops.sum(present, axis=-1, keepdims=True), 1)
    return ops.einsum("...nd,...n->...d", vectors, ops.divide(present, count))


def _pooled(settings: NetworkSettings, vectors: Any, mask: Any) -> Any:
    """Return the largest value or the mean of each filter over the text, or the vectors' mean."""
    pooled: dict[str, list[Any]] = {kind: [] for kind in settings.pooling}
    if "vectors" in pooled:
        pooled["vectors"].append(_averaged(settings, vectors, mask))
    for width in settings.widths:
        features, applied = _convolution(settings, width, vectors, mask)
        if "max" in pooled:
            strongest = layers.GlobalMaxPooling1D(name=f"strongest_{width}")
            pooled["max"].append(strongest(features))
        if "mean" in pooled:
            count = ops.maximum(ops.sum(applied, axis=1), 1)
            pooled["mean"].append(ops.divide(ops.sum(features, axis=1), count))
    parts = [part for kind in settings.pooling for part in pooled[kind]]
    return layers.Concatenate(name="pooled")(parts) if len(parts) > 1 else parts[0]


def _in_order(settings: NetworkSettings, vectors: Any, mask: Any) -> Any:
    """Return the last state of a recurrent layer behind the filters."""
    features = [_convolution(settings, width, vectors, mask)[0] for width in settings.widths]
    beside = layers.Concatenate(name="features")(features) if len(features) > 1 else features[0]
    there = ops.not_equal(ops.squeeze(mask, -1), 0)
    # NVIDIA's own takes no text without a token.
    recurrent = layers.LSTM(settings.units, use_cudnn=False, name="recurrent")
    return recurrent(beside, mask=there)


def _averaged(_: NetworkSettings, vectors: Any, mask: Any) -> Any:
    """Return the mean of the tokens' vectors."""
    return ops.divide(ops.sum(vectors, axis=1), ops.maximum(ops.sum(mask, axis=1), 1))


_READERS = {"cnn": _pooled, "cnn-subword": _pooled, "cnn-lstm": _in_order, "mlp": _averaged}


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


def finished(
    model: Any,
    settings: NetworkSettings,
    classes: int,
    parts: npt.NDArray[np.int32] | None = None,
) -> Any:
    """Return the network that computes what `model` does, ready to be saved.

    Its embedding is a plain table that holds the sums of what words are made of, its vectors are
    rounded to float16 and no larger than that can be, and it has none of the optimizer's variables.

    Args:
        model: As it was trained, with an embedding of its own or without.
        settings: What `model` was built with.
        classes: The same.
        parts: `ngram_ids` of the vocabulary, for a network that reads spelling.
    """
    plain = build(settings, classes)
    values = {layer.name: layer.get_weights() for layer in model.layers}
    trained = model.get_layer("embedding")
    if isinstance(trained, ComposedEmbedding):
        values["embedding"] = [trained.table()]
    if parts is not None:
        (own,), (vectors,) = values["embedding"], values["subwords"]
        values["embedding"] = [own + means_of_parts(vectors, parts)]
    for layer in plain.layers:
        if isinstance(layer, layers.Embedding):
            layer.set_weights([np.clip(values[layer.name][0], -_LARGEST, _LARGEST)])
        elif layer.weights:
            layer.set_weights(values[layer.name])
    return plain


def weights(model: Any) -> Mapping[str, npt.NDArray[np.floating[Any]]]:
    """Return the model's weights by name: "embedding.embeddings", "convolution_3.kernel", ...

    Vectors are float16 in networks that are built here, all else is float32.
    """
    return {
        f"{layer.name}.{variable.name}": ops.convert_to_numpy(variable)
        for layer in model.layers
        for variable in layer.weights
    }
