"""Which texts each teacher learns from, so that every text is labelled by one that has not.

A network has something to learn from what a teacher is unsure of. Of texts that it learnt from
itself it is sure, whatever they say; so each is left to a teacher that has not seen it (as "cross-
fitting" in Chernozhukov et al., "Double/debiased machine learning", 2018).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sentiment.data.dataset import Example, count_labels
from sentiment.data.drawing import assign, groups, times_of
from sentiment.data.duplicates import key
from sentiment.data.findings import Method
from sentiment.data.folds import joined
from sentiment.data.near_duplicates import clusters
from sentiment.errors import DataError
from sentiment.settings import Blocks


def folds_of(
    examples: Sequence[Example], number: int, blocks: Blocks, method: Method = "shuffle"
) -> npt.NDArray[np.int64]:
    """Return for each text, which are in random order, the teacher that is not to learn from it.

    Texts that are nearly the same, directly or through others, are in one part, as are those of one
    author where these were kept apart. Drawn at random, each part has its share of every label. By
    time, the parts follow one another but for these, texts of one time are in one part, and those
    without a time are dealt out.

    Args:
        examples: The texts to learn from.
        number: Of teachers.
        blocks: How the parts are made.
        method: How validation and test were held out.

    Returns:
        int64 (texts,), from 0 to below `number`.

    Raises:
        DataError: They are too few, or too much alike, or most have no time.
    """
    units = clusters([key(example.text) for example in examples])
    if method == "group":
        units = joined(units, groups(examples))
    if blocks == "time":
        fold = _by_time(examples, number)
        _, first, unit = np.unique(units, return_index=True, return_inverse=True)
        fold = fold[first][unit]  # What is alike is left to one teacher, whenever it was written.
    else:
        fold = assign(units, examples, [1 / number] * number)
    labels = count_labels(examples)
    for each in range(number):
        learnt = count_labels(
            example for example, left in zip(examples, fold, strict=True) if left != each
        )
        lost = min(labels.keys() - learnt.keys(), default=None)
        if lost is not None or not (fold == each).any():
            why = f"would learn from no text of the label {lost!r}" if lost else "leaves none out"
            raise DataError(
                f"--teachers {number}: teacher {each + 1} {why}, for the texts are too few or too "
                "much alike: take fewer teachers, or add texts"
            )
    return fold


def _by_time(examples: Sequence[Example], number: int) -> npt.NDArray[np.int64]:
    times, known = times_of(examples, "leave out --blocks time")
    earlier = np.searchsorted(known, times)
    dealt = np.arange(len(examples)) % number
    return np.where(np.isnan(times), dealt, earlier * number // len(known))
