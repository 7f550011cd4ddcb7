"""The training loop: texts and labels to the weights that did best on the validation texts."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sentiment.errors import TrainingError
from sentiment.measuring.report import Report, measure
from sentiment.runtime import keras
from sentiment.serving.keras_engine import KerasEngine
from sentiment.settings import TrainingSettings
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.text.vocabulary import PADDING_ID, UNKNOWN_ID

# Texts are shuffled, then sorted by length within this many batches, so that little is padding.
_BATCHES_SORTED_TOGETHER = 50
# Widths are multiples of this, so that TensorFlow meets few shapes.
_WIDTH_STEP = 8


class Labelled(NamedTuple):
    """Encoded texts with their classes: int64 (texts,), each the place of a label."""

    texts: EncodedTexts
    classes: npt.NDArray[np.int64]


class Epoch(NamedTuple):
    """What one pass over the training texts led to.

    Attributes:
        number: From 1.
        loss: Mean over its batches.
        validation: The report on the validation texts after it.
        best: Whether no earlier epoch did better.
    """

    number: int
    loss: float
    validation: Report
    best: bool


def fit(
    model: Any,
    train: Labelled,
    validation: Labelled,
    labels: tuple[str, ...],
    settings: TrainingSettings,
    step_done: Callable[[], None] = lambda: None,
) -> Iterator[Epoch]:
    """Train `model` in place, yielding after each epoch; at the end it has the best weights.

    Args:
        model: As `network.build` made it.
        train: Texts to learn from.
        validation: Texts whose macro recall decides which weights are kept, and when to stop.
        labels: The names of the classes.
        settings: How to train.
        step_done: Called after each step, at most `planned_steps` times.

    Raises:
        TrainingError: The loss is no longer a number.
    """
    rng = np.random.default_rng(settings.seed)
    steps = planned_steps(len(train.classes), settings)
    epochs = planned_epochs(len(train.classes), settings)
    patience = max(settings.patience, epochs // 6)
    _compile(model, settings, steps)
    weights = _class_weights(train.classes, len(labels)) if settings.class_weights else None
    engine = KerasEngine(model)
    best_recall, best_weights, since_best = -1.0, model.get_weights(), 0
    for number in range(1, epochs + 1):
        losses = []
        for rows in _batches(train.texts.lengths, settings.batch_size, rng):
            classes = train.classes[rows]
            losses.append(
                model.train_on_batch(
                    _words_dropped(train.texts.padded(rows, _WIDTH_STEP), settings, rng),
                    np.eye(len(labels), dtype=np.float32)[classes],
                    None if weights is None else weights[classes],
                )
            )
            step_done()
        loss = float(np.mean(losses))
        if not np.isfinite(loss):
            raise TrainingError("the loss is no longer a number: lower --learning-rate")
        predicted = engine.score(validation.texts).argmax(axis=1)
        report = measure(validation.classes, predicted, labels)
        best = report.macro_recall > best_recall
        since_best = 0 if best else since_best + 1
        if best:
            best_recall, best_weights = report.macro_recall, model.get_weights()
        yield Epoch(number, loss, report, best)
        if since_best >= patience:
            break
    model.set_weights(best_weights)


def planned_steps(texts: int, settings: TrainingSettings) -> int:
    """Return how many steps training takes with so many texts if it is not stopped early."""
    return _steps_of_epoch(texts, settings) * planned_epochs(texts, settings)


def planned_epochs(texts: int, settings: TrainingSettings) -> int:
    """Return how often so many texts are passed over if training is not stopped early."""
    return max(settings.epochs, -(-settings.least_steps // _steps_of_epoch(texts, settings)))


def _steps_of_epoch(texts: int, settings: TrainingSettings) -> int:
    return -(-texts // settings.batch_size)


def _compile(model: Any, settings: TrainingSettings, steps: int) -> None:
    rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps, alpha=0.02)
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=settings.weight_decay),
        keras.losses.CategoricalCrossentropy(label_smoothing=settings.label_smoothing),
        jit_compile=False,  # Compiling each width takes longer than it saves.
    )


def _class_weights(classes: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.float32]:
    """Return each class's weight, by which all classes together weigh the same."""
    return (len(classes) / (count * np.bincount(classes, minlength=count))).astype(np.float32)


def _batches(
    lengths: npt.NDArray[np.int64], size: int, rng: np.random.Generator
) -> Iterator[npt.NDArray[np.int64]]:
    """Yield the rows of each batch of one epoch, texts of like length together."""
    order = rng.permutation(len(lengths))
    pool = size * _BATCHES_SORTED_TOGETHER
    batches: list[npt.NDArray[np.int64]] = []
    for first in range(0, len(order), pool):
        rows = order[first : first + pool]
        rows = rows[np.argsort(lengths[rows], kind="stable")]
        batches += [rows[start : start + size] for start in range(0, len(rows), size)]
    yield from (batches[place] for place in rng.permutation(len(batches)))


def _words_dropped(
    ids: npt.NDArray[np.int32], settings: TrainingSettings, rng: np.random.Generator
) -> npt.NDArray[np.int32]:
    dropped = (rng.random(ids.shape, np.float32) < settings.word_dropout) & (ids != PADDING_ID)
    return np.where(dropped, np.int32(UNKNOWN_ID), ids)
