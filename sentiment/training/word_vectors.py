"""Word vectors that somebody trained on far more text, as the start of a network's own.

gensim reads the files: word2vec's (Mikolov et al., 2013), binary or text, GloVe's (Pennington et
al., 2014), which have no header, and fastText's `.vec` (Bojanowski et al., 2017), each gzip or not.
"""

import gzip
import hashlib
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np
import numpy.typing as npt

from sentiment.errors import DataError
from sentiment.storage.manifest import VectorsFacts
from sentiment.training.cooccurrence import SCALE

_GZIP = b"\x1f\x8b"
# Longer than any header, and than a word with a few thousand numbers.
_LONGEST_LINE = 1 << 17


class Covered(NamedTuple):
    """What a file of vectors knows of a vocabulary.

    Attributes:
        vectors: float32 (tokens, dimensions), scaled as vectors of ours are; zero for a token that
            the file lacks.
        known: bool (tokens,): which tokens it has.
        file: The file's name.
        sha256: Of its content.
    """

    vectors: npt.NDArray[np.float32]
    known: npt.NDArray[np.bool_]
    file: str
    sha256: str

    @property
    def facts(self) -> VectorsFacts:
        """What a bundle says of it."""
        dimensions, covered = self.vectors.shape[1], int(self.known.sum())
        return VectorsFacts(self.file, self.sha256, dimensions, covered)

    def told(self, counts: npt.NDArray[np.int64]) -> str:
        """Return a line that tells how much is covered.

        Args:
            counts: How often each token is in the training texts: int64 (tokens,).
        """
        share_of_words = counts[self.known].sum() / max(counts.sum(), 1)
        return (
            f"{self.file} has vectors of {self.vectors.shape[1]} dimensions for "
            f"{self.known.sum():,} of the {len(self.known):,} tokens ({self.known.mean():.1%}), "
            f"which are {share_of_words:.1%} of the words of the texts"
        )


class _Layout(NamedTuple):
    """How a file holds its vectors."""

    dimensions: int
    header: bool
    binary: bool


def dimensions_of(path: Path) -> int:
    """Return the dimensions of the vectors in a file, by its first lines.

    Raises:
        DataError: It cannot be read, or holds no word vectors.
    """
    return _layout(path).dimensions


def cover(path: Path, tokens: Sequence[str]) -> Covered:
    """Look a vocabulary up in a file of word vectors.

    A token that the file lacks is looked for with a capital letter, and in capitals.

    Raises:
        DataError: It cannot be read, is cut off, or holds numbers that are none.
    """
    layout = _layout(path)
    stored = _read(path, layout)
    vectors = np.zeros((len(tokens), layout.dimensions), np.float32)
    known = np.zeros(len(tokens), np.bool_)
    for place, token in enumerate(tokens):
        for spelt in (token, token.capitalize(), token.upper()):
            if spelt in stored:
                vectors[place] = stored[spelt]
                known[place] = True
                break
    if not np.isfinite(vectors).all():
        word = tokens[int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])]
        raise DataError(
            f"{path} holds a number that is none in the vector of {word!r}: fetch or train it anew"
        )
    if not known.any():
        raise DataError(
            f"{path} has none of the {len(tokens):,} tokens of the texts: is it of this language?"
        )
    vectors *= SCALE / max(float(vectors[known].std()), 1e-12)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Covered(vectors, known, path.name.encode(errors="replace").decode(), digest)


def _layout(path: Path) -> _Layout:
    try:
        with _opened(path) as file:
            first, second = file.readline(_LONGEST_LINE), file.readline(_LONGEST_LINE)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {_reason(error)}") from error
    header = first.split()
    if len(header) == 2 and all(each.isdigit() for each in header) and int(header[1]):
        dimensions, numbers = int(header[1]), len(_numbers(second))
        if numbers not in (0, dimensions):
            raise DataError(
                f"{path} says that its vectors have {dimensions} dimensions, and the first has "
                f"{numbers}: it is damaged, fetch or train it anew"
            )
        return _Layout(dimensions, header=True, binary=not numbers)
    if len(_numbers(first)) >= 2:
        return _Layout(len(_numbers(first)), header=False, binary=False)
    raise DataError(
        f"{path} holds no word vectors: neither word2vec's, GloVe's nor fastText's .vec begins so"
    )


def _numbers(line: bytes) -> list[bytes]:
    """Return the numbers behind the word of a line of text; none where it is no such line."""
    numbers = line.split()[1:]
    try:
        list(map(float, numbers))
    except ValueError:
        return []
    return numbers


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path) if _compressed(path) else path.open("rb"))


def _read(path: Path, layout: _Layout) -> Any:
    from gensim.models import KeyedVectors  # noqa: PLC0415  (slow)

    if _compressed(path) != (path.suffix == ".gz"):
        raise DataError(f"{path}: gzip, and nothing else, has a name that ends with .gz: rename it")
    try:
        return KeyedVectors.load_word2vec_format(
            str(path),
            binary=layout.binary,
            no_header=not layout.header,
            unicode_errors="replace",
        )
    except MemoryError as error:
        raise DataError(f"{path} does not fit into memory: take one of fewer words") from error
    except (OSError, EOFError, ValueError, zlib.error) as error:
        fields = layout.dimensions + 1
        spaces = f", or has words with spaces: keep the lines with {fields} fields"
        raise DataError(
            f"{path} cannot be read as vectors of {layout.dimensions} dimensions "
            f"({_reason(error)}): it is damaged or cut off{'' if layout.binary else spaces}"
        ) from error


def _compressed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == _GZIP


def _reason(error: Exception) -> str:
    named = getattr(error, "strerror", None) or str(error).partition("\n")[0]
    return named or type(error).__name__
