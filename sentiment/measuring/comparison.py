"""Two models measured with the same texts: which is better, how sure that is, and what changed.

docs/report.md tells what each field is, and how it is computed.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from sentiment.measuring.bootstrap import Difference, Differences, differences
from sentiment.measuring.evaluation import Evaluation, Scored
from sentiment.measuring.mistakes import MOST, shown
from sentiment.measuring.report import measure
from sentiment.measuring.slices import kinds, too_few

COMPARISON_FORMAT = 1


class McNemar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The exact test of whether two accuracies differ (McNemar, Psychometrika 1947).

    Attributes:
        only_first: Texts that only the first model is right about.
        only_second: Texts that only the second is right about.
        p_value: How likely two numbers as unequal are if neither model is better: of a binomial
            distribution with 1/2, two-sided.
    """

    only_first: int
    only_second: int
    p_value: float


class Change(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Texts that one model labels so and the other differently.

    Attributes:
        first: What the first says.
        second: What the second says.
        examples: Such texts.
        mended: Those of them that only the second is right about.
        spoilt: Those that only the first is right about; about the others both are wrong.
    """

    first: str
    second: str
    examples: int
    mended: int
    spoilt: int


class ChangedText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text that the models label differently.

    Attributes:
        text: Its first 500 characters.
        label: What it was labelled by people.
        first: What the first model says.
        first_probability: Of that, by the first model.
        second: What the second says.
        second_probability: Of that, by the second model.
        change: Half the sum of the differences of all probabilities: from 0 to 1.
    """

    text: str
    label: str
    first: str
    first_probability: float
    second: str
    second_probability: float
    change: float


class SliceDifference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The texts of one kind, as the first model's tokens and vocabulary tell them apart.

    Attributes:
        by: What the texts are told apart by.
        kind: As "10–14 tokens".
        examples: Texts of that kind.
        first: Macro recall of the first model.
        second: That of the second.
        macro_recall: The second's less the first's.
        few: Whether the texts are fewer than 100, or those of one of their labels fewer than 30.
    """

    by: str
    kind: str
    examples: int
    first: float
    second: float
    macro_recall: Difference
    few: bool


class Comparison(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Two models and the same texts.

    Attributes:
        format: Version of this layout.
        examples: Texts measured with.
        first: The first model's report.
        second: The second's.
        differences: The second's figures less the first's, by the paired bootstrap.
        mcnemar: Whether their accuracies differ.
        changes: What the labels became, the most frequent change first.
        changed: The texts whose probabilities changed most, of those with another label; none where
            texts were to be kept out of the report.
        slices: By kinds of texts.
    """

    format: int = COMPARISON_FORMAT
    examples: int
    first: Evaluation
    second: Evaluation
    differences: Differences
    mcnemar: McNemar
    changes: tuple[Change, ...]
    changed: tuple[ChangedText, ...]
    slices: tuple[SliceDifference, ...]

    def to_json(self) -> bytes:
        """Return it as indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self)) + b"\n"


def compare_scored(
    scored: tuple[Scored, Scored],
    reports: tuple[Evaluation, Evaluation],
    *,
    show_texts: bool = True,
) -> Comparison:
    """Compare what two models say about the same texts, their labels in the same order."""
    first, second = scored
    labels, expected = reports[0].labels, first.expected
    return Comparison(
        examples=len(expected),
        first=reports[0],
        second=reports[1],
        differences=differences(expected, second.predicted, first.predicted, len(labels)),
        mcnemar=_mcnemar(first.predicted == expected, second.predicted == expected),
        changes=_changes(first, second, labels),
        changed=_changed(first, second, labels) if show_texts else (),
        slices=_slices(first, second, labels),
    )


def _mcnemar(first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]) -> McNemar:
    from scipy.stats import binomtest  # noqa: PLC0415  (slow)

    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    apart = only_first + only_second
    p_value = float(binomtest(only_first, apart, 0.5).pvalue) if apart else 1.0
    return McNemar(only_first, only_second, p_value)


def _changes(first: Scored, second: Scored, labels: Sequence[str]) -> tuple[Change, ...]:
    of_text = zip(
        first.predicted.tolist(), second.predicted.tolist(), first.expected.tolist(), strict=True
    )
    counts: dict[tuple[int, int], Counter[str]] = {}
    for before, after, expected in of_text:
        if before != after:
            kind = {before: "spoilt", after: "mended"}.get(expected, "wrong")
            counts.setdefault((before, after), Counter())[kind] += 1
    by_number = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    return tuple(
        Change(labels[before], labels[after], kinds.total(), kinds["mended"], kinds["spoilt"])
        for (before, after), kinds in by_number
    )


def _changed(first: Scored, second: Scored, labels: Sequence[str]) -> tuple[ChangedText, ...]:
    change = np.abs(first.probabilities - second.probabilities).sum(axis=1) / 2
    places = np.flatnonzero(first.predicted != second.predicted)
    return tuple(
        ChangedText(
            text=shown(first.texts[place]),
            label=labels[first.expected[place]],
            first=labels[first.predicted[place]],
            first_probability=float(first.probabilities[place].max()),
            second=labels[second.predicted[place]],
            second_probability=float(second.probabilities[place].max()),
            change=float(change[place]),
        )
        for place in places[np.argsort(-change[places], kind="stable")][:MOST].tolist()
    )


def _slices(first: Scored, second: Scored, labels: Sequence[str]) -> tuple[SliceDifference, ...]:
    found = []
    for kind in kinds(first.texts, first.encoded):
        expected = first.expected[kind.rows]
        before, after = first.predicted[kind.rows], second.predicted[kind.rows]
        report = measure(expected, before, labels)
        found.append(
            SliceDifference(
                by=kind.by,
                kind=kind.name,
                examples=len(expected),
                first=report.macro_recall,
                second=measure(expected, after, labels).macro_recall,
                macro_recall=differences(expected, after, before, len(labels)).macro_recall,
                few=too_few(report),
            )
        )
    return tuple(found)
