"""Examples to a trained network, by way of a checkpoint after each epoch."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sentiment.measuring.evaluation import LearningStep
from sentiment.networks import network
from sentiment.networks.composition import ComposedEmbedding, token_ngrams
from sentiment.networks.inputs import TrainingInputs
from sentiment.networks.subwords import ngram_ids
from sentiment.runtime import keras
from sentiment.settings import TrainingSettings
from sentiment.training.augment import Variants
from sentiment.training.checkpoint import Checkpoint
from sentiment.training.cooccurrence import token_vectors
from sentiment.training.fit import Fitting
from sentiment.training.labelled import Labelled, labelled, text_weights
from sentiment.training.planning import planned_epochs, planned_steps
from sentiment.training.prepared import Prepared
from sentiment.training.progress import TrainingProgress
from sentiment.training.projection import projected
from sentiment.training.taught import with_teachers


class Learnt(NamedTuple):
    """A network with its best weights, ready to be saved, and how it came to them."""

    model: Any
    learning: list[LearningStep]


def learn(
    prepared: Prepared,
    settings: TrainingSettings,
    progress: TrainingProgress,
    checkpoint: Checkpoint | None = None,
) -> Learnt:
    """Train a network on the training texts, and choose its weights by the validation texts.

    Args:
        prepared: What it starts from.
        settings: How it learns.
        progress: What the user sees of it.
        checkpoint: Where it goes on from, if anywhere, and what it leaves behind when interrupted.

    Raises:
        SettingsError: The checkpoint is of another training.
        TrainingError: The loss is no longer a number, or a checkpoint cannot be written.
    """
    parts, preprocessor, sizes = prepared.parts, prepared.preprocessor, prepared.sizes
    keras.utils.set_random_seed(settings.seed)
    labels = parts.labels
    train = _to_learn_from(prepared, settings)
    validation = labelled(parts.validation, labels, preprocessor)
    model, known = _new(prepared, settings, train)
    variants = None
    if settings.augment:
        texts = [example.text for example in parts.train]
        variants = Variants(texts, preprocessor, settings.augment, settings.augmented_share)
    inputs_of = partial(TrainingInputs, subwords=sizes.subwords, known=known)
    fitting = Fitting(model, train, validation, labels, settings, inputs_of, variants)
    if checkpoint and checkpoint.resumed:
        fitting.restore(checkpoint.load())
        progress.say(f"goes on after epoch {len(fitting.done)}")
    elif checkpoint:
        checkpoint.remove()  # What an earlier training left.
    steps = planned_steps(prepared.learnt_from, settings)
    done = len(fitting.done) * steps // planned_epochs(prepared.learnt_from, settings)
    progress.steps(steps, done)
    for epoch in fitting.epochs(progress.step):
        progress.say(
            f"epoch {epoch.number}: loss {epoch.loss:.3f}, validation macro recall "
            f"{epoch.validation.macro_recall:.3f}{' (kept so far)' if epoch.best else ''}"
        )
        if checkpoint:
            checkpoint.save(fitting.state())
    learning = [
        LearningStep(
            each.number,
            each.loss,
            each.validation.macro_recall,
            each.best,
            each.validation_loss,
        )
        for each in fitting.done
    ]
    return Learnt(network.finished(model, sizes, len(labels), known), learning)


def _to_learn_from(prepared: Prepared, settings: TrainingSettings) -> Labelled:
    """Return the texts to learn from, those of teachers behind those with labels."""
    parts, preprocessor, taught = prepared.parts, prepared.preprocessor, prepared.taught
    train = labelled(parts.train, parts.labels, preprocessor, settings.soft_share)
    weights = text_weights(train, settings)
    if taught is None:
        return train._replace(weights=weights)
    texts = preprocessor([*(example.text for example in parts.train), *taught.others])
    return with_teachers(train, weights, taught, texts, settings)


def _new(
    prepared: Prepared, settings: TrainingSettings, train: Labelled
) -> tuple[Any, npt.NDArray[np.int32] | None]:
    """Return a network that knows nothing yet, and the parts of the words if it reads spelling.

    One that does not, learns words by their n-grams all the same: what those of the vocabulary
    share is in their vectors afterwards.
    """
    sizes, vectors = prepared.sizes, prepared.vectors
    # Invented texts have neighbours that nobody wrote.
    texts = train.texts.part(0, len(prepared.parts.train)).without_spelling()
    start = token_vectors(texts, sizes.vocabulary_size, sizes.embedding_size, settings.seed)
    if vectors is not None:
        start[vectors.known] = vectors.vectors[vectors.known]
    tokens = prepared.preprocessor.vocabulary.tokens
    ngrams = token_ngrams(tokens, settings.ngrams) if settings.ngrams else None
    there = prepared.taught and prepared.taught.vectors.of(tokens)
    if vectors is not None:  # A vector that was given is whole.
        for parts in (ngrams, there):
            if parts is not None:
                parts[vectors.known] = 0
    projection = None if there is None else projected(there, sizes.embedding_size)
    embedding = ComposedEmbedding(start, ngrams, vectors and vectors.known, projection)
    known = ngram_ids(tokens, sizes.subwords) if sizes.subwords else None
    return network.build(sizes, len(prepared.parts.labels), embedding), known
