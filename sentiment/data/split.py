"""Labelled texts in three parts that have no text in common."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sentiment.data.class_names import check_number
from sentiment.data.dataset import Example, count_labels
from sentiment.data.duplicates import first_of_each, key, near
from sentiment.errors import DataError, SettingsError
from sentiment.labels import ordered

# So that each part has one.
_FEWEST_TEXTS = 3


class Parts(NamedTuple):
    """Texts to learn from, to choose by and to measure with.

    Attributes:
        train: The network learns from these.
        validation: These decide when it stops.
        test: These are only scored once, at the end; perhaps none.
        duplicates: Texts left out because another of them says the same.
        held_out_alike: Texts left out because a held-out one says the same or nearly so.
    """

    train: list[Example]
    validation: list[Example]
    test: list[Example]
    duplicates: int
    held_out_alike: int

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
) -> Parts:
    """Hold texts out, shuffled and by label, and remove from the rest what resembles them.

    Of texts that say the same, the first is kept. A `validation` or `test` part that is given is
    taken instead of a share; nothing is removed from a test part.

    Raises:
        DataError: There are fewer than two labels or more than 20, too few texts of one, a given
            part has a label that no other text has, or probabilities name one that no text has.
        SettingsError: The shares leave nothing to learn from.
    """
    shares_in_use = (0 if validation else shares.validation) + (0 if test else shares.test)
    if shares_in_use >= 1:
        raise SettingsError("the shares to validate and test with leave nothing to learn from")
    keyed = _with_keys(examples)
    distinct = [keyed[place] for place in first_of_each(each.key for each in keyed)]
    counts = count_labels(each.example for each in distinct)
    _check_labels(counts, examples, (*(validation or ()), *(test or ())))
    rng = np.random.default_rng(seed)
    rest = [distinct[place] for place in rng.permutation(len(distinct))]
    if test:
        to_test = _with_keys(test)
    else:
        to_test, rest = _draw(rest, counts, shares.test, left=1 if validation else 2)
    if validation:
        chosen = _with_keys(validation)
    else:
        chosen, rest = _draw(rest, counts, shares.validation, left=1)
    validating = _unlike(chosen, to_test)
    training = _unlike(rest, [*validating, *to_test])
    if not validating:
        raise DataError("every validation text resembles a test text: add other texts")
    if lost := set(counts) - set(count_labels(each.example for each in training)):
        raise DataError(
            f"every text of the label {min(lost)!r} resembles one held out: add other texts"
        )
    return Parts(
        train=[each.example for each in training],
        validation=[each.example for each in validating],
        test=[each.example for each in to_test],
        duplicates=len(keyed) - len(distinct),
        held_out_alike=len(chosen) - len(validating) + len(rest) - len(training),
    )


def _with_keys(examples: Sequence[Example]) -> list[_Keyed]:
    return [_Keyed(example, key(example.text)) for example in examples]


def _check_labels(
    counts: Mapping[str, int], examples: Sequence[Example], given: Sequence[Example]
) -> None:
    check_number(counts)
    if len(counts) < 2:
        raise DataError(
            f"all texts have the label {min(counts)!r}: at least two different ones are needed"
        )
    rarest = min(counts, key=lambda label: counts[label])
    if counts[rarest] < _FEWEST_TEXTS:
        raise DataError(
            f"the label {rarest!r} has too few different texts ({counts[rarest]}): "
            f"at least {_FEWEST_TEXTS} are needed"
        )
    named = {label for example in (*examples, *given) for label in example.probabilities or ()}
    if unnamed := named - set(counts):
        raise DataError(
            f"probabilities name the label {min(unnamed)!r}, which no text has: add texts of it, "
            "or leave it out of the probabilities"
        )
    if unknown := set(count_labels(given)) - set(counts):
        raise DataError(f"a held-out text has the label {min(unknown)!r}, which no other text has")


def _draw(
    keyed: Sequence[_Keyed], counts: Mapping[str, int], share: float, left: int
) -> tuple[list[_Keyed], list[_Keyed]]:
    """Take the share of each label's count, and the rest, in which so many texts are `left`.

    Unless the share is 0, at least one text of each label is taken.
    """
    there = count_labels(each.example for each in keyed)
    wanted = {
        label: min(max(1, round(share * count)), there[label] - left) if share else 0
        for label, count in counts.items()
    }
    drawn, rest = [], []
    for each in keyed:
        if wanted[each.example.label]:
            wanted[each.example.label] -= 1
            drawn.append(each)
        else:
            rest.append(each)
    return drawn, rest


def _unlike(keyed: Sequence[_Keyed], held_out: Sequence[_Keyed]) -> list[_Keyed]:
    alike = set(near((each.key for each in keyed), (each.key for each in held_out)))
    return [each for place, each in enumerate(keyed) if place not in alike]
