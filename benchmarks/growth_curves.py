"""What is made larger, and what the rate should do then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

# (size, tweets a second), from the smallest size on.
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Curve:
    """One size that grows.

    Attributes:
        name: What the results call it.
        title: What grows, in words.
        sizes: From the smallest to the largest.
        expected: The expected shape, in words.
        shape: Rates of that shape at the sizes of the points measured, drawn through as many of
            them as the shape needs.
    """

    name: str
    title: str
    sizes: tuple[int, ...]
    expected: str
    shape: Callable[[Points], list[float]]


def flat(points: Points) -> list[float]:
    """Return the first rate everywhere."""
    return [points[0][1]] * len(points)


def inverse(points: Points) -> list[float]:
    """Return rates that halve when the size doubles, from the first."""
    size, rate = points[0]
    return [rate * size / at for at, _ in points]


def shared_cost(points: Points) -> list[float]:
    """Return rates where a tweet costs a + b / size, with both from the first and last point."""
    (small, slow), (large, fast) = points[0], points[-1]
    if small == large:
        return flat(points)
    shared = (1 / slow - 1 / fast) / (1 / small - 1 / large)
    own = 1 / fast - shared / large
    return [1 / (own + shared / size) for size, _ in points]


VOCABULARY = Curve(
    "vocabulary",
    "tokens in the vocabulary",
    (5_000, 20_000, 50_000, 100_000, 200_000),
    "flat, but for the processor's caches: a text looks up as many rows whatever the size of the "
    "table, and rows that no cache holds any more take longer",
    flat,
)
FILTERS = Curve(
    "filters",
    "filters of each width",
    (64, 128, 256, 512),
    "halves when the filters double: so does what is added up for each token",
    inverse,
)
LENGTH = Curve(
    "length",
    "tokens of a text",
    (10, 25, 50, 100),
    "halves when the length doubles: the work is a token's",
    inverse,
)
PARTITIONS = Curve(
    "partitions",
    "partitions that one worker reads",
    (1, 2, 4, 8, 16),
    "flat, falling a little: the batches are the same, spread over more partitions",
    flat,
)
BATCH = Curve(
    "batch",
    "most tweets in a batch (`SENTIMENT_MAX_BATCH`)",
    (1, 8, 64, 512, 2_048, 8_192),
    "a tweet costs a + b / batch: all tweets of a batch share the cost b of its transaction, so "
    "the rate rises with the batch, then levels off",
    shared_cost,
)

CURVES = (VOCABULARY, FILTERS, LENGTH, PARTITIONS, BATCH)
