"""What each n-gram of a text adds to the sums of the classes, as Numba compiles it.

A feature of the network comes from one n-gram: the largest of a filter from the place where the
filter was largest, and the mean from every place by its share. What a token's vector says to the
first dense layer comes from that token alone. Behind the features the network is
linear, once it is known which hidden units are on. So the sum of a class is a bias, and for each
n-gram the features that came from it times what the layers behind make of them: gradient times
input, which is exact for a network of pieces that are linear (Shrikumar et al. 2017, section 2.2).

Softmax does not see a number that is added to all classes; here it is taken off, so that over the
classes the weights of an n-gram sum to zero, and so does the bias.

It is built as `folded_kernel` is, computes the same probabilities with the same code, and then goes
over the text once more: its rows are in the processor's cache by then.
"""

import numpy as np
from numba import cfunc, types

from sentiment.serving.compiling import FLOATS, IDS, INTS, NEVER_RAISES, Floats, Ints, compiled
from sentiment.serving.folded_effects_kernel import find_effects
from sentiment.serving.folded_kernel import compute, find_rows, softmax
from sentiment.serving.folded_layout import LANES
from sentiment.serving.folded_pooling_kernel import count_places, first_place
from sentiment.serving.lanes import (
    add,
    chosen,
    in_all,
    larger,
    load,
    multiply,
    store,
    total,
    zeros,
)

_ZERO, _ONE = np.float32(0), np.float32(1)


@compiled
def slot(place: int, width: int, margin: int, length: int, classes: int) -> int:
    """Return where the weights of the n-gram at a place begin, after those of earlier texts."""
    begin = max(place - margin, 0)
    tokens = min(place - margin + width, length) - begin
    return (begin * (margin + 1) + tokens - 1) * classes


@compiled
def give(
    width: int,
    starts: Ints,
    first: int,
    places: int,
    table: Floats,
    column: int,
    margin: int,
    length: int,
    classes: int,
    stride: int,
    effects: Floats,
    strongest_at: int,
    mean_at: int,
    room: int,
    weights: Floats,
    text_at: int,
) -> None:
    """Add what one tile of filters says to the weights of the n-grams that it came from.

    Args: those of `folded_pooling_kernel.pool`, and
        margin: Tokens beyond the edge of a text that a filter may see.
        length: Tokens of the text.
        classes: How many.
        stride: Floats from the effects on one class to those on the next.
        effects: What features do to classes, and at `room` free space for two tiles.
        strongest_at: Where the effects of the tile's largest begin, or below zero.
        mean_at: Where the effects of the tile's means begin, or below zero.
        room: See `effects`.
        weights: Receives what is added.
        text_at: Where the weights of the text begin.
    """
    strongest = where = zeros()
    share = _ONE / np.float32(max(places, 1))
    for place in range(first, first + places):
        feature = load(table, starts[place] + column)
        for token in range(1, width):
            feature = add(feature, load(table, starts[place + token] + column + token * LANES))
        # Floats count places exactly up to 16 million.
        where = chosen(feature, strongest, in_all(np.float32(place)), where)
        strongest = larger(strongest, feature)
        if mean_at >= 0:
            to = text_at + slot(place, width, margin, length, classes)
            given = multiply(larger(feature, zeros()), in_all(share))
            for label in range(classes):
                effect = load(effects, mean_at + label * stride)
                weights[to + label] += total(multiply(given, effect))
    if strongest_at >= 0:
        store(effects, room, strongest)
        store(effects, room + LANES, where)
        for lane in range(LANES):
            value = effects[room + lane]
            if value > _ZERO:
                place = int(effects[room + LANES + lane])
                to = text_at + slot(place, width, margin, length, classes)
                for label in range(classes):
                    effect = effects[strongest_at + label * stride + lane]
                    weights[to + label] += value * effect


@compiled
def give_direct(
    starts: Ints,
    table: Floats,
    column: int,
    margin: int,
    length: int,
    classes: int,
    stride: int,
    effects: Floats,
    mean_at: int,
    weights: Floats,
    text_at: int,
) -> None:
    """Add a tile of what the tokens' vectors say themselves to the weights of the tokens.

    Args: those of `give`.
    """
    share = in_all(_ONE / np.float32(max(length, 1)))
    for place in range(margin, margin + length):
        to = text_at + slot(place, 1, margin, length, classes)
        given = multiply(load(table, starts[place] + column), share)
        for label in range(classes):
            weights[to + label] += total(multiply(given, load(effects, mean_at + label * stride)))


# As `machine_code` calls it: a number and twelve pointers, of which nine are those of `score`.
@cfunc(
    types.void(types.int64, IDS, INTS, FLOATS, *4 * [INTS], *5 * [FLOATS]),
    **NEVER_RAISES,
)
def explain(
    texts: int,
    ids: Ints,
    offsets: Ints,
    tables: Floats,
    shape: Ints,
    widths: Ints,
    sizes: Ints,
    starts: Ints,
    values: Floats,
    probabilities: Floats,
    effects: Floats,
    weights: Floats,
    bias: Floats,
) -> None:
    """Score texts, and tell what each n-gram of theirs adds.

    Args: those of `folded_kernel.score`, and
        effects: float32: room for two rows of each class, each as long as the largest of `sizes`,
            and for two tiles.
        weights: float32: zeros; receives those of each n-gram, class by class. An n-gram that
            begins at token `t` of the batch and has `n` tokens is number `t * longest + n - 1`,
            where `longest`, one more than the margin, is the width of the widest filter.
        bias: float32: receives that of each class, text by text.
    """
    tiles, margin, same = shape[0], shape[2], shape[3]
    strongest, mean, layers, direct = shape[4], shape[5], shape[7], shape[8]
    classes = sizes[layers]
    stride = sizes[0]
    for layer in range(1, layers):
        stride = max(stride, sizes[layer])
    room = 2 * classes * stride
    for text in range(texts):
        begin = offsets[text]
        length = offsets[text + 1] - begin
        text_at = begin * (margin + 1) * classes
        find_rows(ids, begin, length, shape, starts)
        here = compute(length, tables, shape, widths, sizes, starts, values)
        softmax(values, here, classes, probabilities, text * classes)
        features = find_effects(
            tables, shape, sizes, stride, here, values, effects, bias, text * classes
        )
        column = 0
        for tile in range(tiles):
            width = widths[tile]
            first, places = first_place(width, margin, same), count_places(width, length, same)
            strongest_at = features + tile * LANES if strongest else -1
            mean_at = features + (tile + tiles * strongest) * LANES if mean else -1
            give(
                width, starts, first, places, tables, column, margin, length, classes, stride,
                effects, strongest_at, mean_at, room, weights, text_at,
            )  # fmt: skip
            column += width * LANES
        at = features + tiles * (strongest + mean) * LANES
        for tile in range(direct):
            offset = tile * LANES
            give_direct(
                starts, tables, column + offset, margin, length, classes, stride, effects,
                at + offset, weights, text_at,
            )  # fmt: skip
