"""The training loop: texts and labels to the weights that did best on the validation texts."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.errors import TrainingError
from sentiment.measuring.report import Report, measure
from sentiment.networks.inputs import TrainingInputs
from sentiment.runtime import keras
from sentiment.serving.keras_engine import KerasEngine
from sentiment.settings import TrainingSettings
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.training.augment import Variants
from sentiment.training.averaging import Average
from sentiment.training.batches import balanced, batches, shuffled
from sentiment.training.labelled import Labelled
from sentiment.training.planning import planned_epochs, planned_steps

# Widths are multiples of this, so that TensorFlow meets few shapes.
_WIDTH_STEP = 8

_Array = npt.NDArray[Any]


class Epoch(msgspec.Struct, frozen=True):
    """What one pass over the training texts led to.

    Attributes:
        number: From 1.
        loss: Mean over its batches.
        validation: The report on the validation texts after it.
        best: Whether it is kept so far: no earlier one did better, or the last is to be kept.
        validation_loss: Mean negative log likelihood of the validation texts' labels after it.
    """

    number: int
    loss: float
    validation: Report
    best: bool
    validation_loss: float


class _Progress(msgspec.Struct):
    """How far a training is, but for the weights."""

    epochs: list[Epoch] = []
    averaged_steps: int = 0
    best_recall: float = -1.0
    since_best: int = 0
    random: str = ""


class Fitting:
    """The training of a network, which can be put aside after each epoch and taken up again.

    Args:
        model: As `network.build` made it; it is trained in place.
        train: Texts to learn from, weighed as they are to be.
        validation: Texts whose macro recall decides which weights are kept, and when to stop.
        labels: The names of the classes.
        settings: How to train.
        inputs_of: Makes the model's inputs of texts.
        variants: Gives the texts of each epoch; they are always the same when None.
    """

    def __init__(
        self,
        model: Any,
        train: Labelled,
        validation: Labelled,
        labels: tuple[str, ...],
        settings: TrainingSettings,
        inputs_of: Callable[[EncodedTexts], TrainingInputs] = TrainingInputs,
        variants: Variants | None = None,
    ) -> None:
        self._model, self._train, self._validation = model, train, validation
        self._labels, self._settings, self._variants = labels, settings, variants
        self._inputs_of, self._inputs = inputs_of, inputs_of(train.texts)
        self._engine = KerasEngine(model, inputs_of)
        self._rng = np.random.default_rng(settings.seed)
        self._progress = _Progress()
        self._best_weights = model.get_weights()
        self._average: Average | None = None
        if settings.averaging:
            self._average = Average(self._trained(), settings.averaging)
        _compile(model, settings, planned_steps(len(train.classes), settings))

    def epochs(self, step_done: Callable[[], None] = lambda: None) -> Iterator[Epoch]:
        """Train, yielding after each epoch; at the end the model has the best weights.

        Args:
            step_done: Called after each step, at most `planned_steps` times.

        Raises:
            TrainingError: The loss is no longer a number.
        """
        planned = planned_epochs(len(self._train.classes), self._settings)
        patience = max(self._settings.patience, planned // 6)
        while len(self._progress.epochs) < planned:
            # What is frozen for a while has not shown yet what it can do.
            if self._progress.since_best >= patience and not self._will_thaw:
                break
            yield self._epoch(step_done)
        self._model.set_weights(self._best_weights)

    @property
    def done(self) -> list[Epoch]:
        """The epochs so far."""
        return self._progress.epochs

    def state(self) -> dict[str, _Array]:
        """Return all that is needed to go on after the last epoch, as arrays by name."""
        if self._average:
            self._progress.averaged_steps = self._average.steps
        # Its numbers have 128 bits, which only Python's JSON takes.
        self._progress.random = json.dumps(self._rng.bit_generator.state)
        progress = np.frombuffer(msgspec.json.encode(self._progress), np.uint8)
        return {"progress": progress} | {
            f"{kind}_{place}": array
            for kind, arrays in self._arrays().items()
            for place, array in enumerate(arrays)
        }

    def restore(self, state: Mapping[str, _Array]) -> None:
        """Go on from a `state`.

        Raises:
            KeyError, ValueError: It is that of another network.
        """
        progress = msgspec.json.decode(state["progress"].tobytes(), type=_Progress)
        arrays = {
            kind: [state[f"{kind}_{place}"] for place in range(len(there))]
            for kind, there in self._arrays().items()
        }
        for kind, variables in self._variables().items():
            _assign(variables, arrays[kind])
        self._best_weights = arrays["best"]
        if self._average:
            self._average.arrays = arrays["average"]
            self._average.steps = progress.averaged_steps
        self._progress = progress
        self._rng.bit_generator.state = json.loads(progress.random)

    def _variables(self) -> dict[str, list[Any]]:
        return {"model": self._model.variables, "optimizer": self._model.optimizer.variables}

    def _arrays(self) -> dict[str, list[_Array]]:
        current = {
            kind: [keras.ops.convert_to_numpy(variable) for variable in variables]
            for kind, variables in self._variables().items()
        }
        average = self._average.arrays if self._average else []
        return current | {"best": self._best_weights, "average": average}

    def _trained(self) -> list[_Array]:
        return [keras.ops.convert_to_numpy(each) for each in self._model.trainable_variables]

    def _epoch(self, step_done: Callable[[], None]) -> Epoch:
        frozen = self._frozen
        if frozen and self._epochs_to_thaw <= 0:
            frozen.thaw()
            self._progress.since_best = 0
        texts, inputs = self._train.texts, self._inputs
        if self._variants:
            texts = self._variants.drawn(self._rng)
            inputs = self._inputs_of(texts)
        losses = []
        order = balanced if self._settings.balanced_sampling else shuffled
        rows_of_epoch = order(self._train.classes, self._rng)
        size = self._settings.batch_size
        for rows in batches(rows_of_epoch, texts.lengths, size, self._rng):
            given = inputs.padded(rows, _WIDTH_STEP, self._dropped)
            targets, weights = self._train.targets[rows], self._train.weights[rows]
            losses.append(self._model.train_on_batch(given, targets, weights))
            if self._average:
                self._average.add(self._trained())
            step_done()
        loss = float(np.mean(losses))
        if not np.isfinite(loss):
            raise TrainingError("the loss is no longer a number: lower --learning-rate")
        return self._measured(loss)

    def _dropped(self, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
        """Return at which places words count as unknown ones: bool (texts, width)."""
        return self._rng.random(shape, np.float32) < self._settings.word_dropout

    @property
    def _epochs_to_thaw(self) -> float:
        """How many more epochs word vectors that were given stay as they are."""
        half = planned_epochs(len(self._train.classes), self._settings) // 2
        frozen = {"tuned": 0, "frozen-then-tuned": half, "frozen": math.inf}
        return frozen[self._settings.vectors_use] - len(self._progress.epochs)

    @property
    def _frozen(self) -> Any:
        """The embedding, as long as vectors in it are frozen."""
        embedding = self._model.get_layer("embedding")
        return embedding if embedding.frozen else None

    @property
    def _will_thaw(self) -> bool:
        return bool(self._frozen) and self._epochs_to_thaw < math.inf

    def _measured(self, loss: float) -> Epoch:
        """Measure the weights, or their average, and keep them if they are to be so far."""
        model, progress, classes = self._model, self._progress, self._validation.classes
        own = self._trained() if self._average else []
        if self._average:
            _assign(model.trainable_variables, self._average.arrays)
        probabilities = self._engine.score(self._validation.texts)
        report = measure(classes, probabilities.argmax(axis=1), self._labels)
        # Where the last is to be kept, each replaces the one before, and patience never ends.
        best = self._settings.keep == "last" or report.macro_recall > progress.best_recall
        progress.since_best = 0 if best else progress.since_best + 1
        if best:
            progress.best_recall, self._best_weights = report.macro_recall, model.get_weights()
        if self._average:
            _assign(model.trainable_variables, own)
        likelihoods = probabilities[np.arange(len(classes)), classes]
        validation_loss = float(-np.log(np.maximum(likelihoods, 1e-12)).mean())
        epoch = Epoch(len(progress.epochs) + 1, loss, report, best, validation_loss)
        progress.epochs.append(epoch)
        return epoch


def _compile(model: Any, settings: TrainingSettings, steps: int) -> None:
    rate = keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps, alpha=0.02)
    model.compile(
        keras.optimizers.AdamW(
            rate,
            weight_decay=settings.weight_decay,
        ),
        keras.losses.CategoricalCrossentropy(label_smoothing=settings.label_smoothing),
        # For TensorFlow, compiling each width takes longer than it saves.
        jit_compile=keras.backend.backend() != "tensorflow",
    )
    model.optimizer.build(model.trainable_variables)


def _assign(variables: Sequence[Any], arrays: Sequence[_Array]) -> None:
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
