"""The parts of a word's spelling: character n-grams, each of which has one of a number of vectors.

An n-gram's vector is found by its hash, so that no list of n-grams has to be kept, and a word that
was never seen still has a meaning: "unhappily" has parts of "unhappy" and of "happily" (Bojanowski
et al., "Enriching Word Vectors with Subword Information", TACL 2017).
"""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sentiment.text.unseen_words import LONGEST_WORD, has_spelling

# Another choice here, or another hash, would be another network.
LENGTHS = (3, 4, 5)
# All of a word of 14 letters; of a longer one those that begin first.
NGRAMS_OF_A_WORD = 40
# Whose vectors are held at once: 16 MB of 100 dimensions.
_WORDS_AT_ONCE = 1024


def ngram_ids(words: Sequence[str], vectors: int) -> npt.NDArray[np.int32]:
    """Return the numbers of each word's vectors: int32 (words, `NGRAMS_OF_A_WORD`), 0 is none.

    Args:
        words: Tokens; those that are no words have no parts.
        vectors: How many there are, numbered from 1.
    """
    table = np.zeros((len(words), NGRAMS_OF_A_WORD), np.int32)
    for row, word in zip(table, words, strict=True):
        if has_spelling(word):
            parts = _ngrams(word)[:NGRAMS_OF_A_WORD]
            row[: len(parts)] = [1 + _hash(part) % vectors for part in parts]
    return table


def _hash(ngram: str) -> int:
    return zlib.crc32(ngram.encode("utf-8", "surrogatepass"))


def means_of_parts(
    vectors: npt.NDArray[np.float32], parts: npt.NDArray[np.int32]
) -> npt.NDArray[np.float32]:
    """Return the mean of each word's vectors: float32 (words, dimensions), zero without any.

    Args:
        vectors: float32 (n-grams + 1, dimensions); the first belongs to no n-gram.
        parts: As `ngram_ids` returns them.
    """
    means = np.zeros((len(parts), vectors.shape[1]), np.float32)
    for start in range(0, len(parts), _WORDS_AT_ONCE):
        some = parts[start : start + _WORDS_AT_ONCE]
        present = (some > 0).astype(np.float32)
        present /= np.maximum(present.sum(axis=1, keepdims=True), 1)
        means[start : start + len(some)] = np.einsum("wnd,wn->wd", vectors[some], present)
    return means


def _ngrams(word: str) -> list[str]:
    marked = f"<{word[:LONGEST_WORD]}>"
    return [
        marked[start : start + length]
        for start in range(len(marked) - min(LENGTHS) + 1)
        for length in LENGTHS
        if start + length <= len(marked)
    ]
