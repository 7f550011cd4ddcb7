"""What the features of a text do to its classes, as Numba compiles it.

Behind the features the network is linear, once it is known which hidden units are on: what the
output layer does to each class is carried back through the layers, without the units that are off.
"""

import numpy as np

from sentiment.serving.compiling import Floats, Ints, compiled
from sentiment.serving.folded_layout import LANES
from sentiment.serving.lanes import add, in_all, load, multiply, store, zeros

_ZERO, _ONE = np.float32(0), np.float32(1)


@compiled
def center(rows: Floats, at: int, stride: int, classes: int, size: int, out: Floats) -> None:
    """Write rows, one for each class, to the begin of `out`, without what the classes share."""
    share = in_all(_ONE / np.float32(classes))
    for place in range(0, size, LANES):
        mean = zeros()
        for label in range(classes):
            mean = add(mean, multiply(load(rows, at + label * size + place), share))
        for label in range(classes):
            own = load(rows, at + label * size + place)
            store(out, label * stride + place, add(own, multiply(mean, in_all(-_ONE))))


@compiled
def center_biases(rows: Floats, at: int, classes: int, bias: Floats, bias_at: int) -> None:
    """Write the biases of the classes without their mean."""
    mean = _ZERO
    for label in range(classes):
        mean += rows[at + label] / np.float32(classes)
    for label in range(classes):
        bias[bias_at + label] = rows[at + label] - mean


@compiled
def go_back(
    effects: Floats,
    above: int,
    below: int,
    inputs: int,
    outputs: int,
    weights: Floats,
    at: int,
    values: Floats,
    outputs_at: int,
) -> None:
    """Write what the inputs of a hidden layer do to a class, from what its outputs do to it.

    Args:
        effects: Both, at `above` those of the outputs, at `below` those of the inputs.
        above: See `effects`.
        below: See `effects`.
        inputs: How many the layer has.
        outputs: How many it has.
        weights: The tables, in which the layer begins `at` a place.
        at: See `weights`.
        values: At `outputs_at` what the layer gave: units that gave nothing are off.
        outputs_at: See `values`.
    """
    for place in range(0, inputs, LANES):
        effect = zeros()
        for output in range(outputs):
            if values[outputs_at + output] > _ZERO:
                row = load(weights, at + output * inputs + place)
                effect = add(effect, multiply(in_all(effects[above + output]), row))
        store(effects, below + place, effect)


@compiled
def find_effects(
    tables: Floats,
    shape: Ints,
    sizes: Ints,
    stride: int,
    here: int,
    values: Floats,
    effects: Floats,
    bias: Floats,
    bias_at: int,
) -> int:
    """Write what each feature does to each class, and the bias of each class.

    Returns:
        Where in `effects` those of the features begin: a row of `stride` for each class.
    """
    dense_at, layers = shape[6], shape[7]
    classes = sizes[layers]
    at = dense_at
    for layer in range(layers - 1):
        at += (sizes[layer] + 1) * sizes[layer + 1]
    last = sizes[layers - 1]
    center(tables, at, stride, classes, last, effects)
    center_biases(tables, at + last * classes, classes, bias, bias_at)
    above, below = 0, stride * classes
    outputs_at = here - last
    for layer in range(layers - 2, -1, -1):
        inputs, outputs = sizes[layer], sizes[layer + 1]
        at -= (inputs + 1) * outputs
        for label in range(classes):
            row, to = above + label * stride, below + label * stride
            go_back(effects, row, to, inputs, outputs, tables, at, values, outputs_at)
            for output in range(outputs):
                if values[outputs_at + output] > _ZERO:
                    own = tables[at + outputs * inputs + output]
                    bias[bias_at + label] += effects[row + output] * own
        above, below = below, above
        outputs_at -= inputs
    return above
