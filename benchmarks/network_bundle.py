"""The network that is measured: of a stated size, with random weights, as a real bundle.

How fast a network is does not depend on what it has learnt, and this one needs no training data.
"""

import hashlib
import io
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from sentiment.settings import NetworkSettings, PreprocessorSettings, TrainingSettings
from sentiment.storage import bundle, bundle_files
from sentiment.storage.manifest import DataFacts, Manifest
from sentiment.storage.reference import Reference
from sentiment.text.preprocessor import Preprocessor, tokens
from sentiment.text.vocabulary import Vocabulary

LABELS = ("negative", "neutral", "positive")
# Longer texts are cut, so that every engine may pad to the same width.
TOKENS = PreprocessorSettings(max_tokens=48)
NETWORK = NetworkSettings(vocabulary_size=30_000, embedding_size=100, widths=(3, 4, 5), filters=128)
# What is left of a worker when its model does nothing.
NOTHING = NetworkSettings(vocabulary_size=30_000, embedding_size=1, widths=(1,), filters=1)


def vocabulary_of(texts: Sequence[str], size: int) -> Vocabulary:
    """Return the texts' most frequent tokens, filled up to `size` with made-up ones."""
    learnt = Vocabulary.learn((tokens(text, TOKENS) for text in texts), size, min_count=1)
    made_up = (f"filler{number:06d}" for number in range(size - len(learnt)))
    return Vocabulary([*learnt.tokens, *made_up])


def random_bundle(vocabulary: Vocabulary, network: NetworkSettings, cache: Path) -> Path:
    """Return the directory of a bundle with this network, made unless the cache has it.

    Raises:
        BundleError: the cache cannot be written.
    """
    size = msgspec.structs.replace(network, vocabulary_size=len(vocabulary))
    facts = f"{size}{TOKENS}{vocabulary.to_text()}".encode()
    place = cache / f"{size.filters}x{len(size.widths)}-{hashlib.sha256(facts).hexdigest()[:16]}"
    if not (place / bundle_files.MANIFEST).is_file():
        _write(place, vocabulary, size)
    return place


def _write(place: Path, vocabulary: Vocabulary, size: NetworkSettings) -> None:
    # TensorFlow takes seconds to import, and a cached bundle needs none of them.
    from sentiment.networks import network  # noqa: PLC0415
    from sentiment.runtime import keras  # noqa: PLC0415
    from sentiment.serving.keras_engine import KerasEngine  # noqa: PLC0415

    # It warns of functions that are traced often, as those of many networks are.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    keras.utils.set_random_seed(1)
    model = network.build(size, len(LABELS))
    # Keras starts embeddings so close to zero that all probabilities would be alike, and engines
    # that differ would not show it.
    table = np.random.default_rng(1).normal(0.0, 0.5, (size.vocabulary_size, size.embedding_size))
    model.get_layer("embedding").set_weights([table.astype(np.float32)])
    preprocessor = Preprocessor(vocabulary, TOKENS)
    reference = Reference.make(
        preprocessor, KerasEngine(model).score, len(vocabulary), TOKENS.max_tokens
    )
    weights = io.BytesIO()
    arrays: dict[str, Any] = dict(network.weights(model))
    np.savez(weights, **arrays)
    manifest = Manifest(
        name="benchmark",
        labels=LABELS,
        preprocessor=TOKENS,
        network=size,
        training=TrainingSettings(epochs=0),
        data=DataFacts("", (), {}, 0, 0, 0),
        metrics={},
        libraries={},
    )
    files = {
        bundle_files.VOCABULARY: vocabulary.to_text().encode(),
        bundle_files.WEIGHTS: weights.getvalue(),
        bundle_files.REFERENCE: reference.to_npz(),
        bundle_files.CARD: b"# benchmark\n\nRandom weights: it measures speed and knows nothing.\n",
    }
    bundle.save(place, manifest, files, model.save, replace=True)
