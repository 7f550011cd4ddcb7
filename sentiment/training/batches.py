"""Which texts each epoch takes, and in which batches."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

# Texts are shuffled, then sorted by length within this many batches, so that little is padding.
_BATCHES_SORTED_TOGETHER = 50

_Rows = npt.NDArray[np.int64]


def shuffled(classes: _Rows, rng: np.random.Generator) -> _Rows:
    """Return the rows of all texts in a random order."""
    return rng.permutation(len(classes))


def balanced(classes: _Rows, rng: np.random.Generator) -> _Rows:
    """Return as many rows as there are texts, as many of each class, in a random order.

    Of a rare class each text comes once before any comes again.
    """
    present = np.unique(classes)
    of_each = -(-len(classes) // len(present))
    rows = [rng.permutation(np.flatnonzero(classes == label)) for label in present]
    # numpy's `resize` goes round again where there are too few.
    drawn = np.concatenate([np.resize(some, of_each) for some in rows])
    return rng.permutation(drawn)[: len(classes)]


def batches(
    rows: _Rows, lengths: npt.NDArray[np.int64], size: int, rng: np.random.Generator
) -> Iterator[_Rows]:
    """Yield rows in batches of a `size`, texts of like length together, in a random order.

    Args:
        rows: The rows of an epoch.
        lengths: Tokens of each text: int64 (texts,).
        size: Texts of a batch; the last may have fewer.
        rng: What decides.
    """
    pool = size * _BATCHES_SORTED_TOGETHER
    found: list[_Rows] = []
    for first in range(0, len(rows), pool):
        some = rows[first : first + pool]
        some = some[np.argsort(lengths[some], kind="stable")]
        found += [some[start : start + size] for start in range(0, len(some), size)]
    yield from (found[place] for place in rng.permutation(len(found)))
