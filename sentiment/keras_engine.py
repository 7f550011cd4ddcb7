"""Scores batches with the Keras model itself, through one compiled TensorFlow function."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sentiment.encoded_texts import EncodedTexts
from sentiment.errors import BundleError
from sentiment.runtime import keras, use_threads
from sentiment.runtime import tensorflow as tf

# Padded tokens scored in one call; the fastest of 2,048 to 32,768 for 64 texts and for thousands.
_TOKENS_AT_ONCE = 8192


class KerasEngine:
    """Texts' ids to probabilities.

    `model.predict` would trace again for every shape and start a loop of its own for every call;
    one function with a fixed signature is traced once. Texts of like length share a call, so that
    little of the work goes into padding.
    """

    name = "keras"

    def __init__(self, model: Any) -> None:
        self.classes = int(model.output_shape[-1])
        self._probabilities = tf.function(
            lambda ids: model(ids, training=False),
            input_signature=[tf.TensorSpec([None, None], tf.int32)],
        )

    @classmethod
    def load(cls, path: Path, threads: int | None = None) -> "KerasEngine":
        """Load a saved model, in Keras's safe mode: none of it is code that could run.

        Raises:
            BundleError: Keras cannot load it.
        """
        use_threads(threads)
        try:
            return cls(keras.saving.load_model(path, compile=False, safe_mode=True))
        except Exception as error:  # Keras raises anything for a file it does not like.
            reason = str(error).strip().partition("\n")[0]
            raise BundleError(
                f"Keras {keras.__version__} cannot load {path} ({reason}): retrain the model"
            ) from error

    def score(self, batch: EncodedTexts) -> npt.NDArray[np.float32]:
        """Return the probabilities of each text: float32 (texts, classes), rows sum to 1.

        The GIL is released while TensorFlow computes.
        """
        scores = np.empty((len(batch), self.classes), np.float32)
        lengths = batch.lengths
        longest_first = np.argsort(-lengths, kind="stable")
        first = 0
        while first < len(batch):
            longest = max(1, int(lengths[longest_first[first]]))
            rows = longest_first[first : first + max(1, _TOKENS_AT_ONCE // longest)]
            scores[rows] = self._probabilities(tf.constant(batch.padded(rows))).numpy()
            first += len(rows)
        return scores
