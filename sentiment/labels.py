"""The order of the classes, which is the order of every row of probabilities."""

from collections.abc import Iterable

SENTIMENTS = ("negative", "neutral", "positive")


def ordered(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the distinct labels in the order that the network's outputs have.

    Sentiment runs from negative to positive; any other set of labels is sorted by name.
    """
    distinct = set(labels)
    return SENTIMENTS if distinct == set(SENTIMENTS) else tuple(sorted(distinct))
