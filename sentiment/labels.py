"""The order of the classes, which is the order of every row of probabilities."""

import re
from collections.abc import Iterable

SENTIMENTS = ("negative", "neutral", "positive")
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")


def ordered(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct labels in the order that the network's outputs have.

    Sentiment runs from negative to positive, whole numbers (as stars) from low to high; any other
    set of labels is sorted by name.
    """
    distinct = set(labels)
    if distinct == set(SENTIMENTS):
        return SENTIMENTS
    if are_numbers(distinct):
        return tuple(sorted(distinct, key=lambda label: (int(label), label)))
    return tuple(sorted(distinct))


def are_numbers(labels: Iterable[str]) -> bool:
    """Return whether all labels are whole numbers, so that one may be nearer than another."""
    return all(map(_WHOLE_NUMBER.fullmatch, labels))
