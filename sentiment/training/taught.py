"""What a network learns from teachers beside the labels: what they say of these texts and others.

Of a text with a label, its target is `1 - soft_share` of that label, which weighs as much as its
class has to, and `soft_share` of what the teacher says that did not learn from it (Hinton et al.,
"Distilling the Knowledge in a Neural Network", 2015). Teachers let every class count the same
already. Other texts have what teachers say of them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sentiment.data.dataset import fingerprint
from sentiment.data.split import Parts
from sentiment.errors import SettingsError
from sentiment.settings import NORMALIZER, TrainingSettings
from sentiment.storage.soft_label_file import SoftLabels
from sentiment.storage.teaching_facts import Teaching
from sentiment.storage.token_vectors import TokenVectors
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.training.labelled import Labelled

_Shares = npt.NDArray[np.float32]


class Taught(NamedTuple):
    """What teachers say.

    Attributes:
        teaching: Who they are, and how well they do.
        of_labelled: float32 (texts, classes): of each text to learn from that has a label.
        others: Texts without labels.
        of_others: float32 (others, classes): the same of these.
        vectors: Of words in the teachers, also of some that the texts have once or never.
    """

    teaching: Teaching
    of_labelled: _Shares
    others: Sequence[str]
    of_others: _Shares
    vectors: TokenVectors


def taught_of(parts: Parts, soft_labels: SoftLabels, path: Path) -> Taught:
    """Return what is said of the very texts that are to be learnt from.

    Args:
        parts: The texts.
        soft_labels: What `teach` wrote.
        path: Where.

    Raises:
        SettingsError: It is about other texts or labels, other texts were held out, or texts were
            read otherwise then; the texts have probabilities already.
    """
    teaching, rows, vectors = soft_labels
    if teaching.normalizer != NORMALIZER:
        raise SettingsError(
            f"{path} was made by another version, which reads texts otherwise: teach again"
        )
    check_probabilities(parts)
    if set(teaching.labels) != set(parts.labels):
        raise SettingsError(
            f"{path} is about the labels {', '.join(teaching.labels)}, the texts have "
            f"{', '.join(parts.labels)}: rename with --labels, or teach again"
        )
    if fingerprint(parts.train) != teaching.fingerprint:
        learnt = teaching.texts.get("labelled", 0)
        raise SettingsError(
            f"{path} is about {learnt:,} labelled texts that are not just the "
            f"{len(parts.train):,} to learn from: give the --data and the options of the split "
            "that teach was given, or teach again"
        )
    if held_out_fingerprint(parts) != teaching.held_out:
        raise SettingsError(
            f"{path} was made while other texts were held out, so that teachers may have learnt "
            "from those that are now: give the options of the split that teach was given, or "
            "teach again"
        )
    places = {label: place for place, label in enumerate(parts.labels)}

    def shares(probabilities: Sequence[dict[str, float]]) -> _Shares:
        found = np.zeros((len(probabilities), len(places)), np.float32)
        for row, of_text in zip(found, probabilities, strict=True):
            for label, share in of_text.items():
                row[places[label]] = share
        return found

    known = {(row.text, row.label): row.probabilities for row in rows if row.label is not None}
    others = [row for row in rows if row.label is None]
    return Taught(
        teaching,
        shares([known[example.text, example.label] for example in parts.train]),
        [row.text for row in others],
        shares([row.probabilities for row in others]),
        vectors,
    )


def held_out_fingerprint(parts: Parts) -> str:
    """Return the fingerprint of the texts that are not learnt from."""
    return fingerprint([*parts.validation, *parts.test])


def check_probabilities(parts: Parts) -> None:
    """Refuse texts that have soft labels of their own.

    Raises:
        SettingsError: One has.
    """
    if any(example.probabilities is not None for example in parts.train):
        raise SettingsError(
            "--data has probabilities of its own, and teachers are to say theirs: take the "
            "probabilities out of the data, or train on these without --soft-labels"
        )


def with_teachers(
    train: Labelled,
    weights: npt.NDArray[np.float32],
    taught: Taught,
    texts: EncodedTexts,
    settings: TrainingSettings,
) -> Labelled:
    """Return what a network learns from: the texts with labels, then the others.

    Args:
        train: The texts with labels, as they came.
        weights: float32 (texts,): how much their labels count, made even for the classes.
        taught: What teachers say of them and of the others.
        texts: Both, encoded together.
        settings: How it learns.
    """
    own = (1 - settings.soft_share) * weights
    of_teachers = settings.soft_share * train.weights
    said = _softened(taught.of_labelled, settings.soft_power)
    both = own[:, None] * train.targets + of_teachers[:, None] * said
    whole = own + of_teachers
    said_of_others = _softened(taught.of_others, settings.soft_power)
    return Labelled(
        texts,
        np.concatenate([train.classes, said_of_others.argmax(axis=1)]),
        np.concatenate([both / whole[:, None], said_of_others]),
        np.concatenate([whole, np.ones(len(said_of_others), np.float32)]),
    )


def _softened(shares: _Shares, power: float) -> _Shares:
    """Return shares to a power, adding up to 1 again; what was rounded to nothing stays a bit."""
    there = np.maximum(shares, np.float32(1e-6))
    # The largest of a text is 1, which stays what it is to the highest power.
    raised = (there / there.max(axis=1, keepdims=True)) ** np.float32(power)
    softened: _Shares = raised / raised.sum(axis=1, keepdims=True)
    return softened
