"""Examples as a network learns from them: ids, and what it should say to each text."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sentiment.data.dataset import Example
from sentiment.settings import TrainingSettings
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.text.preprocessor import Preprocessor


class Labelled(NamedTuple):
    """Encoded texts with what is known of them.

    Attributes:
        texts: The texts.
        classes: int64 (texts,): the place of each text's label.
        targets: float32 (texts, classes): the shares that the network should give; rows sum to 1.
        weights: float32 (texts,): how much each text counts.
    """

    texts: EncodedTexts
    classes: npt.NDArray[np.int64]
    targets: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]


def labelled(
    examples: Sequence[Example],
    labels: tuple[str, ...],
    preprocessor: Preprocessor,
    soft_share: float = 1.0,
) -> Labelled:
    """Encode examples.

    Args:
        examples: The texts with their labels, all of which are among `labels`.
        labels: In the order of the classes.
        preprocessor: Texts to ids.
        soft_share: Of the target of a text that has probabilities, the share that these make up;
            its label makes up the rest (Hinton et al., "Distilling the Knowledge in a Neural
            Network", 2015).
    """
    places = {label: place for place, label in enumerate(labels)}
    classes = classes_of(examples, labels)
    targets = np.eye(len(labels), dtype=np.float32)[classes]
    for row, example in enumerate(examples):
        if example.probabilities is not None:
            targets[row] *= 1 - soft_share
            for label, share in example.probabilities.items():
                targets[row, places[label]] += soft_share * share
    weights = np.array([example.weight for example in examples], np.float32)
    return Labelled(preprocessor([each.text for each in examples]), classes, targets, weights)


def classes_of(examples: Sequence[Example], labels: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return the place of each text's label: int64 (texts,)."""
    return np.array([labels.index(example.label) for example in examples], np.int64)


def text_weights(train: Labelled, settings: TrainingSettings) -> npt.NDArray[np.float32]:
    """Return how much each text counts while a network learns: float32 (texts,)."""
    weights = train.weights
    if settings.class_weights and not settings.balanced_sampling:
        # All classes together weigh the same; a text of soft labels is of several of them.
        totals = weights @ train.targets
        share = weights.sum() / (train.targets.shape[1] * np.maximum(totals, 1e-12))
        weights = weights * (train.targets @ share)
    return weights.astype(np.float32)
