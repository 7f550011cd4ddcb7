"""Labelled texts in three parts that have no text in common."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sentiment.dataset import Example, count_labels
from sentiment.duplicates import first_of_each, near
from sentiment.errors import DataError
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
        """Returns the labels in the order of the network's outputs."""
        return ordered(example.label for example in self.train)


class Shares(NamedTuple):
    """Shares of the texts that are held out, where no files were given for that."""

    validation: float = 0.1
    test: float = 0.1


def split(
    examples: Sequence[Example],
    shares: Shares,
    seed: int,
    validation: Sequence[Example] | None = None,
    test: Sequence[Example] | None = None,
) -> Parts:
    """Holds texts out, shuffled and by label, and removes from the rest what resembles them.

    Of texts that say the same, the first is kept. A `validation` or `test` part that is given is
    taken instead of a share; nothing is removed from a test part.

    Raises:
        DataError: There are fewer than two labels, too few texts of one, or a given part has a
            label that no other text has.
    """
    distinct = [examples[place] for place in first_of_each(text for text, _ in examples)]
    _check_labels(distinct, (*(validation or ()), *(test or ())))
    rng = np.random.default_rng(seed)
    rest = [distinct[place] for place in rng.permutation(len(distinct))]
    if test is None:
        test, rest = _draw(rest, shares.test)
    if validation is None:
        validation, rest = _draw(rest, shares.validation)
    chosen_by = _unlike(validation, test)
    train = _unlike(rest, [*chosen_by, *test])
    if lost := set(count_labels(rest)) - set(count_labels(train)):
        raise DataError(
            f"every text of the label {min(lost)!r} resembles one held out: add other texts"
        )
    if not chosen_by:
        raise DataError("every validation text resembles a test text: add other texts")
    alike = len(validation) - len(chosen_by) + len(rest) - len(train)
    return Parts(train, chosen_by, list(test), len(examples) - len(distinct), alike)


def _check_labels(examples: Sequence[Example], given: Sequence[Example]) -> None:
    counts = count_labels(examples)
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
    if unknown := set(count_labels(given)) - set(counts):
        raise DataError(f"a held-out text has the label {min(unknown)!r}, which no other text has")


def _draw(examples: Sequence[Example], share: float) -> tuple[list[Example], list[Example]]:
    """Takes the share of each label, at least one text unless the share is 0, and the rest."""
    wanted = {
        label: max(1, round(share * count)) if share else 0
        for label, count in count_labels(examples).items()
    }
    drawn, rest = [], []
    for example in examples:
        if wanted[example.label]:
            wanted[example.label] -= 1
            drawn.append(example)
        else:
            rest.append(example)
    return drawn, rest


def _unlike(examples: Sequence[Example], held_out: Sequence[Example]) -> list[Example]:
    alike = set(near([text for text, _ in examples], [text for text, _ in held_out]))
    return [example for place, example in enumerate(examples) if place not in alike]
