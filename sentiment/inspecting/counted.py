"""How often each text has each token."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np


class Counted(NamedTuple):
    """Counts of tokens.

    Attributes:
        tokens: The tokens that at least two texts have.
        counts: Sparse int32 (texts, tokens).
        lengths: Tokens of each text: int64 (texts,).
    """

    tokens: list[str]
    counts: Any
    lengths: Any


def count(texts: Iterable[list[str]]) -> Counted:
    """Count the tokens of texts, each a list of tokens."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  (slow)

    ids: dict[str, int] = {}
    columns: list[np.ndarray[Any, np.dtype[np.int32]]] = []
    for tokens in texts:
        numbers = [ids.setdefault(token, len(ids)) for token in tokens]
        columns.append(np.array(numbers, np.int32))
    lengths = np.array([len(each) for each in columns], np.int64)
    flat = np.concatenate(columns)
    every = csr_matrix(
        (np.ones(len(flat), np.int32), flat, np.concatenate([[0], np.cumsum(lengths)])),
        shape=(len(lengths), len(ids)),
    )
    every.sum_duplicates()
    kept = np.flatnonzero(np.bincount(every.indices, minlength=len(ids)) > 1)
    names = list(ids)
    return Counted([names[place] for place in kept], every[:, kept], lengths)
