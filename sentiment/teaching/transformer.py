"""A transformer that learns to tell labels: the only file that speaks to KerasHub."""

import re
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import safetensors

from sentiment.errors import BundleError, TrainingError
from sentiment.printable import first_line
from sentiment.runtime import keras
from sentiment.settings import Precision, TeachingSettings
from sentiment.teaching.teacher_directory import CONFIG, WEIGHTS, TeacherDirectory
from sentiment.teaching.teacher_tokenizer import MOST_PIECES, as_read, read_tokenizer
from sentiment.training.batches import batches, shuffled
from sentiment.training.memory import is_lack_of_memory

import keras_hub  # isort: skip  (After Keras, which chooses the backend and keeps quiet.)

_LAYER = re.compile(r"\blayer\.(\d+)\.")

_DROPOUT = 0.1
_WEIGHT_DECAY = 0.01
_WARM_UP = 0.1
# Widths are multiples of this, so that TensorFlow meets few shapes.
_WIDTH_STEP = 8
_SCORED_AT_ONCE = 64

_Ids = list[int]


def check(teacher: TeacherDirectory) -> None:
    """Refuse, before any work is done, a teacher whose files do not belong together.

    Raises:
        BundleError: Its weights are damaged or not those that its settings describe, or its
            tokenizer is another model's.
    """
    path = teacher.path / WEIGHTS
    try:
        with safetensors.safe_open(path, framework="np") as weights:
            shapes = {name: weights.get_slice(name).get_shape() for name in weights.keys()}  # noqa: SIM118
    except (safetensors.SafetensorError, OSError) as error:
        raise BundleError(f"{path} is damaged ({first_line(error)}): get it anew") from error
    there = {size for shape in shapes.values() for size in shape}
    for name, size in teacher.sizes.items():
        if size not in there:
            raise _other_weights(teacher, f"no weight has the {name} of {size:,}")
    layers = {int(found[1]) for found in map(_LAYER.search, shapes) if found}
    if layers and len(layers) != teacher.layers:
        raise _other_weights(teacher, f"{len(layers)} layers instead of {teacher.layers}")
    read_tokenizer(teacher)


class Transformer:
    """A teacher: its weights as they are in its directory, and a new layer that tells labels.

    Args:
        teacher: Where it is; `check` has found it whole.
        classes: Labels to tell.
        precision: Of what it computes.

    Raises:
        BundleError: KerasHub cannot read it.
        Exception: Whatever is raised where there is not enough memory.
    """

    def __init__(self, teacher: TeacherDirectory, classes: int, precision: Precision) -> None:
        policy = "mixed_bfloat16" if precision == "bfloat16" else "float32"
        try:
            backbone = keras_hub.models.Backbone.from_preset(str(teacher.path), dtype=policy)
        except Exception as error:  # KerasHub raises anything for files that it does not like.
            if is_lack_of_memory(error):
                raise
            raise _other_weights(teacher, first_line(error)) from error
        output = backbone.output
        hidden = output["sequence_output"] if isinstance(output, dict) else output
        self._inputs = {each.name: each for each in backbone.inputs}
        self._hidden = keras.Model(self._inputs, hidden)
        dropped = keras.layers.Dropout(_DROPOUT, dtype=policy)(hidden[:, 0, :])
        logits = keras.layers.Dense(classes, dtype="float32")(dropped)
        self._model = keras.Model(self._inputs, logits)
        self._tokenizer = read_tokenizer(teacher)
        self._longest = min(MOST_PIECES, backbone.max_sequence_length)
        self._tokenizer.enable_truncation(self._longest)

    def learn(
        self,
        texts: Sequence[str],
        classes: npt.NDArray[np.int64],
        weights: npt.NDArray[np.float32],
        settings: TeachingSettings,
        step_done: Callable[[], None] = lambda: None,
    ) -> None:
        """Fine-tune all weights (Devlin et al., "BERT", 2019: warm-up, then a linear decay).

        Args:
            texts: What to learn from.
            classes: int64 (texts,): the place of each text's label.
            weights: float32 (texts,): how much each text counts.
            settings: How to learn.
            step_done: Called after each step.

        Raises:
            TrainingError: The loss is no longer a number.
        """
        total = settings.epochs * -(-len(texts) // settings.batch_size)
        optimizer = keras.optimizers.AdamW(weight_decay=_WEIGHT_DECAY, clipnorm=1.0)
        self._model.compile(
            optimizer,
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            # For TensorFlow, compiling each width takes longer than it saves.
            jit_compile=keras.backend.backend() != "tensorflow",
        )
        ids = self._ids(texts)
        lengths = np.array([len(each) for each in ids])
        rng = np.random.default_rng(settings.seed)
        step = 0
        for _ in range(settings.epochs):
            order = shuffled(classes, rng)
            for rows in batches(order, lengths, settings.batch_size, rng):
                optimizer.learning_rate = settings.learning_rate * _share_of_rate(step, total)
                given = self._padded([ids[row] for row in rows])
                loss = self._model.train_on_batch(given, classes[rows], weights[rows])
                if not np.isfinite(loss):
                    raise TrainingError("the loss is no longer a number: lower --learning-rate")
                step += 1
                step_done()

    def log_probabilities(
        self, texts: Sequence[str], step_done: Callable[[], None] = lambda: None
    ) -> npt.NDArray[np.float32]:
        """Return what it says of each text: float32 (texts, classes), natural logarithms.

        Args:
            texts: What it is asked about.
            step_done: Called after each batch.
        """
        found = np.empty((len(texts), self._model.output_shape[-1]), np.float32)
        for rows, given in self._batches(texts):
            logits = self._model.predict_on_batch(given)
            found[rows] = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
            step_done()
        return found

    def vectors(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the mean of the last hidden vectors of each text's pieces: float32 (texts, width).

        The pieces before and after the text count, as they do for Sentence-BERT (Reimers and
        Gurevych, 2019).
        """
        found = np.empty((len(texts), self._hidden.output_shape[-1]), np.float32)
        for rows, given in self._batches(texts):
            there = given["padding_mask"][:, :, np.newaxis].astype(np.float32)
            hidden = np.asarray(self._hidden.predict_on_batch(given), np.float32)
            found[rows] = (hidden * there).sum(axis=1) / there.sum(axis=1)
        return found

    def _ids(self, texts: Sequence[str]) -> list[_Ids]:
        encoded = self._tokenizer.encode_batch([as_read(text) for text in texts])
        return [each.ids for each in encoded]

    def _batches(
        self, texts: Sequence[str]
    ) -> Iterator[tuple[npt.NDArray[np.int64], dict[str, npt.NDArray[np.int32]]]]:
        """Yield the rows of some texts of like length, and the model's inputs for them."""
        ids = self._ids(texts)
        by_length = np.argsort([len(each) for each in ids], kind="stable")
        for first in range(0, len(ids), _SCORED_AT_ONCE):
            rows = by_length[first : first + _SCORED_AT_ONCE]
            yield rows, self._padded([ids[row] for row in rows])

    def _padded(self, ids: Sequence[_Ids]) -> dict[str, npt.NDArray[np.int32]]:
        width = min(-(-max(map(len, ids)) // _WIDTH_STEP) * _WIDTH_STEP, self._longest)
        # What stands at padded places is masked, so that any id will do there.
        inputs = {name: np.zeros((len(ids), width), np.int32) for name in self._inputs}
        for row, each in enumerate(ids):
            inputs["token_ids"][row, : len(each)] = each
            inputs["padding_mask"][row, : len(each)] = 1
        return inputs


def steps(learnt: int, scored: int, settings: TeachingSettings) -> int:
    """Return in how many batches a teacher learns from so many texts and scores so many."""
    learning = settings.epochs * -(-learnt // settings.batch_size)
    return learning - (-scored // _SCORED_AT_ONCE)


def versions() -> dict[str, str]:
    """Return the version of each library that only teachers need."""
    return {name: version(name) for name in ("keras-hub", "safetensors", "tokenizers")}


def _share_of_rate(step: int, total: int) -> float:
    warm_up = _WARM_UP * total
    return min(1.0, (step + 1) / warm_up, (total - step) / (total - warm_up))


def _other_weights(teacher: TeacherDirectory, why: str) -> BundleError:
    return BundleError(
        f"{teacher.path / WEIGHTS} does not fit {CONFIG} ({why}): get the teacher anew"
    )
