"""Tokens to the places in the original text that they came from."""

import re
from collections.abc import Sequence
from itertools import chain, islice
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sentiment.settings import PreprocessorSettings
from sentiment.text.piece_spans import PieceSpans
from sentiment.text.preprocessor import NO_TOKEN, SHORT

# White space is what `str.split` takes for it.
_PIECE = re.compile(r"\S+")
_SPAN_BYTES = 8


class Spans(NamedTuple):
    """The characters of each token of a batch of texts, one text after the other.

    Places are those of Python's strings, code points of the text before anything was changed.
    Tokens that one thing became, as the words of an emoji, have the same span.

    Attributes:
        starts: int64 (tokens,): where in its text each begins.
        ends: int64 (tokens,): where it ends; never the same place.
        offsets: int64 (texts + 1,): text `i` has the tokens `offsets[i]:offsets[i + 1]`.
    """

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]


class Aligner:
    """Finds the spans of the tokens that a `Preprocessor` with the same settings encodes.

    The work on one text is bounded as there, and what becomes of short pieces is remembered.
    """

    def __init__(self, settings: PreprocessorSettings) -> None:
        self._settings = settings
        self._of_piece = PieceSpans(settings.max_tokens)

    def __call__(self, texts: Sequence[str]) -> Spans:
        """Return the spans of the tokens of each text. Never raises for any string."""
        texts = [text[: self._settings.max_characters] for text in texts]
        pieces_of: list[list[str]] = []
        found: list[bytes] = []
        for text in texts:
            if len(text) <= SHORT:
                pieces = text.split()
                found += map(self._of_piece.__getitem__, pieces)
            else:
                pieces, spans = self._needed(text)
                found += spans
            pieces_of.append(pieces)
        tokens = np.fromiter(map(len, found), np.int64, len(found)) // _SPAN_BYTES
        begins = np.repeat(_begins(texts, pieces_of), tokens)
        relative = np.frombuffer(b"".join(found), np.int32).reshape(-1, 2)
        starts, ends = relative[:, 0] + begins, relative[:, 1] + begins

        first_pieces = _cumulated(np.fromiter(map(len, pieces_of), np.int64, len(texts)))
        offsets = _cumulated(tokens)[first_pieces]
        most = self._settings.max_tokens
        if texts and np.diff(offsets).max() > most:
            place = np.arange(len(starts)) - np.repeat(offsets[:-1], np.diff(offsets))
            starts, ends = starts[place < most], ends[place < most]
            offsets = _cumulated(np.minimum(np.diff(offsets), most))
        return Spans(starts, ends, offsets)

    def _needed(self, text: str) -> tuple[list[str], list[bytes]]:
        """Return the first pieces of a long text, as far as their tokens are looked at, and spans.

        The spans of a long piece are not remembered, and take up to 4.5 ms.
        """
        pieces: list[str] = []
        found: list[bytes] = []
        tokens = 0
        for piece in text.split():
            pieces.append(piece)
            found.append(b"" if NO_TOKEN.fullmatch(piece) else self._of_piece[piece])
            tokens += len(found[-1]) // _SPAN_BYTES
            if tokens >= self._settings.max_tokens:
                break
        return pieces, found


def _begins(texts: Sequence[str], pieces_of: Sequence[list[str]]) -> npt.NDArray[np.int64]:
    """Return where in its text each piece begins: int64 (pieces of all texts,).

    With one character between any two pieces, as most texts have, their lengths tell.
    """
    counts = np.fromiter(map(len, pieces_of), np.int64, len(texts))
    firsts = _cumulated(counts)
    lengths = np.fromiter(map(len, chain.from_iterable(pieces_of)), np.int64, firsts[-1])
    ends = _cumulated(lengths + 1)
    begins = ends[:-1] - np.repeat(ends[firsts[:-1]], counts)
    told = ends[firsts[1:]] - ends[firsts[:-1]] - 1
    for text in np.flatnonzero(told != np.fromiter(map(len, texts), np.int64, len(texts))).tolist():
        found = islice(_PIECE.finditer(texts[text]), int(counts[text]))
        begins[firsts[text] : firsts[text + 1]] = [piece.start() for piece in found]
    return begins


def _cumulated(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(numbers)])
