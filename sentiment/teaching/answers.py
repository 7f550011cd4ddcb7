"""What several teachers say, put together: of a text alone, or of a text that all were asked."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

# float32 (texts, labels): natural logarithms of probabilities.
LogProbabilities: TypeAlias = npt.NDArray[np.float32]


def of_those_left_out(
    answers: Sequence[LogProbabilities], left_to: npt.NDArray[np.int64]
) -> LogProbabilities:
    """Return what is said of each text by the teacher that did not learn from it.

    Args:
        answers: Of each teacher: first of the texts left to it, in their order, then of others.
        left_to: int64 (texts,): for each text, that teacher.
    """
    found = np.empty((len(left_to), answers[0].shape[1]), np.float32)
    for number, answer in enumerate(answers):
        left = left_to == number
        found[left] = answer[: left.sum()]
    return found


def joint(
    answers: Sequence[LogProbabilities],
    left_to: npt.NDArray[np.int64],
    asked: Mapping[str, Sequence[str]],
) -> dict[str, LogProbabilities]:
    """Return what all teachers say together of texts: the geometric mean of their probabilities.

    Args:
        answers: As for `of_those_left_out`.
        left_to: As for `of_those_left_out`.
        asked: The other texts, by what they are, in the order in which they were asked about.
    """
    mean = np.mean(
        [answer[(left_to == number).sum() :] for number, answer in enumerate(answers)], axis=0
    )
    mean -= np.logaddexp.reduce(mean, axis=1, keepdims=True)
    ends = np.cumsum([len(texts) for texts in asked.values()])
    return dict(zip(asked, np.split(mean, ends[:-1]), strict=True))
