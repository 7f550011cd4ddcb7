"""How a model does with some kinds of texts: short and long, of unknown words, with emoji."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.counting import counted
from sentiment.measuring.bootstrap import Interval, intervals
from sentiment.measuring.report import Report, measure
from sentiment.text.emoji_text import emoji_to_words
from sentiment.text.encoded_texts import EncodedTexts

# Fewer texts tell little: even the accuracy of 100 is known to ±10 percent points only, and the
# recall of a label that 30 have to ±18.
FEW = 100
FEW_OF_A_LABEL = 30
SAY_LITTLE = f"Of fewer than {FEW} texts, or {FEW_OF_A_LABEL} of a label, the figures say little."
_LENGTHS = (0, 1, 5, 10, 15, 20, 30, 50, 100, 200, 400, 800)
_UNKNOWN_SHARES = (0.0, 0.05, 0.1, 0.2, 0.4)

_Classes = npt.NDArray[np.int64]


def too_few(report: Report) -> bool:
    """Return whether the texts measured with, or those of a label, are too few to tell much."""
    return report.examples < FEW or _rarest(report)[1] < FEW_OF_A_LABEL


def cautions(report: Report) -> list[str]:
    """Return what has to be known of the intervals of a report, if they are not to be relied on."""
    said = few_texts(report)
    if report.accuracy == 1:
        # "If Nothing Goes Wrong, Is Everything All Right?", Hanley & Lippman-Hand, JAMA 1983.
        said.append(
            "No label is wrong, and of such texts the bootstrap makes intervals without any width: "
            f"as much as {min(1, 3 / report.examples):.1%} may be wrong (the rule of three)."
        )
    return said


def few_texts(report: Report) -> list[str]:
    """Return a warning where the texts measured with, or those of a label, are too few."""
    examples = report.examples
    if not too_few(report):
        return []
    if examples >= FEW:
        label, of_label = _rarest(report)
        warning = (
            f"Only {of_label:,} of the texts measured with {'has' if of_label == 1 else 'have'} "
            f"the label {label}: fewer than {FEW_OF_A_LABEL} tell little, and the bootstrap takes "
            "macro figures for surer than they are."
        )
        return [warning]
    warning = (
        f"Measured with {counted(examples, 'text')} only: fewer than {FEW} tell little, and the "
        "bootstrap takes their figures for surer than they are."
    )
    return [warning]


def _rarest(report: Report) -> tuple[str, int]:
    """Return the label that the fewest texts have, of those that some have, and their number."""
    counts = {label: each.examples for label, each in report.per_class.items() if each.examples}
    return min(counts.items(), key=lambda item: item[1])


class Slice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The texts of one kind.

    Attributes:
        by: What the texts are told apart by: "length", "unknown words" or "emoji".
        kind: As "10–14 tokens".
        examples: Texts of that kind.
        accuracy: Share of them whose label was predicted.
        macro_recall: Mean recall of the labels that they have.
        macro_recall_interval: How sure that is.
        few: Whether they are fewer than 100, or those of one of their labels fewer than 30.
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
        few=too_few(report),
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
