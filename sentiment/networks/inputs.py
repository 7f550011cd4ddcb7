"""Texts as a network takes them, when it serves and while it learns."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from sentiment.networks.subwords import NGRAMS_OF_A_WORD, ngram_ids
from sentiment.text.encoded_texts import EncodedTexts
from sentiment.text.vocabulary import PADDING_ID, UNKNOWN_ID


class Padded(Protocol):
    """Texts that a model can be called with, some at a time."""

    def padded(self, rows: "_Rows") -> "Arrays":
        """Return a model's inputs for some of the texts."""
        ...


InputsOf = Callable[[EncodedTexts], Padded]
Arrays = list[npt.NDArray[np.int32]]
_Rows = npt.NDArray[np.int64] | Sequence[int]

# Words of a batch are a multiple of this, so that TensorFlow and JAX meet few shapes.
_WORDS_STEP = 256


class Inputs:
    """The inputs of a finished network: ids, and the parts of words that the vocabulary lacks.

    Those of known words are in their vectors already.
    """

    def __init__(self, texts: EncodedTexts, subwords: int = 0) -> None:
        """Take texts, and the number of the network's vectors of n-grams; 0 if it has none."""
        self._texts = texts
        none = np.zeros((1, NGRAMS_OF_A_WORD), np.int32)
        self._parts = _of_unseen_last(none, texts, subwords) if subwords else None

    def padded(self, rows: _Rows, multiple: int = 1) -> Arrays:
        """Return what a model is called with for some of the texts.

        Args:
            rows: Of the texts.
            multiple: What the width is rounded up to.

        Returns:
            int32 (rows, width), padded as `EncodedTexts.padded` does; and for a network that reads
            spelling int32 (rows, width, `NGRAMS_OF_A_WORD`).
        """
        ids = self._texts.padded(rows, multiple)
        if self._parts is None:
            return [ids]
        return [np.where(ids < 0, np.int32(UNKNOWN_ID), ids), self._parts[np.minimum(ids, 0)]]


class TrainingInputs:
    """The inputs of a network that learns: each word of a batch once, and where it stands.

    What words are made of, up to 40 n-grams, is then put together for each different word and not
    for each place: of 128 tweets' 2,800 tokens 1,000 are different, of 128 long reviews' 60,000
    some 7,000.
    """

    def __init__(
        self,
        texts: EncodedTexts,
        subwords: int = 0,
        known: npt.NDArray[np.int32] | None = None,
    ) -> None:
        """Take texts; and for a network that reads spelling, what it knows of it.

        Args:
            texts: The texts.
            subwords: How many vectors of n-grams it has; 0 if it has none.
            known: `ngram_ids` of its vocabulary.
        """
        self._texts = texts
        self._parts: npt.NDArray[np.int32] | None = None
        if known is not None:
            self._parts = _of_unseen_last(known, texts, subwords)

    def padded(
        self,
        rows: _Rows,
        multiple: int = 1,
        dropped_of: Callable[[tuple[int, ...]], npt.NDArray[np.bool_]] | None = None,
    ) -> Arrays:
        """Return what a model is called with for some of the texts.

        Args:
            rows: Of the texts.
            multiple: What the width is rounded up to.
            dropped_of: Returns at which places of a matrix (rows, width) a word counts as an
                unknown one, whose spelling can still be read; at none when None.

        Returns:
            The place of each token among the words, int32 (rows, width), padded with 0; the words'
            ids, int32 (words,), of which the first is padding; and for a network that reads
            spelling the words' parts, int32 (words, `NGRAMS_OF_A_WORD`).
        """
        ids = self._texts.padded(rows, multiple)
        # One number for a word that is dropped and another for the same that is not.
        keys = 2 * ids.astype(np.int64)
        if dropped_of is not None:
            dropped = dropped_of(ids.shape) & (ids != PADDING_ID)
            keys = np.where(dropped, 2 * UNKNOWN_ID if self._parts is None else keys + 1, keys)
        words, places = np.unique(np.append(keys, 2 * PADDING_ID), return_inverse=True)
        padding = places[-1]
        # Padding comes first, though ids of unseen words are below it.
        order = np.concatenate([[padding], np.delete(np.arange(len(words)), padding)])
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        words = _filled_up(words[order])
        found = (words // 2).astype(np.int32)
        own = np.where((found < 0) | (words % 2 == 1), np.int32(UNKNOWN_ID), found)
        arrays = [rank[places[:-1]].reshape(ids.shape).astype(np.int32), own]
        return arrays if self._parts is None else [*arrays, self._parts[found]]


def _of_unseen_last(
    known: npt.NDArray[np.int32], texts: EncodedTexts, subwords: int
) -> npt.NDArray[np.int32]:
    """Return the parts of words by id, where -1 is the last row."""
    return np.concatenate([known, ngram_ids(texts.unseen, subwords)[::-1]])


def _filled_up(words: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    missing = -len(words) % _WORDS_STEP
    return np.concatenate([words, np.full(missing, 2 * PADDING_ID)])
