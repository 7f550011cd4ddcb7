"""Scores batches with the Keras model itself, through one compiled TensorFlow function."""

import math
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sentiment.errors import BundleError
from sentiment.networks.inputs import Inputs, InputsOf
from sentiment.networks.subwords import NGRAMS_OF_A_WORD
from sentiment.runtime import keras, use_threads
from sentiment.runtime import tensorflow as tf
from sentiment.storage.archive import BadArchive
from sentiment.storage.bundle_files import MODEL, MOST_BYTES
from sentiment.storage.keras_file import read_config
from sentiment.text.encoded_texts import EncodedTexts

# Padded tokens scored in one call; the fastest of 2,048 to 32,768 for 64 texts and for thousands.
_TOKENS_AT_ONCE = 8192


class KerasEngine:
    """Texts' ids to probabilities.

    `model.predict` would trace again for every shape and start a loop of its own for every call;
    one function with a fixed signature is traced once. Texts of like length share a call, so that
    little of the work goes into padding.
    """

    name = "keras"

    def __init__(self, model: Any, inputs_of: InputsOf = Inputs) -> None:
        """Take a model, and what makes its inputs of texts."""
        self.model = model
        self.classes = int(model.output_shape[-1])
        self._inputs_of = inputs_of
        # A network that reads spelling has forty parts for each.
        self._tokens_at_once = _TOKENS_AT_ONCE // (1 if len(model.inputs) == 1 else 4)
        self._probabilities = compiled(model)

    @classmethod
    def load(
        cls, content: bytes, path: Path, threads: int | None = None, subwords: int = 0
    ) -> "KerasEngine":
        """Load a saved model of plain layers, in Keras's safe mode: none of it is code.

        Args:
            content: What is in the file.
            path: The file's name, for messages; it is not read.
            threads: See `Scorer.load`.
            subwords: The network's vectors of n-grams.

        Raises:
            BundleError: It is refused, or Keras cannot load it.
        """
        use_threads(threads)
        try:
            _check_size(read_config(content))
            model = _load(content, subwords)
        except BadArchive as error:
            raise BundleError(
                f"{path} {error}: restore the model, or train one with 'python -m sentiment train'"
            ) from error
        except OSError as error:
            raise BundleError(
                f"{path} cannot be loaded ({error.strerror or error}): Keras reads it from a copy "
                "in the folder for temporary files, so let that one be written (TMPDIR names it)"
            ) from error
        except Exception as error:  # Keras raises anything for a file it does not like.
            reason = str(error).strip().partition("\n")[0]
            raise BundleError(
                f"Keras {keras.__version__} cannot load {path} ({reason}): retrain the model"
            ) from error
        for weight in model.weights:
            if weight.dtype.startswith("float") and not np.isfinite(weight.numpy()).all():
                raise BundleError(
                    f"{path} holds values that are no finite numbers in {weight.path}: "
                    "restore or retrain the model"
                )
        return cls(model, partial(Inputs, subwords=subwords))

    def score(self, batch: EncodedTexts) -> npt.NDArray[np.float32]:
        """Return the probabilities of each text: float32 (texts, classes), rows sum to 1.

        The GIL is released while TensorFlow computes.
        """
        scores = np.empty((len(batch), self.classes), np.float32)
        lengths = batch.lengths
        inputs = self._inputs_of(batch)
        longest_first = np.argsort(-lengths, kind="stable")
        first = 0
        while first < len(batch):
            longest = max(1, int(lengths[longest_first[first]]))
            rows = longest_first[first : first + max(1, self._tokens_at_once // longest)]
            scores[rows] = self._probabilities(*inputs.padded(rows))
            first += len(rows)
        return scores


def compiled(model: Any) -> Callable[..., Any]:
    """Return what computes the probabilities for inputs as `Inputs` gives them."""

    def compute(*inputs: Any) -> Any:
        return model(inputs if len(inputs) > 1 else inputs[0], training=False)

    if tf is None:  # Another backend, which is there to train with.
        return lambda *inputs: keras.ops.convert_to_numpy(compute(*inputs))
    signature = [tf.TensorSpec(each.shape, tf.int32) for each in model.inputs]
    traced = tf.function(compute, input_signature=signature)
    return lambda *inputs: traced(*map(tf.constant, inputs)).numpy()


def _check_size(config: dict[str, Any]) -> None:
    """Refuse a network whose weights are too large, before there is any of them.

    Raises:
        BadArchive: They would take more memory than a file may.
    """
    # In such a scope variables have a shape and no values.
    with keras.StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object(config, safe_mode=True)
    size = sum(
        math.prod(weight.shape) * (8 if weight.dtype.endswith("64") else 4)
        for weight in model.weights
    )
    del model
    # Else the next such scope to end would give them values.
    keras.utils.clear_session()
    if size > MOST_BYTES[MODEL]:
        raise BadArchive(
            f"asks for {size:,} bytes of weights, and may for {MOST_BYTES[MODEL]:,} at most"
        )


def _load(content: bytes, subwords: int) -> Any:
    # Keras takes a path. Read through the bundle's own, it might be another file by now.
    with tempfile.TemporaryDirectory(prefix="tweet-sentiment-") as folder:
        copy = Path(folder) / MODEL
        copy.write_bytes(content)
        model = keras.saving.load_model(copy, compile=False, safe_mode=True)
    shapes = [(None, None), (None, None, NGRAMS_OF_A_WORD)][: 2 if subwords else 1]
    if [tuple(each.shape) for each in model.inputs] != shapes:
        raise BadArchive("takes other inputs than its bundle.json describes")
    if subwords and model.get_layer("subwords").input_dim != subwords + 1:
        raise BadArchive("has other vectors of n-grams than its bundle.json describes")
    return model
