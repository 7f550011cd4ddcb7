"""What is kept of a text's tokens, as Numba compiles it: of filters, and of vectors themselves.

Filters over a text are sums of rows that were computed beforehand, a tile of them at once.
"""

import numpy as np

from sentiment.serving.compiling import Floats, Ints, compiled
from sentiment.serving.folded_layout import LANES
from sentiment.serving.lanes import add, in_all, larger, load, multiply, store, zeros

_ONE = np.float32(1)


@compiled
def first_place(width: int, margin: int, same: int) -> int:
    """Return at which place in `starts` filters of a width begin."""
    return margin - (width - 1) // 2 if same else margin


@compiled
def count_places(width: int, length: int, same: int) -> int:
    """Return how often filters of a width are applied to a text."""
    return length if same or length == 0 else max(length - width + 1, 1)


@compiled
def pool(
    width: int,
    starts: Ints,
    first: int,
    places: int,
    table: Floats,
    column: int,
    pooled: Floats,
    strongest_at: int,
    mean_at: int,
) -> None:
    """Pool what one tile of filters gives at `places` places of a text from `first` on.

    Args:
        width: Tokens that the filters see; where a caller writes a number, the loop over them is
            written out.
        starts: int64: where the row of each of the text's tokens begins in `table`.
        first: Place in `starts` of the first token that is seen.
        places: How often the filters are applied.
        table: The products.
        column: Where the tile begins in a row.
        pooled: Receives the results.
        strongest_at: Where to put the largest of each filter, or below zero.
        mean_at: Where to put the mean of each filter, or below zero.
    """
    strongest = summed = zeros()
    for place in range(first, first + places):
        feature = load(table, starts[place] + column)
        for token in range(1, width):
            feature = add(feature, load(table, starts[place + token] + column + token * LANES))
        strongest = larger(strongest, feature)
        if mean_at >= 0:
            summed = add(summed, larger(feature, zeros()))
    if strongest_at >= 0:
        store(pooled, strongest_at, strongest)
    if mean_at >= 0:
        store(pooled, mean_at, multiply(summed, in_all(_ONE / np.float32(max(places, 1)))))


@compiled
def pool_tile(
    width: int,
    starts: Ints,
    first: int,
    places: int,
    table: Floats,
    column: int,
    pooled: Floats,
    strongest_at: int,
    mean_at: int,
) -> None:
    """Do what `pool` does, with the usual widths written as numbers."""
    if width == 1:
        pool(1, starts, first, places, table, column, pooled, strongest_at, mean_at)
    elif width == 2:
        pool(2, starts, first, places, table, column, pooled, strongest_at, mean_at)
    elif width == 3:
        pool(3, starts, first, places, table, column, pooled, strongest_at, mean_at)
    elif width == 4:
        pool(4, starts, first, places, table, column, pooled, strongest_at, mean_at)
    elif width == 5:
        pool(5, starts, first, places, table, column, pooled, strongest_at, mean_at)
    else:
        pool(width, starts, first, places, table, column, pooled, strongest_at, mean_at)


@compiled
def average(
    starts: Ints, first: int, tokens: int, table: Floats, column: int, pooled: Floats, at: int
) -> None:
    """Write the mean of a tile of what tokens' vectors say themselves: none of it is cut off at 0.

    Args: those of `pool`, and
        tokens: Of the text.
        at: Where to put the mean.
    """
    summed = zeros()
    for place in range(first, first + tokens):
        summed = add(summed, load(table, starts[place] + column))
    store(pooled, at, multiply(summed, in_all(_ONE / np.float32(max(tokens, 1)))))
