"""How a model does with some kinds of texts: short and long, of unknown words, with emoji."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.measuring.bootstrap import Interval, intervals
from sentiment.measuring.report import measure
from sentiment.text.emoji_text import emoji_to_words
from sentiment.text.encoded_texts import EncodedTexts

# Fewer texts tell little: even the accuracy of 100 is known to ±10 percent points only.
FEW = 100
_LENGTHS = (0, 1, 5, 10, 15, 20, 30, 50, 100, 200, 400, 800)
_UNKNOWN_SHARES = (0.0, 0.05, 0.1, 0.2, 0.4)

_Classes = npt.NDArray[np.int64]


def few_texts(examples: int) -> list[str]:
    """Return a warning where so many texts are too few to tell much."""
    if examples >= FEW:
        return []
    texts = "1 text" if examples == 1 else f"{examples:,} texts"
    warning = (
        f"Measured with {texts} only: fewer than {FEW} tell little, and the bootstrap takes their "
        "figures for surer than they are."
    )
    return [warning]


class Slice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The texts of one kind.

    Attributes:
        by: What the texts are told apart by: "length", "unknown words" or "emoji".
        kind: As "10–14 tokens".
        examples: Texts of that kind.
        accuracy: Share of them whose label was predicted.
        macro_recall: Mean recall of the labels that they have.
        macro_recall_interval: How sure that is.
        few: Whether they are fewer than 100.
    """

    by: str
    kind: str
    examples: int
    accuracy: float
    macro_recall: float
    macro_recall_interval: Interval
    few: bool


class Kind(NamedTuple):
    """A kind of texts: `rows` are the places of those of it, int64 (texts,), at least one."""

    by: str
    name: str
    rows: _Classes


def kinds(texts: Sequence[str], encoded: EncodedTexts) -> Iterator[Kind]:
    """Tell texts apart; each is in one kind of each way to tell them apart."""
    for by, of_text in (
        ("length", _by_length(encoded)),
        ("unknown words", _by_unknown_share(encoded)),
        ("emoji", _by_emoji(texts)),
    ):
        for name, chosen in of_text:
            if chosen.any():
                yield Kind(by, name, np.flatnonzero(chosen))


def slices(
    of_kinds: Sequence[Kind], expected: _Classes, predicted: _Classes, labels: Sequence[str]
) -> tuple[Slice, ...]:
    """Measure each kind of texts by itself."""
    return tuple(
        _slice(kind, expected[kind.rows], predicted[kind.rows], labels) for kind in of_kinds
    )


def _slice(kind: Kind, expected: _Classes, predicted: _Classes, labels: Sequence[str]) -> Slice:
    report = measure(expected, predicted, labels)
    return Slice(
        by=kind.by,
        kind=kind.name,
        examples=report.examples,
        accuracy=report.accuracy,
        macro_recall=report.macro_recall,
        macro_recall_interval=intervals(expected, predicted, len(labels)).macro_recall,
        few=report.examples < FEW,
    )


_Chosen = Iterator[tuple[str, npt.NDArray[np.bool_]]]


def _by_length(encoded: EncodedTexts) -> _Chosen:
    lengths = encoded.lengths
    for low, above in pairwise(_LENGTHS):
        name = f"{low}–{above - 1}" if above - low > 1 else f"{low}"
        yield f"{name} tokens", np.logical_and(lengths >= low, lengths < above)
    yield f"{_LENGTHS[-1]} tokens or more", np.greater_equal(lengths, _LENGTHS[-1])


def _by_unknown_share(encoded: EncodedTexts) -> _Chosen:
    unknown = np.append(0, np.cumsum(encoded.unknown))[encoded.offsets]
    share = np.diff(unknown) / np.maximum(encoded.lengths, 1)
    yield "none", share == 0
    for low, high in pairwise(_UNKNOWN_SHARES):
        yield f"over {low:.0%} to {high:.0%}", (share > low) & (share <= high)
    yield f"over {_UNKNOWN_SHARES[-1]:.0%}", share > _UNKNOWN_SHARES[-1]


def _by_emoji(texts: Sequence[str]) -> _Chosen:
    there = np.array([emoji_to_words(text) != text for text in texts], bool)
    yield "with emoji", there
    yield "without emoji", ~there
