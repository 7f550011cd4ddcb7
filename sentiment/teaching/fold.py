"""What one teacher does: learn from its texts, then say what it thinks of others."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sentiment.errors import TrainingError
from sentiment.settings import TeachingSettings
from sentiment.teaching.teacher_directory import TeacherDirectory
from sentiment.training.memory import is_lack_of_memory


class Answer(NamedTuple):
    """What a teacher says.

    Attributes:
        log_probabilities: float32 (scored, labels): natural logarithms.
        vectors: float32 (words, width).
    """

    log_probabilities: npt.NDArray[np.float32]
    vectors: npt.NDArray[np.float32]


class Fold(NamedTuple):
    """The work of one teacher, as it can be sent to another process.

    Attributes:
        number: Its place among the teachers.
        teacher: What it starts from.
        settings: How it learns.
        labels: How many there are.
        texts: What it learns from.
        classes: int64 (texts,): the place of each text's label.
        weights: float32 (texts,): how much each text counts.
        scored: What it is asked about then.
        words: Those whose vectors are wanted.
    """

    number: int
    teacher: TeacherDirectory
    settings: TeachingSettings
    labels: int
    texts: list[str]
    classes: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float32]
    scored: list[str]
    words: list[str]

    def run(self, step_done: Callable[[], None], threads: int | None = None) -> Answer:
        """Return what the teacher says when it has learnt.

        Args:
            step_done: Called after each batch that it learns from or scores.
            threads: Of the processor to compute on, in a new process; None where what to compute on
                is chosen already.

        Raises:
            BundleError: KerasHub cannot read the teacher.
            TrainingError: The loss is no longer a number, or there is not enough memory.
        """
        try:
            return self._run(step_done, threads)
        except Exception as error:
            if not is_lack_of_memory(error):
                raise
            raise TrainingError(
                f"there is not enough memory for teacher {self.number + 1}: take fewer processors "
                "(taskset), so that fewer learn at a time, a smaller --batch-size, or a smaller "
                "--teacher"
            ) from error

    def _run(self, step_done: Callable[[], None], threads: int | None) -> Answer:
        from sentiment.runtime import keras, use_device, use_threads  # noqa: PLC0415  (slow)
        from sentiment.teaching.transformer import Transformer  # noqa: PLC0415  (slow)

        if threads:
            use_threads(threads)
            use_device("cpu")
        keras.utils.clear_session()  # Else the teachers of one process all stay in memory.
        keras.utils.set_random_seed((self.settings.seed + self.number) % (1 << 32))
        transformer = Transformer(self.teacher, self.labels, self.settings.precision)
        transformer.learn(self.texts, self.classes, self.balanced(), self.settings, step_done)
        said = transformer.log_probabilities(self.scored, step_done)
        return Answer(said, transformer.vectors(self.words))

    def balanced(self) -> npt.NDArray[np.float32]:
        """Return weights by which all labels together count the same."""
        totals = np.bincount(self.classes, self.weights, minlength=self.labels)
        shares = self.weights.sum() / (self.labels * totals)
        return np.asarray(self.weights * shares[self.classes], np.float32)
