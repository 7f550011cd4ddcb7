"""Labelled texts in three parts that have no text in common."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sentiment.data.class_names import check_number
from sentiment.data.dataset import Example, count_labels
from sentiment.data.drawing import (
    FEWEST_TEXTS,
    assign,
    check_authors,
    draw_latest,
    draw_of_each_label,
    groups,
)
from sentiment.data.duplicates import first_of_each, key
from sentiment.data.findings import (
    DEFAULT_RULES,
    Finding,
    Rules,
    by_authors_and_times,
    outcome,
    repeated,
    shortened,
)
from sentiment.data.near_duplicates import near
from sentiment.errors import DataError, SettingsError
from sentiment.labels import ordered


class Parts(NamedTuple):
    """Texts to learn from, to choose by and to measure with.

    Attributes:
        train: The network learns from these.
        validation: These decide when it stops.
        test: These are only scored once, at the end; perhaps none.
        duplicates: Texts left out because another of them says the same.
        held_out_alike: Texts left out because a held-out one says the same or nearly so.
        findings: What was found, with what became of it.
    """

    train: list[Example]
    validation: list[Example]
    test: list[Example]
    duplicates: int
    held_out_alike: int
    findings: tuple[Finding, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels in the order of the network's outputs; probabilities name no other."""
        return ordered(example.label for example in self.train)


class Shares(NamedTuple):
    """Shares of the texts that are held out, where no files were given for that."""

    validation: float = 0.1
    test: float = 0.1


class _Keyed(NamedTuple):
    example: Example
    key: str


def split(
    examples: Sequence[Example],
    shares: Shares,
    seed: int,
    validation: Sequence[Example] | None = None,
    test: Sequence[Example] | None = None,
    rules: Rules = DEFAULT_RULES,
) -> Parts:
    """Hold texts out as the rules say, and remove from the rest what resembles them.

    Of texts that say the same, the first is kept. A `validation` or `test` part that is given is
    taken instead of a share; nothing is removed from a test part. Where authors are kept apart,
    texts by those of a given part go from the others.

    Raises:
        DataError: There are fewer than two labels or more than 20, too few texts of one, a given
            part has a label that no other text has, or probabilities name one that no text has;
            texts have no time or author to split by, or too few authors.
        SettingsError: The shares leave nothing to learn from.
    """
    shares = Shares(0 if validation else shares.validation, 0 if test else shares.test)
    if sum(shares) >= 1:
        raise SettingsError("the shares to validate and test with leave nothing to learn from")
    keyed = _with_keys(examples)
    findings = repeated(examples, [each.key for each in keyed], removed=rules.duplicates)
    distinct = keyed
    if rules.duplicates:
        distinct = [keyed[place] for place in first_of_each(each.key for each in keyed)]
    _check_labels(distinct, [*examples, *(validation or ()), *(test or ())])
    given_test, given = _with_keys(test or ()), _with_keys(validation or ())
    by_them: list[_Keyed] = []
    apart = distinct
    if rules.method == "group":
        apart, by_them = _by_others(distinct, [*given_test, *given])
        given, also_by_them = _by_others(given, given_test)
        by_them += also_by_them
    to_test, chosen, rest = _held_out(apart, shares, seed, rules, (1 if validation else 2, 1))
    to_test = given_test if test else to_test
    chosen = given if validation else chosen
    validating, alike = _unlike(chosen, to_test, rules)
    training, also_alike = _unlike(rest, [*validating, *to_test], rules)
    said = frozenset(each.key for each in (*to_test, *validating))
    parts = Parts(
        train=[each.example for each in training],
        validation=[each.example for each in validating],
        test=[each.example for each in to_test],
        duplicates=len(keyed) - len(distinct),
        held_out_alike=len(chosen) - len(validating) + len(rest) - len(training),
        findings=(
            *findings,
            *_resembling([*alike, *also_alike], said, rules),
            *by_authors_and_times(examples, [each.example for each in by_them], rules.method),
        ),
    )
    _check_parts(parts, count_labels(each.example for each in distinct))
    return parts


def check_texts_of_labels(counts: Mapping[str, int], fewest: int) -> None:
    """Check that there are labels to tell apart, with texts for each part.

    Raises:
        DataError: There are fewer than two labels or more than 20, or too few texts of one.
    """
    check_number(counts)
    if len(counts) < 2:
        raise DataError(
            f"all texts have the label {min(counts)!r}: at least two different ones are needed"
        )
    rarest = min(counts, key=lambda label: counts[label])
    if counts[rarest] < fewest:
        raise DataError(
            f"the label {rarest!r} has too few different texts ({counts[rarest]}): "
            f"at least {fewest} are needed"
        )


def _with_keys(examples: Sequence[Example]) -> list[_Keyed]:
    return [_Keyed(example, key(example.text)) for example in examples]


def _check_labels(distinct: Sequence[_Keyed], every: Sequence[Example]) -> None:
    counts = count_labels(each.example for each in distinct)
    check_texts_of_labels(counts, FEWEST_TEXTS)
    named = {label for example in every for label in example.probabilities or ()}
    if unnamed := named - set(counts):
        raise DataError(
            f"probabilities name the label {min(unnamed)!r}, which no text has: add texts of it, "
            "or leave it out of the probabilities"
        )
    if unknown := set(count_labels(every)) - set(counts):
        raise DataError(f"a held-out text has the label {min(unknown)!r}, which no other text has")


def _held_out(
    distinct: Sequence[_Keyed], shares: Shares, seed: int, rules: Rules, left: tuple[int, int]
) -> tuple[list[_Keyed], list[_Keyed], list[_Keyed]]:
    """Return texts to test with, to validate with, and the rest, in random order.

    Of each label, so many texts are `left` at least after the first and the second draw.
    """
    order = np.random.default_rng(seed).permutation(len(distinct))
    rest = [distinct[place] for place in order]
    if rules.method == "group":
        examples = [each.example for each in rest]
        wanted_shares = (shares.test, shares.validation, 1 - sum(shares))
        parts = assign(groups(examples), examples, wanted_shares)
        check_authors(examples, parts, wanted_shares)
        to_test, chosen, rest = (
            [each for each, part in zip(rest, parts, strict=True) if part == wanted]
            for wanted in range(3)
        )
        return to_test, chosen, rest
    counts = count_labels(each.example for each in rest)
    drawn: list[list[_Keyed]] = []
    for share, fewest in zip((shares.test, shares.validation), left, strict=True):
        examples = [each.example for each in rest]
        if rules.method == "time":
            held_out = draw_latest(examples, round(share * len(distinct)))
        else:
            wanted = {label: max(1, round(share * count)) for label, count in counts.items()}
            held_out = draw_of_each_label(examples, wanted if share else {}, fewest)
        drawn.append([each for each, taken in zip(rest, held_out, strict=True) if taken])
        rest = [each for each, taken in zip(rest, held_out, strict=True) if not taken]
    return drawn[0], drawn[1], rest


def _by_others(
    keyed: Sequence[_Keyed], held_out: Sequence[_Keyed]
) -> tuple[list[_Keyed], list[_Keyed]]:
    """Return the texts whose author has no held-out text, and the others."""
    authors = {each.example.group for each in held_out} - {None}
    others = [each for each in keyed if each.example.group not in authors]
    return others, [each for each in keyed if each.example.group in authors]


def _unlike(
    keyed: Sequence[_Keyed], held_out: Sequence[_Keyed], rules: Rules
) -> tuple[list[_Keyed], list[_Keyed]]:
    """Return the texts that stay, and those that say what a held-out one says, or nearly so."""
    said = {each.key for each in held_out}
    alike = near([each.key for each in keyed], [each.key for each in held_out])
    removed = {
        place for place in alike if (rules.duplicates if keyed[place].key in said else rules.near)
    }
    kept = [each for place, each in enumerate(keyed) if place not in removed]
    return kept, [keyed[place] for place in alike]


def _resembling(alike: Sequence[_Keyed], said: frozenset[str], rules: Rules) -> list[Finding]:
    same = [each.example for each in alike if each.key in said]
    nearly = [each.example for each in alike if each.key not in said]
    kinds = (
        ("held out", same, "with the words of a held-out one", "--duplicates", rules.duplicates),
        ("near", nearly, "nearly the same as a held-out one", "--near-duplicates", rules.near),
    )
    return [
        Finding(kind, len(found), what, outcome(option, removed=removed), shortened(found))
        for kind, found, what, option, removed in kinds
        if found
    ]


def _check_parts(parts: Parts, counts: Mapping[str, int]) -> None:
    if not parts.validation:
        raise DataError("every validation text resembles a test text: add other texts")
    if lost := set(counts) - set(count_labels(parts.train)):
        raise DataError(
            f"every text of the label {min(lost)!r} resembles one held out, or is held out: add "
            "other texts"
        )
