"""The folded network as a TensorFlow graph compiled by XLA: a way to serve it without own code."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sentiment.runtime import tensorflow as tf
from sentiment.settings import NetworkSettings
from sentiment.storage.bundle import Bundle
from sentiment.storage.bundle_files import WEIGHTS
from sentiment.text.encoded_texts import EncodedTexts

# XLA compiles anew for every shape, so there are few: this many texts, and widths of a multiple.
# 512 texts at once are a quarter slower, 1,024 a tenth.
TEXTS_AT_ONCE, WIDTHS_OF = 2_048, 8


class FoldedXla:
    """Texts' ids to probabilities, texts of like length together."""

    def __init__(self, model: Path) -> None:
        settings = Bundle.load(model).manifest.network
        with np.load(model / WEIGHTS, allow_pickle=False) as weights:
            vectors = weights["embedding.embeddings"].astype(np.float32)
            vectors[0] = 0  # padding
            convolutions = [
                (
                    [tf.Variable(vectors @ at) for at in weights[f"convolution_{width}.kernel"]],
                    tf.constant(weights[f"convolution_{width}.bias"]),
                )
                for width in settings.widths
            ]
            kernel = tf.constant(weights["output.kernel"])
            bias = tf.constant(weights["output.bias"])

        def probabilities(ids: Any) -> Any:
            inside = tf.cast(tf.not_equal(ids, 0), tf.float32)[:, :, tf.newaxis]
            pooled = [
                tf.reduce_max(tf.nn.relu(_convolved(ids, *convolution)) * inside, axis=1)
                for convolution in convolutions
            ]
            return tf.nn.softmax(tf.concat(pooled, axis=1) @ kernel + bias)

        self._probabilities = tf.function(probabilities, jit_compile=True)
        self._classes = int(bias.shape[0])

    def __call__(self, batch: EncodedTexts) -> npt.NDArray[np.float32]:
        """Return the probabilities of each text: float32 (texts, classes)."""
        scores = np.empty((len(batch), self._classes), np.float32)
        by_length = np.argsort(-batch.lengths, kind="stable")
        for first in range(0, len(batch), TEXTS_AT_ONCE):
            rows = by_length[first : first + TEXTS_AT_ONCE]
            ids = batch.padded(rows, multiple=WIDTHS_OF)
            filled_up = np.pad(ids, ((0, TEXTS_AT_ONCE - len(rows)), (0, 0)))
            scores[rows] = self._probabilities(tf.constant(filled_up)).numpy()[: len(rows)]
        return scores


def is_plain(settings: NetworkSettings) -> bool:
    """Return whether the network has none of what is left out here."""
    plain = NetworkSettings(settings.vocabulary_size)
    return all(
        getattr(settings, name) == getattr(plain, name) for name in ("padding", "pooling", "hidden")
    )


def _convolved(ids: Any, products: Sequence[Any], bias: Any) -> Any:
    """Return what each filter gives at each place: float32 (texts, tokens, filters).

    `products` say what every token says to every filter at each place that it sees: float32
    (tokens, filters). One look-up for each: XLA makes a single loop of them, while one look-up of
    all places together has to be stored (measured: a third of the rate).
    """
    length, width = tf.shape(ids)[1], len(products)
    left = (width - 1) // 2
    seen = tf.pad(ids, [[0, 0], [left, width - 1 - left]])
    return bias + tf.add_n(
        [tf.gather(table, seen[:, at : at + length]) for at, table in enumerate(products)]
    )
