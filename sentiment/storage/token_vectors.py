"""Vectors of single words in teachers that have learnt, for a network to make its own of.

A network learns little of a word that is in two texts, and nothing of one that is in none; a
teacher knows both. Kept as float16: the fourth digit of a vector says nothing.
"""

import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sentiment.storage.archive import BadArchive
from sentiment.storage.arrays import ArrayArchive

# 300,000 words of three teachers of 768 dimensions take 1.4 GB.
MOST_BYTES = 1 << 31
_SEPARATOR = b"\n"
_HEADERS = 1 << 10  # More than zip and numpy write around two arrays.


class TokenVectors(NamedTuple):
    """Words and their vectors.

    Attributes:
        words: Tokens, the most frequent in the texts first, then others that the teacher knows.
        vectors: float32 (words, sizes of all teachers' together), values of float16.
    """

    words: tuple[str, ...]
    vectors: npt.NDArray[np.float32]

    def of(self, wanted: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the vectors of tokens, zero for those without: float32 (tokens, size)."""
        places = {word: place for place, word in enumerate(self.words)}
        found = np.zeros((len(wanted), self.vectors.shape[1]), np.float32)
        for row, token in enumerate(wanted):
            place = places.get(token)
            if place is not None:
                found[row] = self.vectors[place]
        return found

    def to_npz(self) -> bytes:
        """Return them as a numpy archive."""
        archive = io.BytesIO()
        words = _SEPARATOR.join(word.encode() for word in self.words)
        np.savez_compressed(
            archive,
            words=np.frombuffer(words, np.uint8),
            vectors=self.vectors.astype(np.float16),
        )
        return archive.getvalue()


def that_fit(words: Sequence[str], dimensions: int, most_bytes: int = MOST_BYTES) -> list[str]:
    """Return as many of the first words as may be kept with vectors of so many dimensions."""
    sizes = [2 * dimensions + len(word.encode()) + len(_SEPARATOR) for word in words]
    room = np.cumsum(sizes, dtype=np.int64) <= most_bytes - _HEADERS
    return list(words[: int(room.sum())])


def from_npz(content: bytes) -> TokenVectors:
    """Read what `to_npz` wrote, which anyone may have made.

    Raises:
        BadArchive: It is something else; goes on from the file's name.
    """
    archive = ArrayArchive(content, 2, MOST_BYTES)
    for name, dtype, dimensions in (("words", np.uint8, 1), ("vectors", np.float16, 2)):
        header = archive.headers.get(name)
        if header is None or header.dtype != dtype or len(header.shape) != dimensions:
            raise BadArchive(f"has no {name} of {np.dtype(dtype).name} in {dimensions} dimensions")
    try:
        told = archive.read("words").tobytes().decode()
    except UnicodeDecodeError as error:
        raise BadArchive("has words that are not UTF-8") from error
    words = tuple(told.split("\n")) if told else ()
    vectors = archive.read("vectors").astype(np.float32)
    if len(words) != len(vectors) or len(set(words)) < len(words) or not all(map(str.strip, words)):
        raise BadArchive(f"has {len(vectors):,} vectors, and not as many different words")
    if not np.isfinite(vectors).all():
        raise BadArchive("has vectors with values that are no finite numbers")
    return TokenVectors(words, vectors)
