"""The same texts in several splits, so that each of them is measured with once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sentiment.data.dataset import Example, count_labels
from sentiment.data.drawing import assign, groups
from sentiment.data.duplicates import first_of_each, key
from sentiment.data.findings import Rules
from sentiment.data.near_duplicates import clusters
from sentiment.data.split import Parts, check_texts_of_labels
from sentiment.errors import DataError, SettingsError


def folds(
    examples: Sequence[Example], number: int, validation: float, seed: int, rules: Rules
) -> list[Parts]:
    """Return so many splits, in each of which another part of the texts is the test part.

    Texts that are nearly the same, directly or through others, are never in two parts, and neither
    are those of one author where the rules say so. Of each label every part has its share, as far
    as that allows. The rest of each split is parted into `validation` (a share of it) and train.

    Raises:
        DataError: A label has too few texts, or they are too much alike.
        SettingsError: The texts are to be split by time.
    """
    if rules.method == "time":
        raise SettingsError("--folds has no earlier and later texts: leave out --split time")
    keys = [key(example.text) for example in examples]
    kept = np.array(first_of_each(keys) if rules.duplicates else range(len(keys)))
    kept = np.random.default_rng(seed).permutation(kept)
    texts = [examples[place] for place in kept.tolist()]
    check_texts_of_labels(count_labels(texts), number + 2)
    units = clusters([keys[place] for place in kept]) if rules.near else list(range(len(kept)))
    if rules.method == "group":
        units = joined(units, groups(texts))
    fold = assign(units, texts, [1 / number] * number)
    return [_parts(texts, units, fold == each, validation) for each in range(number)]


def _parts(
    texts: Sequence[Example], units: Sequence[int], tested: npt.NDArray[np.bool_], validation: float
) -> Parts:
    rest = np.flatnonzero(~tested).tolist()
    chosen = assign(
        [units[place] for place in rest],
        [texts[place] for place in rest],
        [1 - validation, validation],
    )
    parts = Parts(
        train=[texts[place] for place, part in zip(rest, chosen, strict=True) if part == 0],
        validation=[texts[place] for place, part in zip(rest, chosen, strict=True) if part == 1],
        test=[texts[place] for place in np.flatnonzero(tested).tolist()],
        duplicates=0,
        held_out_alike=0,
    )
    labels = set(count_labels(texts))
    for part in parts.train, parts.validation, parts.test:
        if lost := labels - set(count_labels(part)):
            raise DataError(
                f"--folds: not every part can have a text of the label {min(lost)!r}, for too many "
                "are alike or of one author: take fewer folds"
            )
    return parts


def joined(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """Return units of which each holds whole units of both."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415  (slow)
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    first, second = np.asarray(one), np.asarray(other) + len(one)
    size = int(second.max()) + 1
    edges = coo_matrix((np.ones(len(first)), (first, second)), shape=(size, size))
    _, component = connected_components(edges, directed=False)
    return [int(component[unit]) for unit in first]
